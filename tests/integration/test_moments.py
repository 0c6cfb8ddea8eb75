"""Questions about who is there when, answered by the index and held against trying every millisecond."""

import random
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import pytest

from kernel.contracts.embeddings import Document, IndexedName, PersonMention, PutNamesRequest
from kernel.contracts.search import SearchResponse
from kernel.contracts.time import Span
from kernel.settings import Settings
from search_service.moments import union
from tests.integration.test_search import Desk, open_desk
from tests.presences import Film, Wanted, film, held, inside, wanted

SPACE = UUID(int=12)
PEOPLE = ["A", "B", "C", "D"]
IDS = {one: uuid5(SPACE, one) for one in PEOPLE}
FILMS = 12


@pytest.fixture
async def desk(settings: Settings, database_url: str) -> AsyncIterator[Desk]:
    async for opened in open_desk(settings, database_url):
        yield opened


def documents(number: int, shown: Film) -> list[Document]:
    return [
        Document(
            segment_id=segment(number, cut),
            video_id=uuid5(SPACE, f"{number}"),
            version=1,
            span=cut,
            title=f"film {number}",
            origin="machine",
            people=[
                PersonMention(person_id=IDS[one], probability=0.9, seen_ms=1, seen=seen)
                for one, spans in shown.people.items()
                if (seen := inside(spans, cut))
            ],
            unknown_faces=len(inside(shown.strangers, cut)),
            unknown_seen=inside(shown.strangers, cut),
        )
        for cut in shown.cuts
    ]


def segment(number: int, cut: Span) -> UUID:
    return uuid5(SPACE, f"{number} {cut.start_ms} {cut.end_ms}")


async def every(desk: Desk, **asked: Any) -> list[tuple[list[UUID], list[Span]]]:
    """All hits of a question, page by page: their segments and their moments."""
    found: list[tuple[list[UUID], list[Span]]] = []
    cursor = None
    while True:
        answer: SearchResponse = await desk.ask(**asked, limit=100, cursor=cursor)
        found += [(hit.segments or [hit.segment_id], hit.moments) for hit in answer.hits]
        cursor = answer.next_cursor
        if cursor is None:
            return found


async def test_sets_of_people_are_found_to_the_millisecond(desk: Desk) -> None:
    chance = random.Random(20261128)
    films = [film(chance, PEOPLE) for _ in range(FILMS)]
    for number, shown in enumerate(films):
        await desk.put(*documents(number, shown))
    groups = [
        IndexedName(id=uuid5(SPACE, "AB"), kind="group", name_ko="AB", name_en="AB", members=[IDS["A"], IDS["B"]])
    ]
    people = [IndexedName(id=IDS[one], kind="person", name_ko=one * 3, name_en=one * 3) for one in PEOPLE]
    await desk.index.put_names(PutNamesRequest(names=[*people, *groups]))
    tried = 0
    while tried < 40:
        asked = wanted(chance, PEOPLE)
        sets = [sorted(anybody) for anybody in asked.who]
        if asked.window or not sets or any(len(one) > 1 and one != ["A", "B"] for one in sets):
            continue
        tried += 1
        found = await every(
            desk,
            people=[IDS[one[0]] for one in sets if len(one) == 1],
            groups=[uuid5(SPACE, "AB") for one in sets if len(one) > 1],
            without=[IDS[one] for one in asked.without],
            only=asked.alone,
        )
        there = expected(asked, films)
        assert sorted(one for segments, _ in found for one in segments) == sorted(there), asked
        for segments, moments in found:
            assert moments == union(span for one in segments for span in there[one]), asked


def expected(asked: Wanted, films: list[Film]) -> dict[UUID, list[Span]]:
    return {
        segment(number, cut): moments
        for number, shown in enumerate(films)
        for cut in shown.cuts
        if (moments := held(asked, shown, cut))
    }


MINUTE = 60_000


@pytest.fixture
async def told(desk: Desk) -> Desk:
    """Two films of ten minutes, a document a minute: A all along, B in the first five, a stranger in the last."""
    for number in range(2):
        await desk.put(
            *(
                Document(
                    segment_id=uuid5(SPACE, f"{number}.{minute}"),
                    video_id=uuid5(SPACE, f"video {number}"),
                    version=1,
                    span=Span(start_ms=minute * MINUTE, end_ms=(minute + 1) * MINUTE),
                    title=("여름 휴가", "Winter practice")[number],
                    origin=("human", "machine")[number],
                    text_ko="바다를 보고 있다" if minute % 2 else "산을 오르고 있다",
                    scale="close_up" if minute == 3 else "wide",
                    day=date(2026, 11, 3 + 20 * number),
                    people=[
                        PersonMention(person_id=IDS["A"], probability=0.95 if number else 0.6, seen_ms=MINUTE),
                        *([PersonMention(person_id=IDS["B"], probability=0.9, seen_ms=MINUTE)] if minute < 5 else []),
                    ],
                    unknown_faces=int(minute == 9),
                )
                for minute in range(10)
            )
        )
    names = [("A", "김민지", "Kim Minji"), ("B", "하니", "Hanni Pham")]
    await desk.index.put_names(
        PutNamesRequest(names=[IndexedName(id=IDS[i], kind="person", name_ko=k, name_en=e) for i, k, e in names])
    )
    return desk


