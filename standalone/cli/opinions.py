"""`scenedesk edit three-way …`: machine before, machine now, human, as an indexing met what people had said."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from kernel.contracts.history import FieldOpinions, ThreeWay
from standalone.cli.editing import SHORT, VideoName, clock, video_named
from standalone.cli.enrolling import called
from standalone.cli.session import Session, session
from standalone.rest import open_library

Names = Mapping[UUID, str]
Indexing = Annotated[int | None, typer.Option("--version", help="The version an indexing made; the newest without")]


def three_way(context: typer.Context, video: VideoName, version: Indexing = None) -> None:
    """Where indexing disagrees with what people said: machine before, machine now, human. The human stands."""
    here = session(context)
    told, names = here.run(_read(here, video, version))
    if not told.segments:
        return here.say("no_opinions")
    here.console.print(_table(here, told, names))
    return here.say("opinions_of", version=told.version, models=", ".join(told.model_ids))


async def _read(here: Session, video: str, version: int | None) -> tuple[ThreeWay, Names]:
    async with open_library(here.settings, here.language, here.server) as library:
        told = await library.three_way((await video_named(library, video)).id, version)
        return told, {person.id: called(here, person) for person in await library.people()}


def _table(here: Session, told: ThreeWay, names: Names) -> Table:
    columns = ("id", "in", "out", "field", "machine_before", "machine_now", "human")
    table = Table(*(here.word(f"column_{one}") for one in columns), box=None, pad_edge=False)
    for segment in told.segments:
        place = (str(segment.segment_id or "")[:SHORT], clock(segment.span.start_ms), clock(segment.span.end_ms))
        for field in segment.fields:
            kind, _, language = field.field.partition(".")
            name = here.word(f"field_{kind}") + (f" ({language})" if language else "")
            table.add_row(*place, name, *(_shown(field, value, names) for value in _three(field)))
    return table


def _three(field: FieldOpinions) -> tuple[Any, Any, Any]:
    return field.machine_before, field.machine_now, field.human


def _shown(field: FieldOpinions, value: Any, names: Names) -> str:
    if value is None:
        return "—"
    if field.field == "span":
        return f"{clock(value['start_ms'])}–{clock(value['end_ms'])}"
    if field.field == "people":
        return ", ".join(names.get(UUID(one), one[:SHORT]) if one else "?" for one in value)
    return " / ".join(value)
