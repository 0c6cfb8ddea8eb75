"""`scenedesk doctor`: one line a thing, and the command that mends it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from standalone.cli.session import MISSING, session

if TYPE_CHECKING:
    from standalone.doctor import Finding


class Part(StrEnum):
    """What may be examined alone."""

    SLACK = "slack"


STYLES = {"ok": "green", "weak": "yellow", "missing": "red"}


def doctor(
    context: typer.Context,
    what: Annotated[Part | None, typer.Argument(help="slack: its tokens, scopes and addresses alone")] = None,
    json: Annotated[bool, typer.Option("--json", help="The findings as JSON")] = False,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="The manifest that makes the Slack app, to be pasted")
    ] = False,
) -> None:
    """What this machine has and lacks. Exit code 3 when something is missing."""
    from standalone.doctor import (  # noqa: PLC0415 - brings every service; --help need not wait
        examine,
        examine_slack,
        slack_app,
    )

    here = session(context)
    if manifest:
        here.print_json(slack_app(here.settings))
        return
    findings = here.run(examine_slack(here.settings, here.server) if what else examine(here.settings, here.language))
    if json:
        here.print_json([finding.model_dump() for finding in findings])
    else:
        for finding in findings:
            here.console.print(_line(finding))
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(MISSING)


def _line(finding: "Finding") -> Text:
    line = Text(f"{finding.state:<8}", style=STYLES[finding.state])
    line.append(f"{finding.name:<15} ", style="bold default")
    line.append(finding.found, style="default")
    if finding.remedy:
        line.append(f"\n{'':<24}→ {finding.remedy}", style="cyan")
    return line
