"""Questions over the real index: embed-service and search-service on one wire, the default model, a database."""

import random
import statistics
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest

import embed_service.app
import search_service.app
from kernel.clients import EmbedService, SearchService
from kernel.contracts.embeddings import (
    Document,
    IndexedName,
    PersonMention,
    PutDocumentsRequest,
    PutNamesRequest,
)
from kernel.contracts.errors import UpstreamError
from kernel.contracts.search import SearchRequest, SearchResponse
from kernel.contracts.time import Span
from kernel.settings import Search, Settings
from kernel.wire import open_wire
from tests import retrieval

SPACE = UUID(int=11)
VIDEO = uuid5(SPACE, "video")


@dataclass
class Desk:
    """Both services, as a caller sees them."""

    index: EmbedService
    questions: SearchService

    async def put(self, *documents: Document) -> None:
        for first in range(0, len(documents), 500):
            await self.index.put_documents(PutDocumentsRequest(documents=list(documents[first : first + 500])))

    async def ask(self, query: str = "", **more: Any) -> SearchResponse:
        return await self.questions.search(SearchRequest(query=query, **more))


async def open_desk(settings: Settings, database_url: str) -> AsyncIterator[Desk]:
    holder: list[httpx.AsyncClient] = []
    apps = {
        "embed-service": embed_service.app.create_app(settings, database_url),
        "search-service": search_service.app.create_app(settings, database_url, lambda: holder[0]),
    }
    async with open_wire(apps) as wire:
        holder.append(wire)
        yield Desk(EmbedService(wire), SearchService(wire))


@pytest.fixture
async def desk(settings: Settings, database_url: str) -> AsyncIterator[Desk]:
    async for opened in open_desk(settings, database_url):
        yield opened


def document(key: str, **changes: Any) -> Document:
    asked = {
        "segment_id": uuid5(SPACE, key),
        "video_id": VIDEO,
        "version": 1,
        "span": Span(start_ms=0, end_ms=10_000),
        "title": "무제",
        "origin": "machine",
    }
    return Document(**(asked | changes))


def at(second: int) -> Span:
    return Span(start_ms=second * 1_000, end_ms=second * 1_000 + 10_000)


def person(name: str) -> UUID:
    return uuid5(SPACE, f"person {name}")


def seen(name: str, probability: float = 0.95, seen_ms: int = 8_000, *, human: bool = False) -> PersonMention:
    return PersonMention(person_id=person(name), probability=probability, seen_ms=seen_ms, human=human)


def keys(answer: SearchResponse, known: Sequence[str]) -> list[str]:
    """The documents of an answer in order; a moment stands for its best one and then the others in time."""
    names = {uuid5(SPACE, key): key for key in known}
    return [names[segment] for segment in segments(answer)]


def segments(answer: SearchResponse) -> list[UUID]:
    return [one for hit in answer.hits for one in dict.fromkeys((hit.segment_id, *hit.segments))]


MINJI = IndexedName(id=person("민지"), kind="person", name_ko="김민지", name_en="Kim Minji", aliases=["민지", "ミンジ"])
HANNI = IndexedName(id=person("하니"), kind="person", name_ko="하니", name_en="Hanni")
NJZ = IndexedName(
    id=person("NJZ"), kind="group", name_ko="뉴진스", name_en="NJZ", members=[person("민지"), person("하니")]
)
SCENES = {
    "sleeping": document(
        "sleeping",
        span=at(10),
        text_ko="민지가 소파에서 자고 있다",
        text_en="a woman is sleeping on a sofa",
        people=[seen("민지")],
    ),
    "dancing": document(
        "dancing",
        span=at(20),
        text_ko="여러 명이 연습실에서 춤을 추고 있다",
        text_en="girls are dancing in a practice room",
        people=[seen("민지", seen_ms=3_000), seen("하니")],
    ),
    "eating": document("eating", span=at(30), text_ko=None, text_en="a woman is eating noodles", people=[seen("하니")]),
    "cat": document("cat", span=at(40), text_ko="고양이가 소파에서 자고 있다", text_en="a cat is sleeping on a sofa"),
    "subin": document(
        "subin", span=at(50), text_ko="수빈이가 마이크를 들고 노래한다", text_en=None, objects=["microphone", "마이크"]
    ),
}


