"""`scenedesk doctor`: one line a thing, and the command that mends it."""

from typing import Annotated

import typer
from rich.table import Table

from standalone.cli.session import MISSING, Session, session
from standalone.doctor import Finding, examine

STYLES = {"ok": "green", "weak": "yellow", "missing": "red"}


def doctor(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="The findings as JSON")] = False
) -> None:
    """What this machine has and lacks. Exit code 3 when something is missing. 설치 상태를 진단합니다."""
    here = session(context)
    findings = here.run(examine(here.settings))
    if json:
        here.print_json([finding.model_dump() for finding in findings])
    else:
        _show(here, findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(MISSING)


def _show(here: Session, findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in findings:
        style = STYLES[finding.state]
        remedy = f"→ {finding.remedy}" if finding.remedy else ""
        table.add_row(f"[{style}]{finding.state}[/]", finding.name, finding.found, remedy)
    here.console.print(table)
