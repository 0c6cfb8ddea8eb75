"""Why a scene is a hit, how probable it is, and what is said when nothing fits: through both services."""

from collections.abc import AsyncIterator

import pytest

from kernel.contracts.embeddings import PutNamesRequest
from kernel.contracts.search import Hit
from kernel.settings import Settings
from tests.integration.test_search import MINJI, Desk, at, document, keys, open_desk, person, seen

TEXTS = {
    "bridge": "a woman is walking across a bridge over a river",
    "fishing": "a man is fishing in a lake",
    "couch": "a woman is lying on a couch",
    "sleeping": "Question: what is she doing? Answer: a woman is sleeping. a dog is next to her.",
    "guitar": "a man is playing the guitar on a stage",
    "noodles": "a woman is eating noodles with chopsticks",
}


@pytest.fixture
async def desk(settings: Settings, database_url: str) -> AsyncIterator[Desk]:
    async for opened in open_desk(settings, database_url):
        await opened.index.put_names(PutNamesRequest(names=[MINJI]))
        await opened.put(
            *(
                document(key, span=at(10 * number), text_en=text, people=[seen("민지", 0.9)] if key == "couch" else [])
                for number, (key, text) in enumerate(TEXTS.items())
            )
        )
        yield opened


def reason(hit: Hit, kind: str) -> list[tuple[str, str | None]]:
    return [(one.text, one.asked) for one in hit.evidence if one.kind == kind]


@pytest.mark.parametrize(
    ("question", "key", "asked", "word"),
    [
        ("다리를 건너는 장면", "bridge", "다리를 건너는", "bridge"),
        ("낚시하는 사람", "fishing", "낚시", "fishing"),
        ("기타 치는 모습", "guitar", "기타 치는", "guitar"),
        ("국수 먹는 장면", "noodles", "국수 먹는", "noodles"),
        ("a sofa", "couch", "sofa", "couch"),
    ],
)
async def test_a_translation_says_which_word_answered_which(
    desk: Desk, question: str, key: str, asked: str, word: str
) -> None:
    answer = await desk.ask(question)
    assert keys(answer, list(TEXTS))[0] == key
    first = answer.hits[0]
    assert (word, asked) in reason(first, "translation")
    assert first.probability is not None
    assert first.probability > 0.5
    assert all(one.probability is None or one.probability <= 1 for one in first.evidence)


async def test_the_sentence_that_is_meant_is_cited_and_an_echoed_prompt_is_not(desk: Desk) -> None:
    hit = (await desk.ask("자고 있는 여자")).hits[0]
    assert keys(await desk.ask("자고 있는 여자"), list(TEXTS))[0] == "sleeping"
    assert reason(hit, "meaning") == [("a woman is sleeping.", None)]


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("코끼리가 나오는 장면", "코끼리"),
        ("an elephant in a rocket", "elephant"),
        ("우주선 용접", "용접"),
        ("뷁쉙뛟", "뷁쉙뛟"),
        ("xkqz wvvt", "xkqz"),
    ],
)
async def test_nothing_fits_is_said_with_what_is_missing_and_what_is_nearest(
    desk: Desk, question: str, lacking: str
) -> None:
    answer = await desk.ask(question)
    assert (answer.hits, answer.nothing) == ([], "nothing_close")
    assert any(lacking in one for one in answer.missing)
    assert all(hit.probability is not None and hit.probability < 0.5 for hit in answer.nearest)


async def test_conditions_that_leave_nothing_are_told_from_people_who_are_nowhere(desk: Desk) -> None:
    for question in ("10분 이후 다리", "와이드 샷 국수", "10분 이후 민지"):
        assert (await desk.ask(question)).nothing == "no_such_scenes"
    assert (await desk.ask("10분 이후", people=[person("nobody")])).nothing == "no_such_people"


async def test_scenes_of_the_person_are_nearest_where_none_shows_what_is_asked(desk: Desk) -> None:
    answer = await desk.ask("민지가 용접하는 장면")
    assert (answer.hits, answer.missing) == ([], ["용접"])
    assert keys(answer.model_copy(update={"hits": answer.nearest}), list(TEXTS)) == ["couch"]
    assert answer.nearest[0].probability == pytest.approx(0, abs=0.05)


async def test_what_has_some_word_of_the_question_is_offered_and_that_word_is_not_missing(desk: Desk) -> None:
    answer = await desk.ask("코끼리 우주선 용접 국수")
    assert (answer.hits, answer.missing) == ([], ["코끼리", "우주선", "용접"])
    assert keys(answer.model_copy(update={"hits": answer.nearest}), list(TEXTS))[0] == "noodles"


async def test_what_a_hit_lacks_is_told_beside_it(desk: Desk) -> None:
    hit = (await desk.ask("다리를 건너는 여자와 코끼리")).hits[0]
    assert hit.missing == ["코끼리"]


async def test_a_hit_is_as_probable_as_who_is_there(desk: Desk) -> None:
    [couch] = (await desk.ask("민지")).hits
    assert couch.probability == pytest.approx(0.9)
    [asked] = (await desk.ask("소파에 누운 민지")).hits
    [alone] = (await desk.ask("소파에 누운", people=[person("민지")])).hits
    assert asked.probability is not None
    assert asked.probability == alone.probability
    assert asked.probability < 0.9


async def test_without_its_cited_evidence_a_document_falls(desk: Desk) -> None:
    question = "소파에 누워 있는 여자"
    before = await desk.ask(question)
    assert keys(before, list(TEXTS))[0] == "couch"
    assert reason(before.hits[0], "translation")
    await desk.put(document("couch", version=2, span=at(20), text_en="a woman is in a room"))
    after = await desk.ask(question)
    couch = before.hits[0].segment_id
    scores = [hit.score for hit in after.hits if couch in {hit.segment_id, *hit.segments}]
    assert max(scores, default=0.0) < before.hits[0].score