@pytest.fixture
async def scenes(desk: Desk) -> Desk:
    await desk.index.put_names(PutNamesRequest(names=[MINJI, HANNI, NJZ]))
    await desk.put(*SCENES.values())
    return desk


async def test_a_person_and_an_action_are_found_with_reasons(scenes: Desk) -> None:
    answer = await scenes.ask("민지가 자는 장면")
    assert [(name.name_ko, name.written, name.exact) for name in answer.names] == [("김민지", "민지", True)]
    assert answer.rest == "자는"
    assert keys(answer, list(SCENES))[0] == "sleeping"
    assert "cat" not in keys(answer, list(SCENES))
    first = answer.hits[0]
    assert {(reason.kind, reason.text) for reason in first.evidence} >= {("person", "김민지"), ("words", "자고")}
    assert answer.model is not None


async def test_english_captions_are_found_by_korean_questions(desk: Desk) -> None:
    await desk.index.put_names(PutNamesRequest(names=[MINJI, HANNI]))
    english = [scene.model_copy(update={"text_ko": None}) for scene in SCENES.values() if scene.text_en]
    await desk.put(*english)
    answer = await desk.ask("민지가 자는 장면")
    assert keys(answer, list(SCENES))[:1] == ["sleeping"]
    [reason] = [reason for reason in answer.hits[0].evidence if reason.kind == "meaning"]
    assert (reason.language, reason.text) == ("en", "a woman is sleeping on a sofa")


async def test_names_alone_are_answered_by_certainty_and_screen_share(scenes: Desk) -> None:
    answer = await scenes.ask("민지 나오는 장면 찾아줘")
    assert (answer.rest, answer.model) == ("", None)
    assert keys(answer, list(SCENES)) == ["sleeping", "dancing"]
    assert answer.hits[0].score == pytest.approx(0.95 * 0.8, abs=1e-5)


async def test_a_group_asks_for_somebody_of_it_and_two_people_for_both(scenes: Desk) -> None:
    assert set(keys(await scenes.ask("뉴진스"), list(SCENES))) == {"sleeping", "dancing", "eating"}
    both = await scenes.ask("민지랑 하니")
    assert keys(both, list(SCENES)) == ["dancing"]
    [reason] = [one for one in both.hits[0].evidence if one.kind == "set"]
    assert (reason.text, reason.score) == (f"{MINJI.name_ko}, {HANNI.name_ko}", pytest.approx(0.95**2))
    assert keys(await scenes.ask(people=[person("민지"), person("하니")]), list(SCENES)) == ["dancing"]
    assert keys(await scenes.ask("국수 먹는", groups=[NJZ.id]), list(SCENES))[:1] == ["eating"]


async def test_a_name_is_read_in_any_script(scenes: Desk) -> None:
    for question in (
        "Minji sleeping",
        "kim minji가 자는",
        "MINJI is asleep on a sofa",
        "ミンジ sleeping",
        "김민지 소파",
    ):
        answer = await scenes.ask(question)
        assert [name.id for name in answer.names] == [MINJI.id]
        assert keys(answer, list(SCENES))[0] == "sleeping"


async def test_a_misspelt_name_is_taken_for_one_and_said_so(scenes: Desk) -> None:
    answer = await scenes.ask("민쥐가 자는 장면")
    assert [(name.name_ko, name.written, name.exact) for name in answer.names] == [("김민지", "민쥐", False)]
    assert keys(answer, list(SCENES))[0] == "sleeping"


async def test_a_name_outside_the_gallery_stays_a_word(scenes: Desk) -> None:
    answer = await scenes.ask("수빈이 노래하는 장면")
    assert answer.names == []
    assert "수빈" in answer.rest
    assert keys(answer, list(SCENES))[0] == "subin"
    words = [reason.text for reason in answer.hits[0].evidence if reason.kind == "words"]
    assert any("수빈" in text for text in words)


async def test_a_word_the_index_knows_is_not_taken_for_a_name(scenes: Desk) -> None:
    await scenes.put(document("minki", text_ko="민기가 춤을 춘다"))
    await scenes.put(document("hannah", text_en="Hanna is reading a book"))
    for question, wanted in (("민기가 나오는 장면", "minki"), ("hanna reading", "hannah")):
        answer = await scenes.ask(question)
        assert answer.names == []
        assert keys(answer, ["minki", "hannah", *SCENES])[0] == wanted


