"""`scenedesk people train`: a head trained on the gallery, live only where it is better than centroids."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from kernel.contracts.training import Training
from standalone.cli.enrolling import called
from standalone.cli.session import Session, session
from standalone.rest import open_library

FIGURES = ("member_macro_f1", "group_macro_f1", "map", "roc_auc")


def train(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on standard output")] = False,
    picture: Annotated[Path | None, typer.Option(help="Save who is taken for whom, as SVG", dir_okay=False)] = None,
) -> None:
    """Train on the gallery, compare with centroids on photos from other sources, keep whichever is better."""
    here = session(context)
    here.run(_train(here, picture, as_json=as_json))


async def _train(here: Session, picture: Path | None, *, as_json: bool) -> None:
    async with open_library(here.settings, here.language, here.server) as library:
        training = await library.train()
        names = {person.id: called(here, person) for person in await library.people()}
        drawn = await library.confusion() if picture else b""
    if picture:
        await asyncio.to_thread(picture.write_bytes, drawn)
    if as_json:
        here.print_json(training)
        return
    _show_figures(here, training)
    table = Table(
        *(here.word(f"eval_column_{one}") for one in ("name", "photos")), "P", "R", "F1",
        here.word("train_column_centroids"), box=None, pad_edge=False,
    )  # fmt: skip
    for one in training.report.people:
        name = names.get(one.person_id, "") if one.person_id else here.word("unknown_face")
        table.add_row(
            name, *(str(value) for value in (one.photos, one.precision, one.recall, one.f1, one.centroids_f1))
        )
    here.console.print(table)


def _show_figures(here: Session, training: Training) -> None:
    report = training.report
    here.say(f"train_{report.reason}", style="green" if training.live else "yellow", better_by=report.better_by)
    here.say("train_split", **report.model_dump(include={"probes", "strangers", "by_source", "by_picture"}))
    table = Table(
        *(here.word(f"train_column_{one}") for one in ("figure", "centroids", "trained")), box=None, pad_edge=False
    )
    for name in FIGURES:
        plain, trained = getattr(report.centroids, name), getattr(report.trained, name)
        table.add_row(here.word(f"eval_{name}"), str(plain), str(trained))
    table.add_row(
        here.word("train_strangers_named"), str(report.centroids.strangers_named), str(report.trained.strangers_named)
    )
    here.console.print(table)
