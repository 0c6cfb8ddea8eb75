"""Words of a Korean question in English, by a language model: more captions answer, and no search hangs on it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kernel.contracts.embeddings import PutNamesRequest
from kernel.contracts.search import SearchResponse
from kernel.settings import Settings
from tests.fake_gemini import Asked, Gemini, gemini
from tests.integration.test_search import MINJI, Desk, at, document, open_desk, seen

ENGLISH = {"돌돌이": "lint roller, sticky roller", "코트": "coat"}


def reply(asked: Asked) -> Any:
    lines = [line.split(" | ")[0] for line in _texts(asked)]
    return {"lines": [{"number": n, "text": ENGLISH.get(word, "")} for n, word in enumerate(lines, 1)]}


def _texts(asked: Asked) -> list[str]:

    return [line["text"] for line in json.loads(asked.material)["lines"]]


@pytest.fixture
async def opened(settings: Settings, database_url: str) -> AsyncIterator[tuple[Gemini, Desk]]:
    async with gemini(settings) as (fake, asking):
        fake.reply = reply
        model = asking.language_model.model_copy(update={"keywords": True})
        async for desk in open_desk(asking.model_copy(update={"language_model": model}), database_url):
            await desk.index.put_names(PutNamesRequest(names=[MINJI]))
            rolled = "a lint roller lies on a chair"
            await desk.put(
                document("rolled", text_en=rolled, people=[seen("민지")]),
                *(
                    document(f"else {n}", text_en="a dog in a park", people=[seen("민지")], span=at(100 * n))
                    for n in range(1, 21)
                ),
            )
            yield fake, desk


async def learnt(desk: Desk, query: str) -> SearchResponse:
    """The answer once the model's words are known: a busy machine may take longer than a search waits."""
    async with asyncio.timeout(20):
        while ("돌돌이", "lint roller") not in translated(answer := await desk.ask(query)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return answer


def translated(answer: SearchResponse) -> list[tuple[str | None, str]]:
    return [(one.asked, one.text) for hit in answer.hits for one in hit.evidence if one.kind == "translation"]


async def test_a_caption_is_found_by_what_a_model_says_for_a_word(opened: tuple[Gemini, Desk]) -> None:
    fake, desk = opened
    first = await learnt(desk, "민지 돌돌이")
    assert translated(first) == [("돌돌이", "lint roller")]
    again = await desk.ask("민지 돌돌이", limit=1)
    assert (fake.calls, translated(again)) == (1, translated(first))
    assert not any("민지" in one.material for one in fake.seen)
    assert fake.calls == 1
    await desk.ask("lint roller")  # English needs none
    assert fake.calls == 1


async def test_no_search_waits_for_a_slow_model_and_a_later_page_is_ordered_as_the_first(
    opened: tuple[Gemini, Desk],
) -> None:
    fake, desk = opened
    fake.held = asyncio.Event()
    slow = await desk.ask("민지 돌돌이 공원", limit=5)
    assert translated(slow) == [("공원", "park")] * 5
    fake.held.set()
    await learnt(desk, "민지 돌돌이 공원")
    later = await desk.ask("민지 돌돌이 공원", limit=5, cursor=slow.next_cursor)
    assert {one.segment_id for one in slow.hits}.isdisjoint(one.segment_id for one in later.hits)
    assert ("돌돌이", "lint roller") not in translated(later)


async def test_a_model_that_fails_is_left_alone_for_a_while(opened: tuple[Gemini, Desk]) -> None:
    fake, desk = opened
    fake.failures = [400, 400, 400]
    assert translated(await desk.ask("민지 돌돌이")) == []
    calls = fake.calls
    await desk.ask("민지 코트")
    assert fake.calls == calls
