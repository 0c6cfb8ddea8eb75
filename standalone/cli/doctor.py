"""`scenedesk doctor`: one line a thing, and the command that mends it."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from standalone.cli.session import MISSING, session

if TYPE_CHECKING:
    from standalone.doctor import Finding

STYLES = {"ok": "green", "weak": "yellow", "missing": "red"}


def doctor(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="The findings as JSON")] = False
) -> None:
    """What this machine has and lacks. Exit code 3 when something is missing."""
    from standalone.doctor import examine  # noqa: PLC0415 - brings every service, which --help need not wait for

    here = session(context)
    findings = here.run(examine(here.settings))
    if json:
        here.print_json([finding.model_dump() for finding in findings])
    else:
        for finding in findings:
            here.console.print(_line(finding))
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(MISSING)


def _line(finding: "Finding") -> Text:
    line = Text(f"{finding.state:<8}", style=STYLES[finding.state])
    line.append(f"{finding.name:<16}", style="bold default")
    line.append(finding.found, style="default")
    if finding.remedy:
        line.append(f"\n{'':<24}→ {finding.remedy}", style="cyan")
    return line
