"""What answers look like over the real index: moments, pages while documents come and go, facets, scenes alike."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import pytest

from kernel.contracts.embeddings import Document, PutDocumentsRequest, PutNamesRequest
from kernel.contracts.errors import UpstreamError
from kernel.contracts.search import Facet, Moment, SearchResponse, SimilarRequest
from kernel.contracts.time import Span
from kernel.settings import Settings
from tests.integration.test_search import MINJI, SPACE, Desk, document, open_desk, person, seen, segments


@pytest.fixture
async def desk(settings: Settings, database_url: str) -> AsyncIterator[Desk]:
    async for opened in open_desk(settings, database_url):
        await opened.index.put_names(PutNamesRequest(names=[MINJI]))
        yield opened


def second(number: int, video: str = "a", **changes: Any) -> Document:
    """A document of one second."""
    span = Span(start_ms=1_000 * number, end_ms=1_000 * number + 1_000)
    return document(f"{video} {number}", video_id=uuid5(SPACE, video), span=span, **changes)


def told(answer: SearchResponse) -> list[tuple[int, int, int]]:
    return [(hit.span.start_ms // 1_000, hit.span.end_ms // 1_000, len(hit.segments)) for hit in answer.hits]


SINGING, READING = "a woman is singing on a stage", "a man reads a book in a library"


async def test_neighbours_that_answer_become_one_moment_and_others_stay_out(desk: Desk) -> None:
    said = {3: SINGING, 4: SINGING, 5: SINGING, 9: SINGING}
    await desk.put(*(second(number, text_en=said.get(number, READING)) for number in range(12)))
    answer = await desk.ask("somebody singing on a stage")
    assert told(answer) == [(3, 6, 3), (9, 10, 1)]
    assert [one.segment_id for one in answer.hits] == [uuid5(SPACE, "a 3"), uuid5(SPACE, "a 9")]


async def test_moments_of_people_end_where_they_leave(desk: Desk) -> None:
    there = {0, 1, 2, 5, 6}
    await desk.put(*(second(number, people=[seen("민지", seen_ms=800)] * (number in there)) for number in range(8)))
    await desk.put(*(second(number, "long", people=[seen("민지", seen_ms=900)]) for number in range(100)))
    answer = await desk.ask("민지")
    assert told(answer) == [(0, 60, 60), (60, 100, 40), (0, 3, 3), (5, 7, 2)]


async def _pages(desk: Desk, query: str, **more: Any) -> AsyncIterator[SearchResponse]:
    cursor = None
    while True:
        answer = await desk.ask(query, limit=7, cursor=cursor, **more)
        yield answer
        cursor = answer.next_cursor
        if cursor is None:
            return


@pytest.mark.parametrize("query", ["민지", "somebody singing on a stage"])
async def test_pages_hold_still_while_documents_come_and_go(desk: Desk, query: str) -> None:
    """Whatever is not touched is told once, in the order it had, though words become common and moments vanish."""
    mine = [second(10 * number, text_en=f"{SINGING} {number}", people=[seen("민지")]) for number in range(40)]
    await desk.put(*mine)
    before = segments(await desk.ask(query, limit=100))
    assert len(before) == 40
    paged: list[UUID] = []
    removed: set[UUID] = set()
    number = 0
    async for answer in _pages(desk, query):
        paged += segments(answer)
        number += 1
        gone = before[-number]
        removed.add(gone)
        await desk.index.put_documents(PutDocumentsRequest(documents=[], removed=[gone], version=1))
        fresh = [second(20 * at, f"new {number}", text_en=SINGING, people=[seen("민지")]) for at in range(5)]
        await desk.put(*fresh)
    known = set(before)
    kept = [one for one in paged if one in known]
    assert len(paged) == len(set(paged))
    assert kept == [one for one in before if one in set(kept)]
    assert known - removed <= set(kept)


async def test_facets_count_all_hits_and_not_only_the_page(desk: Desk) -> None:
    days = {"a": date(2026, 11, 1), "b": date(2026, 11, 2)}
    for video, day in days.items():
        few = range(12 if video == "a" else 5)
        await desk.put(*(second(10 * n, video, text_en=SINGING, day=day, people=[seen("민지")]) for n in few))
    await desk.put(second(500, "b", text_en=READING, day=days["b"]))
    for query in ("민지", "somebody singing on a stage"):
        answer = await desk.ask(query, limit=3)
        assert answer.facets.people == [Facet(id=person("민지"), count=17)]
        assert answer.facets.videos == [Facet(id=uuid5(SPACE, "a"), count=12), Facet(id=uuid5(SPACE, "b"), count=5)]
        assert answer.facets.days == [Facet(day=days["a"], count=12), Facet(day=days["b"], count=5)]
        assert answer.next_cursor is not None
        later = await desk.ask(query, limit=3, cursor=answer.next_cursor)
        assert later.facets.people == []


async def test_facets_follow_the_index(desk: Desk) -> None:
    await desk.put(second(0, people=[seen("민지")]))
    assert (await desk.ask("민지")).facets.people[0].count == 1
    await desk.put(second(10, people=[seen("민지")]))
    assert (await desk.ask("민지")).facets.people[0].count == 2


async def test_a_third_of_a_video_is_asked_for(desk: Desk) -> None:
    await desk.put(*(second(at, text_en=SINGING, people=[seen("민지")]) for at in (0, 14, 29)))
    for question, at in (("초반에 민지", 0), ("중반부 민지", 14), ("민지 끝부분", 29), ("민지 후반부에 노래", 29)):
        assert segments(await desk.ask(question)) == [uuid5(SPACE, f"a {at}")], question


async def test_scenes_alike_in_meaning_and_cast(desk: Desk) -> None:
    await desk.put(
        second(0, "a", text_en=SINGING, people=[seen("민지")]),
        second(0, "b", text_en="a woman sings a song on the stage", people=[seen("민지")]),
        second(0, "c", text_en="a woman sings a song on the stage", people=[seen("하니")]),
        second(0, "d", text_en=READING),
    )
    like = await desk.questions.similar(SimilarRequest(segment_id=uuid5(SPACE, "a 0")))
    assert segments(like) == [uuid5(SPACE, "b 0"), uuid5(SPACE, "c 0")]
    assert [reason.kind for reason in like.hits[0].evidence] == ["similar", "person"]
    assert like.hits[0].evidence[1].text == MINJI.name_en
    moment = Moment(video_id=uuid5(SPACE, "a"), at_ms=400)
    assert segments(await desk.questions.similar_at(moment)) == segments(like)


async def test_nothing_is_like_what_is_not_there(desk: Desk) -> None:
    await desk.put(second(0))
    for asked in (
        desk.questions.similar(SimilarRequest(segment_id=UUID(int=5))),
        desk.questions.similar_at(Moment(video_id=uuid5(SPACE, "a"), at_ms=1_000)),
    ):
        with pytest.raises(UpstreamError) as refusal:
            await asked
        assert refusal.value.upstream.status == 404
