"""Search: a question, how it was read, and the moments that answer it. The address is the state."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.finding.address import Addressed, Pairs, address, changed
from gateway.finding.answers import ask, like
from gateway.finding.asking import is_question
from gateway.finding.picture import read, to_choose_from
from gateway.library import people, references, videos
from gateway.pages.frame import AtFrame, Frame, PageRoute
from gateway.pages.hits import shown_hit
from gateway.people.merging import followed
from gateway.people.photos import MAX_BYTES
from kernel.contracts.errors import Problem, ScenedeskError
from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.library import Group, Person, Video
from kernel.contracts.search import Chip

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HITS = 20
TRIES = 12
# Filters that the form of conditions shows by itself; the others are carried along.
CONDITIONS = ("only", "scale", "origin", "since", "until", "certain")


class Asked(Addressed):
    """An addressed question, and where in its hits."""

    cursor: str | None = Query(default=None, max_length=1000)
    like: UUID | None = None  # scenes like this segment, instead of a question


@dataclass(frozen=True)
class Known:
    """The gallery, as far as the page shows it."""

    people: Mapping[UUID, Person]
    groups: Mapping[UUID, Group]
    portraits: set[UUID]

    def whole(self, person: UUID | None) -> Person | None:
        """A person as whom they turned out to be."""
        into = followed({one.id: one.merged_into for one in self.people.values() if one.merged_into})
        return self.people.get(into.get(person, person)) if person else None


@dataclass(frozen=True)
class Filter:
    """A filter of the address, and the address without it."""

    kind: str
    label: str
    without: str
    person: Person | None = None


@router.get("/search")
async def search(frame: AtFrame, asked: Annotated[Asked, Query()]) -> HTMLResponse:
    return frame.show("search.html", **await _page(frame, asked))


@router.post("/search/picture")
async def search_by_picture(frame: AtFrame, picture: Annotated[UploadFile, File()]) -> Response:
    """To the scenes a picture asks for; to what was read from it, where there is something to choose: who of several
    people is meant, or whom somebody unknown may be.
    """
    content = await picture.read(MAX_BYTES + 1)
    seen = await read(frame.desk, content, picture.filename or "", frame.language, frame.sight)
    certain = len(seen.faces) <= 1 and all(face.person_id for face in seen.faces)
    if seen.search and not seen.frames and certain:
        return RedirectResponse(seen.search, status_code=303)
    whole, cut = await asyncio.to_thread(to_choose_from, content, seen.faces)
    async with frame.desk.database.transaction() as connection:
        known = await people.people_of(connection, {one.person_id for face in seen.faces for one in face.nearest})
        portraits = await references.with_portrait(connection)
    return frame.show(
        "picture.html",
        seen=seen,
        whole=whole,
        faces=list(zip(seen.faces, cut, strict=True)),
        known=known,
        portraits=portraits,
    )


@router.get("/parts/search")
async def found(frame: AtFrame, asked: Annotated[Asked, Query()]) -> HTMLResponse:
    """How the question was read and its hits, for a page that shows the form already."""
    return frame.show("parts/found.html", **await _page(frame, asked))


async def _page(frame: Frame, asked: Asked) -> dict[str, Any]:
    there = Addressed.model_validate(asked.model_dump(exclude={"cursor", "like"}))
    answer, problem = await _answer(frame, there, asked)
    async with frame.desk.database.transaction() as connection:
        known = await known_to(connection)
        ids = {hit.video_id for hit in [*answer.hits, *answer.nearest]} if answer else set()
        shown = {v.id: v for v in await videos.several(connection, ids | set(there.video))}
    return {
        "asked": there,
        "answer": answer,
        "problem": problem,
        "is_question": is_question(there.q),
        "hits": _cards(frame, answer, answer.hits if answer else [], known, shown),
        "nearest": _cards(frame, answer, answer.nearest if answer else [], known, shown),
        "like": asked.like,
        "in_videos": len({hit.video_id for hit in answer.hits}) if answer else 0,
        "filters": filters(frame, there, known, shown),
        "known": known,
        "tries": [p for p in known.people.values() if p.merged_into is None][:TRIES],
        "portraits": known.portraits,
        "notices": await frame.notices(all_of_them=False),
        "next_address": address("/search", [*there.pairs, ("cursor", answer.next_cursor)])
        if answer and answer.next_cursor
        else None,
        "conditions": CONDITIONS,
        **_addresses(there),
    }


async def known_to(connection: AsyncConnection) -> Known:
    return Known(
        {p.id: p for p in await people.all_people(connection)},
        {g.id: g for g in await people.all_groups(connection)},
        await references.with_portrait(connection),
    )


async def _answer(frame: Frame, there: Addressed, asked: Asked) -> tuple[SearchAnswer | None, Problem | None]:
    """No answer to no question; a problem is shown on the page, beside the question."""
    if not (there.asks or asked.like):
        return None, None
    try:
        if asked.like:
            return await like(frame.desk, asked.like, HITS, frame.sight), None
        return await ask(frame.desk, there.question(HITS, asked.cursor), frame.sight), None
    except ScenedeskError as error:
        return SearchAnswer(query=there.q, hits=[], took_ms=0), error.problem(frame.language)


def _cards(
    frame: Frame,
    answer: SearchAnswer | None,
    hits: Sequence[PublicHit],
    known: Known,
    shown: Mapping[UUID, Video],
) -> list[tuple[Any, ...]]:
    """Hits, what their cards say, and how long their videos are."""
    asked = [*_asked_for(answer, known)] if answer else []
    return [
        (
            hit,
            shown_hit(hit, asked, known.people, frame.language, frame.say),
            shown[hit.video_id].duration_ms if hit.video_id in shown else None,
        )
        for hit in hits
    ]


def _asked_for(answer: SearchAnswer, known: Known) -> Iterable[Person]:
    """People the question names who must be there."""
    by_chips = [chip.id for chip in answer.chips if chip.kind == "person" and not _open(chip)]
    by_names = [name.id for name in answer.names if name.kind == "person"] if not answer.chips else []
    for one in dict.fromkeys([*by_chips, *by_names]):
        if person := known.whole(one):
            yield person


def _open(chip: Chip) -> bool:
    """Whether it is not said yet which of several people is meant."""
    return len(chip.choices) > 1


def filters(frame: Frame, asked: Addressed, known: Known, shown: Mapping[UUID, Video]) -> list[Filter]:
    """What of the address is no question, as things to take away."""
    return [
        Filter(name, label, address("/search", changed(asked.pairs, remove=[(name, value)])), person)
        for name, value in asked.pairs
        for label, person in [_label(frame, name, value, known, shown)]
        if label
    ]


def _label(
    frame: Frame, name: str, value: str, known: Known, shown: Mapping[UUID, Video]
) -> tuple[str | None, Person | None]:
    """What a filter is called; None for what is no filter, and for somebody who is no more."""
    if name in {"person", "without"}:
        person = known.whole(UUID(value))
        called = frame.called(person) if person else None
        return (frame.say("without %(name)s", name=called) if called and name == "without" else called), person
    if name == "group":
        group = known.groups.get(UUID(value))
        return frame.called(group) if group else None, None
    if name == "video":
        return shown[UUID(value)].title if UUID(value) in shown else None, None
    return frame.condition(name, value), None


def _addresses(asked: Addressed) -> dict[str, Any]:
    """The same question a little differently, as addresses."""
    pairs = asked.pairs

    def with_(name: str, value: object) -> str:
        return address("/search", changed(pairs, add=[(name, str(value))]))

    def toggled(name: str, value: object) -> tuple[str, bool]:
        pair = (name, str(value))
        on = pair in pairs
        return address("/search", changed(pairs, remove=[pair]) if on else changed(pairs, add=[pair])), on

    def on_day(day: object) -> tuple[str, bool]:
        both: Pairs = [("since", str(day)), ("until", str(day))]
        on = all(pair in pairs for pair in both)
        return address("/search", changed(pairs, drop=["since", "until"], add=[] if on else both)), on

    return {
        "here_address": address("/search", pairs),
        "with_": with_,
        "toggled": toggled,
        "on_day": on_day,
        "carried": [pair for pair in pairs if pair[0] not in {"q", *CONDITIONS}],
        "read_again": address("/search", changed(pairs, drop=["ignored", "plain", "meant"])),
        "plainly": address("/search", changed(pairs, drop=["ignored", "plain"], add=[("plain", "true")])),
        "answers_address": address("/v1/answers/stream", pairs),
        "whole": address("/search", changed(pairs, drop=[*CONDITIONS, "person", "group", "without", "video"])),
    }