async def test_too_many_people_are_refused(scenes: Desk) -> None:
    many = [uuid5(SPACE, f"{number}") for number in range(33)]
    with pytest.raises(UpstreamError, match="32"):
        await scenes.questions.search(SearchRequest.model_construct(people=many))
    same = await scenes.ask("민지", people=[MINJI.id] * 32)
    assert keys(same, list(SCENES)) == ["sleeping", "dancing"]


async def test_names_stay_words_when_asked_not_to_understand(scenes: Desk) -> None:
    answer = await scenes.ask("민지가 자는 장면", understand=False)
    assert answer.names == []
    assert keys(answer, list(SCENES))[0] == "sleeping"


async def test_objects_are_reasons(scenes: Desk) -> None:
    answer = await scenes.ask("microphone")
    assert keys(answer, list(SCENES))[0] == "subin"
    assert ("object", "microphone") in {(reason.kind, reason.text) for reason in answer.hits[0].evidence}


async def test_nothing_found_is_said_with_its_reason(desk: Desk) -> None:
    assert (await desk.ask("자는 장면")).nothing == "no_documents"
    await desk.index.put_names(PutNamesRequest(names=[MINJI]))
    await desk.put(SCENES["cat"])
    assert (await desk.ask("분기별 재무 보고서 검토")).nothing == "nothing_close"
    assert (await desk.ask("민지가 자는")).nothing == "no_such_people"
    assert (await desk.ask(people=[person("nobody")])).nothing == "no_such_people"
    assert (await desk.ask("고양이", videos=[uuid5(SPACE, "other")])).nothing == "no_documents"
    assert (await desk.ask("고양이")).nothing is None


ODD = (
    *(
        "",
        " ",
        "?",
        ":* & !",
        "'",
        "\\",
        "a' or 1=1 --",
        "\x00",
        "민지\x00",
        "%",
        "_",
        "{}",
        "\\x",
        "(((",
        "~!@#",
        "<script>",
    ),
    *("😀", "🎬민지🎬", "ㅁㅈ", "ㅋㅋㅋ", "ᄆᆡᆫ지", "은 는 이 가", "을", "장면 찾아줘", "\u200b", "\ufeff", "１２３"),
    *("가" * 500, "민지" * 250, "민지 " * 166, "ab " * 166),
)


async def test_odd_questions_are_answered(scenes: Desk) -> None:
    for query in ODD:
        for understand in (True, False):
            answer = await scenes.ask(query, understand=understand)
            assert answer.hits or answer.nothing, query


async def test_longer_questions_are_refused_as_malformed(scenes: Desk) -> None:
    with pytest.raises(UpstreamError, match="500") as refusal:
        await scenes.questions.search(SearchRequest.model_construct(query="가" * 10_000))
    assert refusal.value.upstream.status == 422


async def test_forged_cursors_are_refused(scenes: Desk) -> None:
    for cursor in ("x", "\x00", "W10", "bnVsbA", "WzEsMiwzLDQsNV0", "가나다", "=" * 50, "e30" * 300):
        with pytest.raises(UpstreamError, match="cursor"):
            await scenes.ask("민지", cursor=cursor)


@pytest.mark.parametrize("query", ["민지", "무대에서 노래하는 사람"])
async def test_pages_join_to_the_whole_answer(desk: Desk, query: str) -> None:
    await desk.index.put_names(PutNamesRequest(names=[MINJI]))
    random.seed(5)
    await desk.put(
        *(
            document(
                f"{number}",
                span=at(20 * number),
                text_ko=f"한 사람이 무대에서 {number}번 노래를 부른다",
                people=[seen("민지", probability=random.choice([0.5, 0.9]))],
            )
            for number in range(53)
        )
    )
    whole = [hit.segment_id for hit in (await desk.ask(query, limit=100)).hits]
    paged: list[UUID] = []
    cursor = None
    while True:
        answer = await desk.ask(query, limit=10, cursor=cursor)
        paged += [hit.segment_id for hit in answer.hits]
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert paged == whole
    assert len(set(paged)) == 53
    again = [hit.segment_id for hit in (await desk.ask(query, limit=100)).hits]
    assert again == whole


async def test_a_cursor_belongs_to_its_question(scenes: Desk) -> None:
    first = await scenes.ask(limit=1)
    assert first.next_cursor is not None
    with pytest.raises(UpstreamError, match="cursor"):
        await scenes.ask("민지", limit=1, cursor=first.next_cursor)


