"""`scenedesk eval`: how well people are told apart, on photos of one's own."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from face_service.loading import AUTOMATIC
from kernel.contracts.errors import NotFoundError
from standalone.assessment import Folders, assess
from standalone.cli.session import Session, fail, session

app = typer.Typer(no_args_is_help=True, help="Measure: faces. 성능 측정.")

FIGURES = (
    "member_macro_f1", "group_macro_f1", "map", "roc_auc", "unknown_accepted", "threshold", "detection_rate",
    "ms_per_face",
)  # fmt: skip


@app.callback()
def _nouns() -> None:
    """More than faces will be measured here."""


@app.command()
def faces(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    gallery: Annotated[Path, typer.Option(exists=True, file_okay=False, help="group/member/*.jpg to learn from")],
    probe: Annotated[Path, typer.Option(exists=True, file_okay=False, help="group/member/*.jpg to name")],
    unknown: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Photos of people who must stay unknown")
    ] = None,
    calibrate: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Photos of others, to set the threshold by")
    ] = None,
    shots: Annotated[int | None, typer.Option(min=1, help="Learn from the first N photos of each member")] = None,
    backend: Annotated[str | None, typer.Option(help="edge, insightface or dlib; else the settings'")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output")] = False,
) -> None:
    """Learn people from some photos, name others, count what was right. Keeps nothing.

    ms_per_face: time by the clock to find and embed a face; opening the files and loading the model not counted.
    """
    here = _with(session(context), backend)
    figures = here.run(assess(here.settings, Folders(gallery, probe, unknown, calibrate, shots)))
    if as_json:
        here.print_json(figures)
    else:
        show(here, figures)


def _with(here: Session, backend: str | None) -> Session:
    if backend is None:
        return here
    if backend not in ("auto", *AUTOMATIC):
        fail(NotFoundError(what=f"backend: {backend} ({', '.join(AUTOMATIC)})"), here.language)
    chosen = here.settings.faces.model_copy(update={"backend": backend})
    return Session(here.settings.model_copy(update={"faces": chosen}), here.language, here.server, here.verbose)


def show(here: Session, figures: dict[str, Any]) -> None:
    for name in FIGURES:
        value = figures[name]
        here.console.print(f"{here.word('eval_' + name):<32}{'-' if value is None else value}", markup=False)
    here.say("eval_calibration", method=here.word("eval_by_" + figures["calibration"]["method"]))
    table = Table(
        *(here.word("eval_column_" + name) for name in ("name", "group", "photos")),
        "P",
        "R",
        "F1",
        box=None,
        pad_edge=False,
    )
    for person in figures["people"]:
        name = person["name"] if person["group"] is not None else here.word("unknown_face")
        table.add_row(
            name, person["group"] or "", *(str(person[key]) for key in ("photos", "precision", "recall", "f1"))
        )
    here.console.print(table)
    for what in ("undetected", "unreadable"):
        for path in figures[what]:
            here.say(f"eval_{what}", style="yellow", path=path)
