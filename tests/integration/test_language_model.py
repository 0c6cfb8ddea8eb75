"""The language model behind a real local server: asked once, within its budget, and its failures are sentences."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, SecretStr
from sqlalchemy import text

from kernel.settings import Settings
from kernel.storage.database import Database
from search_service.language_model.asking import LanguageModelDesk
from search_service.language_model.errors import LanguageModelError
from tests.fake_gemini import KEY, MODEL, Gemini, gemini


class Words(BaseModel):
    words: list[str]


@pytest.fixture
async def asked(settings: Settings) -> AsyncIterator[tuple[Gemini, Settings]]:
    async with gemini(settings) as (fake, asking):
        fake.reply = lambda _: {"words": ["bridge", "다리"]}
        yield fake, asking


@pytest.fixture
async def desk(asked: tuple[Gemini, Settings], database: Database) -> AsyncIterator[LanguageModelDesk]:
    opened = LanguageModelDesk(database, asked[1])
    yield opened
    await opened.close()


def changed(settings: Settings, **limits: object) -> Settings:
    model = settings.language_model.model_copy(update=limits)
    return settings.model_copy(update={"language_model": model})


async def ask(desk: LanguageModelDesk, material: str = "다리") -> list[str]:
    return (await desk.write("keywords", "Translate.", material, Words)).value.words


async def spent(database: Database) -> tuple[int, int]:
    async with database.transaction() as connection:
        row = (await connection.execute(text("select requests, tokens from answers.spending"))).one_or_none()
    return (row.requests, row.tokens) if row else (0, 0)


async def test_what_was_asked_before_is_not_asked_again(
    asked: tuple[Gemini, Settings], desk: LanguageModelDesk, database: Database
) -> None:
    assert await ask(desk) == await ask(desk) == ["bridge", "다리"]
    assert [one.key for one in asked[0].seen] == [KEY]
    another = LanguageModelDesk(database, asked[1])  # as after a restart, or in another process
    assert await ask(another) == ["bridge", "다리"]
    await ask(desk, "강")
    assert asked[0].calls == 2
    assert asked[0].seen[0].path == f"/v1/models/{MODEL}:generateContent"
    assert "words" in asked[0].seen[0].schema["properties"]
    assert await spent(database) == (2, 200)


async def test_the_budget_is_one_for_all_processes_and_counts_from_the_database(
    asked: tuple[Gemini, Settings], database: Database
) -> None:
    fake, settings = asked
    desks = [LanguageModelDesk(database, changed(settings, requests_a_day=3)) for _ in range(2)]
    outcomes = await asyncio.gather(*(ask(desk, str(n)) for n in range(4) for desk in desks), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, LanguageModelError)]
    assert {one.why for one in refused} == {"budget"}
    assert fake.calls == 3
    assert await spent(database) == (3, 300)
    for desk in desks:
        await desk.close()


async def test_tokens_are_a_budget_too(asked: tuple[Gemini, Settings], database: Database) -> None:
    desk = LanguageModelDesk(database, changed(asked[1], tokens_a_day=150))
    assert [await ask(desk, "1"), await ask(desk, "2")]
    with pytest.raises(LanguageModelError, match="TOKENS_A_DAY") as refused:
        await ask(desk, "3")
    assert refused.value.why == "budget"
    await desk.close()


@pytest.mark.parametrize(
    ("status", "why", "calls", "words"),
    [
        (400, "refused", 1, "400"),
        (403, "refused", 1, "403"),
        (404, "model_gone", 1, "SCENEDESK_LANGUAGE_MODEL__MODEL"),
        (429, "failed", 3, "429"),
        (500, "failed", 3, "500"),
    ],
)
async def test_failures_say_what_they_are(
    asked: tuple[Gemini, Settings], desk: LanguageModelDesk, status: int, why: str, calls: int, words: str
) -> None:
    asked[0].failures = [status] * calls
    with pytest.raises(LanguageModelError, match=words) as refused:
        await ask(desk)
    assert (refused.value.why, asked[0].calls) == (why, calls)
    assert refused.value.sentence("ko")
    assert await ask(desk) == ["bridge", "다리"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_passes_is_tried_again(asked: tuple[Gemini, Settings], desk: LanguageModelDesk, status: int) -> None:
    asked[0].failures = [status, status]
    assert await ask(desk) == ["bridge", "다리"]
    assert asked[0].calls == 3


@pytest.mark.parametrize("said", ["", "no JSON", '{"words": ["brid', '{"others": 1}', "[]"])
async def test_an_answer_of_another_form_is_refused_and_not_kept(
    asked: tuple[Gemini, Settings], desk: LanguageModelDesk, said: str
) -> None:
    asked[0].raw = said
    with pytest.raises(LanguageModelError) as refused:
        await ask(desk)
    assert refused.value.why == "failed"
    asked[0].raw = None
    assert await ask(desk) == ["bridge", "다리"]


async def test_a_page_that_is_no_api_is_a_failure(asked: tuple[Gemini, Settings], desk: LanguageModelDesk) -> None:
    asked[0].failures = [0]
    with pytest.raises(LanguageModelError) as refused:
        await ask(desk)
    assert refused.value.why == "failed"


async def test_a_blocked_answer_is_a_refusal(asked: tuple[Gemini, Settings], desk: LanguageModelDesk) -> None:
    asked[0].blocked = "SAFETY"
    with pytest.raises(LanguageModelError, match="SAFETY") as refused:
        await ask(desk)
    assert refused.value.why == "refused"


async def test_a_server_that_does_not_answer_is_not_waited_for(
    asked: tuple[Gemini, Settings], database: Database
) -> None:
    fake, settings = asked
    fake.held = asyncio.Event()
    desk = LanguageModelDesk(database, changed(settings, timeout_s=0.2, attempts=1))
    with pytest.raises(LanguageModelError) as refused:
        await ask(desk)
    assert refused.value.why == "timeout"
    fake.held.set()
    await desk.close()


async def test_nobody_there_is_a_failure(asked: tuple[Gemini, Settings], database: Database) -> None:
    desk = LanguageModelDesk(database, changed(asked[1], base_url="http://127.0.0.1:9", attempts=1))
    with pytest.raises(LanguageModelError) as refused:
        await ask(desk)
    assert refused.value.why == "failed"
    await desk.close()


async def test_without_a_key_and_offline_nobody_is_asked(asked: tuple[Gemini, Settings], database: Database) -> None:
    fake, settings = asked
    for unconfigured in (
        settings.model_copy(update={"gemini_api_key": None}),
        changed(settings, base_url=None),  # the settings of tests are offline
    ):
        desk = LanguageModelDesk(database, unconfigured)
        with pytest.raises(LanguageModelError, match="GEMINI_API_KEY") as refused:
            await ask(desk)
        assert (desk.configured, refused.value.why) == (False, "not_configured")
    assert fake.calls == 0
    assert await spent(database) == (0, 0)


async def test_the_key_is_a_secret(settings: Settings) -> None:
    told = settings.model_copy(update={"gemini_api_key": SecretStr(KEY)})
    assert KEY not in repr(told)
    assert KEY not in told.model_dump_json()


async def test_a_stream_yields_entries_as_they_are_complete(
    asked: tuple[Gemini, Settings], desk: LanguageModelDesk
) -> None:
    fake = asked[0]
    fake.reply = lambda _: {"words": [f'word {number} ,"]' for number in range(20)]}
    fake.pause = asyncio.Event()
    stream = desk.items("answer", "Say.", "x", Words, "words")
    first = [await anext(stream) for _ in range(10)]  # while the server holds the end back
    fake.pause.set()
    rest = [item async for item in stream]
    assert [*first, *rest] == [f'word {number} ,"]' for number in range(20)]
    assert [item async for item in desk.items("answer", "Say.", "x", Words, "words")] == [*first, *rest]
    assert fake.calls == 1
    assert fake.seen[0].path.endswith(":streamGenerateContent")


async def test_a_stream_cut_short_says_so_after_what_was_complete(
    asked: tuple[Gemini, Settings], desk: LanguageModelDesk, database: Database
) -> None:
    fake = asked[0]
    fake.cut = len('{"words": ["bridge", "다')
    stream = desk.items("answer", "Say.", "x", Words, "words")
    read = [await anext(stream)]
    with pytest.raises(LanguageModelError) as refused:
        await anext(stream)
    assert (read, refused.value.why) == (["bridge"], "failed")
    assert await spent(database) == (1, 100)


async def test_forgetting_drops_what_holds_a_word_or_is_old(desk: LanguageModelDesk, database: Database) -> None:
    await ask(desk)
    assert await desk.forget(["하니"], None) == 0
    assert await desk.forget(["다리"], None) == 1
    await ask(desk)
    assert await desk.forget([], datetime.now(UTC)) == 1
