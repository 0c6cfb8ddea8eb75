"""Documents whose words an older release read are read again in the background, and counted as if put anew."""

import asyncio
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from embed_service.rewording import AT_ONCE, reword
from embed_service.tables import documents
from kernel.clients import EmbedService
from kernel.contracts.embeddings import PutDocumentsRequest
from kernel.language import READING
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.wire import open_wire
from tests.integration.test_index import create_app, document

COUNTED = """select lexeme, documents from "index".vocabulary order by 1"""
RECOUNTED = """select lexeme, count(*) from (select distinct segment_id, lexeme from "index".documents,
  unnest(caption_lexemes || object_lexemes || title_lexemes) as lexeme) each group by 1 order by 1"""
READ = """select segment_id, caption_lexemes, reading from "index".documents order by 1"""
OLDER = """
update "index".vocabulary set documents = documents - {n} where lexeme = any('{{sofa,소파}}');
insert into "index".vocabulary values ('여', {n}) on conflict (lexeme) do update set documents = {n};
delete from "index".vocabulary where documents <= 0;
update "index".documents set reading = 1,
  caption_lexemes = array_remove(array_remove(caption_lexemes, 'sofa'), '소파') || array['여'];
"""


async def rows(database: Database, sql: str) -> list[Any]:
    async with database.transaction() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


async def test_words_of_an_older_reading_are_read_again_at_the_next_start(
    settings: Settings, database_url: str, database: Database
) -> None:
    async with open_wire({"embed-service": create_app(settings, database_url)}) as wire:
        some = [document(text_ko="한 여자가 소파에서 자고 있다") for _ in range(3)]
        await EmbedService(wire).put_documents(PutDocumentsRequest(documents=some))
    fresh = await rows(database, READ)
    assert {row[2] for row in fresh} == {READING}
    async with database.transaction() as connection:
        for statement in OLDER.format(n=len(some)).strip().split(";\n"):
            await connection.execute(text(statement))
    assert await rows(database, COUNTED) == await rows(database, RECOUNTED)
    async with open_wire({"embed-service": create_app(settings, database_url)}):
        async with asyncio.timeout(20):
            while await rows(database, READ) != fresh:  # noqa: ASYNC110 - what ends it is in another process's hands
                await asyncio.sleep(0.05)
        assert await rows(database, COUNTED) == await rows(database, RECOUNTED)


async def test_more_than_are_read_at_once_are_all_read_and_only_once(database: Database) -> None:
    blank = {
        "caption_lexemes": [], "object_lexemes": [], "title_lexemes": [], "objects": [], "fingerprint": "",
        "version": 1, "start_ms": 0, "end_ms": 1, "title": "공원", "text_en": "a dog", "origin": "machine",
        "observed": False, "unknown_faces": 0, "unknown_seen": [], "people": [],
    }  # fmt: skip
    many = [{**blank, "segment_id": uuid4(), "video_id": uuid4()} for _ in range(AT_ONCE + 1)]
    async with database.transaction() as connection:
        await connection.execute(documents.insert(), many)
    assert await reword(database) == AT_ONCE + 1
    assert await reword(database) == 0
    assert dict(await rows(database, COUNTED)) == {"dog": AT_ONCE + 1, "공원": AT_ONCE + 1}
