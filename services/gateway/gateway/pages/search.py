"""Search: a question, how it was read, and the moments that answer it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from gateway.finding.answers import ask
from gateway.library import people, references, videos
from gateway.pages.cards import Said, said, who_is_in
from gateway.pages.frame import AtFrame, Frame, PageRoute
from kernel.contracts.errors import Problem, ScenedeskError
from kernel.contracts.finding import PublicHit, SearchAnswer
from kernel.contracts.library import Person
from kernel.contracts.search import Evidence, ReadName, SearchRequest

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HITS = 20


@dataclass(frozen=True)
class ShownHit:
    """What a hit's card says beside the hit itself."""

    said: Said
    named: Sequence[tuple[Person, float]]
    unknown: int
    reasons: Sequence[str]
    missing: Sequence[str]


@router.get("/search")
async def search(  # noqa: PLR0913 - the filters of a question
    frame: AtFrame,
    *,
    q: Annotated[str, Query(max_length=500)] = "",
    person: Annotated[list[UUID], Query()] = [],  # noqa: B006
    group: Annotated[list[UUID], Query()] = [],  # noqa: B006
    video: Annotated[list[UUID], Query()] = [],  # noqa: B006
    plain: bool = False,
    cursor: str | None = None,
) -> HTMLResponse:
    question = SearchRequest(
        query=q, people=person, groups=group, videos=video, understand=not plain, limit=HITS, cursor=cursor
    )
    answer, problem = await _answer(frame, question)
    async with frame.desk.database.transaction() as connection:
        known = {p.id: p for p in await people.all_people(connection)}
        groups = {g.id: g for g in await people.all_groups(connection)}
        portraits = await references.with_portrait(connection)
        shown_videos = await videos.several(connection, {hit.video_id for hit in answer.hits} if answer else set())
    lengths = {shown.id: shown.duration_ms for shown in shown_videos}
    names = answer.names if answer else []
    hits = [(hit, _shown(frame, hit, names, known), lengths.get(hit.video_id)) for hit in _hits(answer)]
    return frame.show(
        "search.html",
        question=question,
        answer=answer,
        problem=problem,
        hits=hits,
        in_videos=len(lengths),
        names=[(name, known.get(name.id)) for name in names],
        chosen=[known[p] for p in person if p in known],
        chosen_groups=[groups[g] for g in group if g in groups],
        together=_together(shown for _, shown, _ in hits),
        unknown=sum(shown.unknown > 0 for _, shown, _ in hits),
        everybody=list(known.values()),
        portraits=portraits,
        plain=plain,
        notices=await frame.notices(all_of_them=False),
        next_address=frame.further(answer.next_cursor) if answer else None,
        **_addresses(frame),
    )


async def _answer(frame: Frame, question: SearchRequest) -> tuple[SearchAnswer | None, Problem | None]:
    """No answer to no question; a problem is shown on the page, beside the question."""
    if not (question.query.strip() or question.people or question.groups or question.videos):
        return None, None
    try:
        return await ask(frame.desk, question, frame.sight), None
    except ScenedeskError as error:
        nothing = SearchAnswer(query=question.query, names=[], hits=[], took_ms=0)
        return nothing, error.problem(frame.language)


def _hits(answer: SearchAnswer | None) -> Sequence[PublicHit]:
    return answer.hits if answer else []


def _shown(frame: Frame, hit: PublicHit, names: Sequence[ReadName], known: Mapping[UUID, Person]) -> ShownHit:
    named, unknown = who_is_in(hit.people, known)
    there = {person.id for person, _ in named}
    asked = (name for name in names if name.kind == "person" and name.id not in there)
    return ShownHit(
        said=said(hit.captions, frame.language),
        named=named,
        unknown=unknown,
        reasons=[_reason(frame, reason) for reason in hit.evidence],
        missing=[name.name_ko if frame.language == "ko" else name.name_en for name in asked],
    )


def _reason(frame: Frame, reason: Evidence) -> str:
    """`얼굴 민지 0.91`, `자막 “자고”`, `뜻 0.62`, `물체 컵`"""
    if reason.kind == "person":
        return frame.say("face %(name)s %(sure)s", name=reason.text, sure=f"{reason.score:.2f}")
    if reason.kind == "words":
        return frame.say("caption “%(words)s”", words=reason.text)
    if reason.kind == "object":
        return frame.say("object %(name)s", name=reason.text)
    return frame.say("meaning %(score)s", score=f"{reason.score:.2f}")


def _together(hits: Iterable[ShownHit]) -> list[tuple[Person, int]]:
    """Who is in how many of these hits, most first."""
    people_by_id: dict[UUID, Person] = {}
    counts: Counter[UUID] = Counter()
    for hit in hits:
        for person, _ in hit.named:
            people_by_id[person.id] = person
            counts[person.id] += 1
    return [(people_by_id[person], count) for person, count in counts.most_common(12)]


def _addresses(frame: Frame) -> dict[str, object]:
    """The same question a little differently, as addresses."""
    pairs = [(name, value) for name, value in frame.request.query_params.multi_items() if name != "cursor"]
    without_plain = [pair for pair in pairs if pair[0] != "plain"]

    def address(changed: Sequence[tuple[str, str]]) -> str:
        return f"/search?{urlencode(changed)}"

    return {
        "without": lambda unwanted: address([pair for pair in pairs if pair[1] != str(unwanted)]),
        "with_person": lambda wanted: address([*pairs, ("person", str(wanted))]),
        "literally": address([*without_plain, ("plain", "1")]),
        "with_names": address(without_plain),
    }
