"""The chosen scene: everything that is said of it, each with the hand that changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from gateway.library import accounts, people, references, segments
from gateway.pages import cards
from gateway.pages.frame import AtFrame, PageRoute
from gateway.pages.telling import by
from gateway.pages.words import faults
from gateway.people import merging
from gateway.pipeline.documents import ranked
from kernel.contracts.errors import LANGUAGES, Language
from kernel.contracts.library import HeldCaption, Segment, SegmentCaption

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MOST_ROWS = 500


@dataclass(frozen=True)
class Spoken:
    """A scene's caption in one language: the one that counts, and the machine's beneath a person's."""

    language: Language
    shown: SegmentCaption | None
    beneath: SegmentCaption | None
    held: Sequence[HeldCaption] = ()  # written by a machine and shown to nobody else


def spoken(segment: Segment, reader: Language) -> list[Spoken]:
    """The reader's language first."""
    return [_spoken(segment, language) for language in sorted(LANGUAGES, key=lambda one: one != reader)]


def _spoken(segment: Segment, language: Language) -> Spoken:
    captions = [caption for caption in ranked(segment.captions) if caption.language == language]
    shown = captions[0] if captions else None
    beneath = next((c for c in captions if c.origin != "human"), None) if shown and shown.origin == "human" else None
    held = [caption for caption in segment.held if caption.language == language]
    return Spoken(language, shown, beneath, held)


@router.get("/parts/segments/{segment_id}")
async def inspector(segment_id: UUID, frame: AtFrame) -> HTMLResponse:
    async with frame.desk.database.transaction() as connection:
        resolved = await merging.resolved(connection)
        segment = merging.shown_segment(await segments.get(connection, segment_id), resolved)
        known = {person.id: person for person in await people.all_people(connection)}
        portraits = await references.with_portrait(connection)
        names = await accounts.names(connection, {note.actor for note in segment.notes})
    return frame.show(
        "parts/inspector.html",
        row=cards.segment_row(segment, known, frame.language),
        captions=spoken(segment, frame.language),
        faults=faults(frame.say),
        absent=[known[person] for person in segment.not_people if person in known],
        portraits=portraits,
        by=lambda actor: by(actor, names, frame.say),
    )


@router.get("/parts/videos/{video_id}/rows")
async def rows(
    video_id: UUID, frame: AtFrame, segment: Annotated[Sequence[UUID], Query(max_length=MOST_ROWS)] = ()
) -> HTMLResponse:
    """Rows of some segments as they are now; those that are no more are left out."""
    async with frame.desk.database.transaction() as connection:
        resolved = await merging.resolved(connection)
        found = await segments.several(connection, segment)
        known = {person.id: person for person in await people.all_people(connection)}
    shown = [merging.shown_segment(one, resolved) for one in found.values() if one.video_id == video_id]
    listed = [cards.segment_row(one, known, frame.language) for one in shown]
    return frame.show("parts/segment_rows.html", rows=listed, next_address=None)
