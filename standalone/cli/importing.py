"""`scenedesk import`: metadata that an older pipeline stored."""

from pathlib import Path
from typing import Annotated

import typer

from kernel.contracts.library import ImportReport
from standalone.cli.session import Session, session
from standalone.rest import open_library

SHOWN = 20


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A JSON list of rows")],
    json: Annotated[bool, typer.Option("--json", help="The report as JSON")] = False,
) -> None:
    """Bring rows {timestamp, video_id, caption, faces} in. Twice changes nothing."""
    here = session(context)
    report = here.run(_import(here, file.read_bytes()))
    if json:
        here.print_json(report)
    else:
        _show(here, report)


async def _import(here: Session, content: bytes) -> ImportReport:
    async with open_library(here.settings, here.language, here.server) as library:
        return await library.import_metadata(content)


def _show(here: Session, report: ImportReport) -> None:
    counts = report.model_dump(exclude={"refused", "took_ms"})
    here.say("imported", style="green", **counts, refused=len(report.refused), seconds=f"{report.took_ms / 1000:.1f}")
    for row in report.refused[:SHOWN]:
        here.say(
            "row_refused" if row.part == "rows" else "person_refused", style="yellow", row=row.row, reason=row.reason
        )
    if (more := len(report.refused) - SHOWN) > 0:
        here.say("and_more", style="yellow", count=more)