async def _reciprocal_ranks(desk: Desk, questions: dict[str, str]) -> list[float]:
    """For each question, 1 / rank of the key it should find."""
    ranks = []
    for question, wanted in questions.items():
        answer = await desk.ask(question, limit=20)
        found = [str(segment) for segment in segments(answer)]
        ranks.append(retrieval.reciprocal_rank(found, str(uuid5(SPACE, wanted))))
    return ranks


def _first(ranks: Sequence[float]) -> float:
    return statistics.mean(rank == 1 for rank in ranks)


async def test_questions_find_the_caption_they_mean(desk: Desk, shared: Path) -> None:
    pairs, wrong = retrieval.pairs(shared), retrieval.distractors(shared)
    await desk.put(*(document(pair.caption_en, text_en=pair.caption_en) for pair in pairs))
    await desk.put(*(document(caption, text_en=caption) for caption in wrong))
    korean = await _reciprocal_ranks(desk, {pair.query_ko: pair.caption_en for pair in pairs})
    english = await _reciprocal_ranks(desk, {pair.query_en: pair.caption_en for pair in pairs})
    assert _first(korean) >= 0.95
    assert _first(english) >= 0.9


async def test_korean_captions_are_found_by_whole_questions_and_by_single_words(desk: Desk, shared: Path) -> None:
    pairs, wrong = retrieval.pairs(shared), retrieval.distractors(shared)
    await desk.put(*(document(pair.caption_en, text_ko=pair.caption_ko, text_en=pair.caption_en) for pair in pairs))
    await desk.put(*(document(caption, text_en=caption) for caption in wrong))
    assert _first(await _reciprocal_ranks(desk, {pair.query_ko: pair.caption_en for pair in pairs})) >= 0.95
    words = {"피아노": 4, "국수": 9, "러닝머신": 18, "요가": 20, "원반": 35, "렌치": 55}
    assert min(await _reciprocal_ranks(desk, {word: pairs[row].caption_en for word, row in words.items()})) == 1


@pytest.mark.parametrize("exact_below", [20_000, 50])
async def test_filters_leave_exactly_what_they_should(settings: Settings, database_url: str, exact_below: int) -> None:
    """Against brute force over random documents: no short answer, nothing foreign, both ways of search."""
    random.seed(7)
    people, videos = [f"person {number}" for number in range(12)], [uuid5(SPACE, f"video {n}") for n in range(5)]
    everything = {
        f"{number}": document(
            f"{number}",
            video_id=random.choice(videos),
            span=at(20 * number),
            text_ko=f"한 사람이 {random.choice(['무대', '거리', '주방', '교실'])}에서 노래를 부르고 있다 {number}",
            people=[seen(name) for name in random.sample(people, random.choice([0, 1, 1, 2, 3]))],
        )
        for number in range(400)
    }
    narrow = settings.model_copy(update={"search": Search(exact_below=exact_below)})
    async for desk in open_desk(narrow, database_url):
        await desk.put(*everything.values())
        for trial in range(24):
            wanted = frozenset(map(person, random.sample(people, random.choice([0, 1, 2]))))
            some = random.sample(videos, random.choice([0, 1, 2]))
            asked = {"people": sorted(wanted), "videos": some, "limit": 100}
            answer = await desk.ask("노래를 부르는 사람" if trial % 2 else "", **asked)
            true = {
                one.segment_id
                for one in everything.values()
                if wanted <= {mention.person_id for mention in one.people} and (not some or one.video_id in some)
            }
            found = {hit.segment_id for hit in answer.hits}
            assert found <= true
            assert len(found) == min(100, len(true))


async def test_without_embed_service_names_are_answered_and_meaning_is_refused(
    scenes: Desk, settings: Settings, database_url: str
) -> None:
    async with open_wire() as nowhere:
        app = search_service.app.create_app(settings, database_url, lambda: nowhere)
        async with open_wire({"search-service": app}) as wire:
            desk = Desk(EmbedService(nowhere), SearchService(wire))
            assert keys(await desk.ask("민지"), list(SCENES)) == ["sleeping", "dancing"]
            with pytest.raises(UpstreamError) as refusal:
                await desk.ask("민지가 자는 장면")
            assert refusal.value.upstream.status == 503
            assert "embed-service" in refusal.value.upstream.detail
