"""`scenedesk eval`: how well people are told apart on one's own photos, and scenes are found in one's own rows."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from face_service.loading import AUTOMATIC
from kernel.contracts.errors import NotFoundError
from standalone.assessment import Folders, assess
from standalone.cli.session import Session, fail, session

app = typer.Typer(no_args_is_help=True, help="Measure: faces, search.")

FIGURES = (
    "member_macro_f1", "group_macro_f1", "map", "roc_auc", "unknown_accepted", "threshold", "detection_rate",
    "ms_per_face",
)  # fmt: skip
FINDING = ("p10", "ndcg10", "mrr")


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


@app.command()
def search(
    context: typer.Context,
    corpus: Annotated[Path, typer.Option(exists=True, dir_okay=False, readable=True, help="Rows as for import")],
    queries: Annotated[
        Path,
        typer.Option(
            exists=True, dir_okay=False, readable=True, help="{queries: [{ko, en, caption, members, only, without}]}"
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output")] = False,
) -> None:
    """Import rows into a library of their own, ask, count what was right. Your library is left alone.

    Right are rows that match all that is given: caption is a regular expression over the English caption. p10: hits
    among the first ten rows, of as many as there could be.
    """
    # Brings the services, which no other command of this file needs.
    from standalone.questioning import measure  # noqa: PLC0415

    here = session(context)
    found = here.run(measure(here.settings, corpus, queries, here.language))
    if as_json:
        here.print_json(found)
    else:
        show_search(here, found)


def show_search(here: Session, found: dict[str, Any]) -> None:
    table = Table("", *FINDING, box=None, pad_edge=False)
    for part, its in (("", found), (here.word("eval_with_people") + " ", found["people"])):
        for language in ("ko", "en"):
            table.add_row(part + language, *(_figure(its[language][name]) for name in FINDING))
    here.console.print(table)
    here.say("eval_overlap", overlap=_figure(found["overlap10"]), rows=found["rows"], questions=len(found["questions"]))
    for question in found["questions"]:
        for language, its in question["scores"].items():
            if its["p10"] < 1:
                here.say("eval_missed", style="yellow", p10=_figure(its["p10"]), question=question[language])


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