def minutes(answer: SearchResponse) -> set[tuple[int, int]]:
    """Film and minute of each segment found."""
    known = {uuid5(SPACE, f"{number}.{minute}"): (number, minute) for number in range(2) for minute in range(10)}
    return {known[one] for hit in answer.hits for one in hit.segments or [hit.segment_id]}


def both(minutes: range | list[int]) -> set[tuple[int, int]]:
    return {(number, minute) for number in range(2) for minute in minutes}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("민지 마지막 2분", both([8, 9])),
        ("first 3 minutes of the video Minji", both([0, 1, 2])),
        ("민지 3:00~5:00", both([3, 4])),
        ("8분 이후 민지", both([8, 9])),
        ("민지랑 하니", both(range(5))),
        ("민지 혼자", both(range(5, 9))),
        ("하니 없이 민지", both(range(5, 10))),
        ("Minji without Hanni", both(range(5, 10))),
        ("민지 첫 솔로", both([5])),
        ("last scene of Hanni", both([4])),
        ("하니 첫 등장", both([0])),
        ("민지 클로즈업", both([3])),
        ("확실한 민지", {(1, minute) for minute in range(10)}),
        ("11월 3일 하니", {(0, minute) for minute in range(5)}),
        ("Hanni on 2026-11-23", {(1, minute) for minute in range(5)}),
        ('"여름 휴가" 영상에서 하니', {(0, minute) for minute in range(5)}),
        ("하니 in the winter practice video", {(1, minute) for minute in range(5)}),
        ("사람이 쓴 설명에서 하니", {(0, minute) for minute in range(5)}),
    ],
)
async def test_what_is_read_is_what_is_found(told: Desk, question: str, found: set[tuple[int, int]]) -> None:
    answer = await told.ask(question, limit=100)
    assert minutes(answer) == found, answer.chips
    assert answer.rest == ""


async def test_first_among_scenes_of_something(told: Desk) -> None:
    answer = await told.ask("민지가 처음 바다를 보는 장면", limit=100)
    assert {chip.kind for chip in answer.chips} == {"person", "first"}
    assert minutes(answer) == both([1])


async def test_a_chip_taken_away_is_words_again(told: Desk) -> None:
    whole = await told.ask("민지 클로즈업", limit=100)
    keys = {chip.kind: chip.key for chip in whole.chips}
    less = await told.ask("민지 클로즈업", limit=100, ignored=[keys["scale"]])
    assert [chip.kind for chip in less.chips] == ["person"]
    assert less.rest == "클로즈업"


async def test_which_of_two_people_of_one_name_is_asked_and_can_be_said(desk: Desk) -> None:
    one, other = (
        IndexedName(id=IDS[who], kind="person", name_ko=ko, name_en=en)
        for who, ko, en in (("A", "김민지", "Kim Minji"), ("B", "박민지", "Park Minji"))
    )
    group = IndexedName(id=uuid5(SPACE, "G"), kind="group", name_ko="뉴진스", name_en="NJZ", members=[one.id])
    await desk.index.put_names(PutNamesRequest(names=[one, other, group]))
    await desk.put(
        *(
            Document(
                segment_id=uuid5(SPACE, who),
                video_id=uuid5(SPACE, who),
                version=1,
                span=Span(start_ms=0, end_ms=1_000),
                title="",
                origin="machine",
                people=[PersonMention(person_id=IDS[who], probability=0.9, seen_ms=1_000)],
            )
            for who in "AB"
        )
    )
    [chip] = (answer := await desk.ask("민지")).chips
    assert {choice.id for choice in chip.choices} == {one.id, other.id}
    assert [choice.groups_en for choice in chip.choices if choice.id == one.id] == [["NJZ"]]
    assert {hit.segment_id for hit in answer.hits} == {uuid5(SPACE, "A"), uuid5(SPACE, "B")}
    meant = await desk.ask("민지", meant=[other.id])
    assert [(chip.id, chip.choices) for chip in meant.chips] == [(other.id, [])]
    assert [hit.segment_id for hit in meant.hits] == [uuid5(SPACE, "B")]
    of_group = await desk.ask("NJZ의 민지")
    assert [chip.id for chip in of_group.chips] == [one.id]
