"""Putting documents into the index, on a real database with the default model."""

import random
import unicodedata
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text

from embed_service.app import create_app
from embed_service.tables import document_people, documents, vectors
from kernel.clients import EmbedService
from kernel.contracts.embeddings import (
    Document,
    EmbedTextsRequest,
    IndexedName,
    PersonMention,
    PutDocumentsRequest,
    PutNamesRequest,
    RemoveVideoRequest,
)
from kernel.contracts.errors import UpstreamError
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.storage.migrate import downgrade, migrate
from kernel.vectors import unpack
from kernel.wire import open_wire

VIDEO = UUID(int=7)


def document(**changes: Any) -> Document:
    asked = {
        "segment_id": uuid4(),
        "video_id": VIDEO,
        "version": 1,
        "span": Span(start_ms=0, end_ms=5_000),
        "title": "연습실 브이로그",
        "text_ko": "한 여자가 소파에서 자고 있다",
        "text_en": "a woman is sleeping on a sofa",
        "origin": "machine",
    }
    return Document(**(asked | changes))


@pytest.fixture
async def service(settings: Settings, database_url: str) -> AsyncIterator[EmbedService]:
    async with open_wire({"embed-service": create_app(settings, database_url)}) as wire:
        yield EmbedService(wire)


async def put(service: EmbedService, *asked: Document, **more: Any) -> tuple[int, int, int]:
    answer = await service.put_documents(PutDocumentsRequest(documents=list(asked), **more))
    return answer.written, answer.unchanged, answer.removed


async def count(database: Database, table: Any) -> int:
    async with database.transaction() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def column(database: Database, wanted: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(wanted))).scalars())


async def test_a_document_is_written_with_its_people_words_and_vectors(
    service: EmbedService, database: Database
) -> None:
    mention = PersonMention(person_id=uuid4(), probability=0.9, seen_ms=4_000)
    assert await put(service, document(people=[mention], objects=["sofa", "소파"])) == (1, 0, 0)
    assert await column(database, document_people.c.person_id) == [mention.person_id]
    assert sorted(await column(database, vectors.c.part)) == ["en", "ko"]
    [found] = await column(database, documents.c.caption_lexemes)
    assert {"여자", "소파", "자다", "woman", "sleep", "sofa"} <= set(found)
    assert "있다" not in found
    assert await column(database, documents.c.object_lexemes) == [["sofa", "소파"]]


async def test_when_exactly_people_are_seen_is_kept_and_all_of_the_row_where_nothing_is_told(
    service: EmbedService, database: Database
) -> None:
    exact, whole, stranger = uuid4(), uuid4(), [Span(start_ms=1_500, end_ms=9_999_999)]
    seen = [Span(start_ms=0, end_ms=700), Span(start_ms=600, end_ms=800), Span(start_ms=1_000, end_ms=9_999_999)]
    people = [
        PersonMention(person_id=exact, probability=0.9, seen_ms=900, seen=seen[:1]),
        PersonMention(person_id=exact, probability=0.4, seen_ms=900, seen=seen[1:], human=True),
        PersonMention(person_id=whole, probability=0.9, seen_ms=900),
    ]
    put_in = document(span=Span(start_ms=100, end_ms=2_000), people=people, unknown_faces=1, unknown_seen=stranger)
    await put(service, put_in.model_copy(update={"scale": "close_up", "day": date(2026, 11, 3)}))
    async with database.transaction() as connection:
        rows = await connection.execute(select(document_people.c.person_id, document_people.c.seen))
        stored = {row.person_id: [(one.lower, one.upper) for one in row.seen] for row in rows}
    assert stored == {exact: [(100, 800), (1_000, 2_000)], whole: [(100, 2_000)]}
    [unknown] = await column(database, documents.c.unknown_seen)
    assert [(one.lower, one.upper) for one in unknown] == [(1_500, 2_000)]
    assert await column(database, documents.c.scale) == ["close_up"]
    assert await column(database, documents.c.day) == [date(2026, 11, 3)]


async def test_who_is_in_it_stands_beside_it_and_follows_and_older_indexes_are_told(
    service: EmbedService, database: Database, database_url: str
) -> None:
    first, second, none = document(), document(), document(people=[])
    there, too = (PersonMention(person_id=UUID(int=n), probability=0.9, seen_ms=900) for n in (9, 3))
    await put(service, *(one.model_copy(update={"people": [there, too, there]}) for one in (first, second)), none)
    await put(service, second.model_copy(update={"people": [too], "version": 2}))
    expected = {first.segment_id: [too.person_id, there.person_id], second.segment_id: [too.person_id]}
    assert await casts(database) == expected | {none.segment_id: []}
    await downgrade(database_url, "0018_frame_hashes")
    await migrate(database_url)
    assert await casts(database) == expected | {none.segment_id: []}


async def casts(database: Database) -> dict[UUID, list[UUID]]:
    async with database.transaction() as connection:
        rows = await connection.execute(select(documents.c.segment_id, documents.c.people))
        return {row.segment_id: row.people for row in rows}


async def test_putting_it_again_changes_nothing(service: EmbedService, database: Database) -> None:
    asked = document()
    await put(service, asked)
    before = await _stamp(database)
    assert await put(service, asked) == (0, 1, 0)
    assert await _stamp(database) == before


async def test_only_a_text_that_changed_is_embedded_again(service: EmbedService, database: Database) -> None:
    asked = document()
    await put(service, asked)
    before = await _stamp(database)
    corrected = asked.model_copy(update={"version": 2, "text_ko": "한 여자가 의자에 앉아 있다"})
    assert await put(service, corrected) == (1, 0, 0)
    after = await _stamp(database)
    assert after["en"] == before["en"]
    assert after["ko"] != before["ko"]


async def test_a_text_that_is_gone_loses_its_vector(service: EmbedService, database: Database) -> None:
    asked = document()
    await put(service, asked)
    await put(service, asked.model_copy(update={"version": 2, "text_en": None}))
    assert await column(database, vectors.c.part) == ["ko"]


async def test_a_version_never_goes_back(service: EmbedService, database: Database) -> None:
    asked = document(version=5)
    await put(service, asked)
    assert await put(service, asked.model_copy(update={"version": 4, "text_ko": "오래된 설명"})) == (0, 1, 0)
    assert await column(database, documents.c.text_ko) == [asked.text_ko]


async def test_the_same_content_under_a_later_version_keeps_the_later_version(
    service: EmbedService, database: Database
) -> None:
    asked = document(version=5)
    await put(service, asked)
    assert await put(service, asked.model_copy(update={"version": 8})) == (0, 1, 0)
    assert await column(database, documents.c.version) == [8]
    assert await put(service, asked.model_copy(update={"version": 7, "text_ko": "오래된 설명"})) == (0, 1, 0)


async def test_of_two_documents_for_one_segment_the_later_counts(service: EmbedService, database: Database) -> None:
    late = document(version=3, text_ko="나중")
    early = late.model_copy(update={"version": 2, "text_ko": "먼저"})
    assert await put(service, late, early) == (1, 1, 0)
    assert await column(database, documents.c.text_ko) == ["나중"]


async def test_a_removed_segment_takes_everything_along_and_comes_back_only_later(
    service: EmbedService, database: Database
) -> None:
    mention = PersonMention(person_id=uuid4(), probability=0.9, seen_ms=4_000)
    asked = document(version=2, people=[mention])
    await put(service, asked)
    assert await put(service, removed=[asked.segment_id]) == (0, 0, 1)
    assert [await count(database, table) for table in (documents, document_people, vectors)] == [0, 0, 0]
    assert await put(service, removed=[asked.segment_id]) == (0, 0, 0)
    assert await put(service, asked) == (0, 1, 0)
    assert await count(database, documents) == 0
    assert await put(service, asked.model_copy(update={"version": 3})) == (1, 0, 0)


async def test_a_removal_that_overtakes_the_document_still_counts(service: EmbedService, database: Database) -> None:
    late = document(version=5)
    await put(service, removed=[late.segment_id], version=6)
    assert await put(service, late) == (0, 1, 0)
    assert await count(database, documents) == 0


async def test_a_removed_video_can_be_put_again_from_version_one(service: EmbedService, database: Database) -> None:
    here, other = document(version=4), document(version=4, video_id=uuid4())
    await put(service, here, other)
    await put(service, removed=[here.segment_id])
    await put(service, here.model_copy(update={"version": 5}))
    answer = await service.remove_video(RemoveVideoRequest(video_id=VIDEO))
    assert answer.removed == 1
    assert await column(database, documents.c.video_id) == [other.video_id]
    assert await put(service, here.model_copy(update={"version": 1})) == (1, 0, 0)


async def test_a_text_too_long_is_refused_and_nothing_is_written(service: EmbedService, database: Database) -> None:
    with pytest.raises(UpstreamError, match="2,001") as refusal:
        await put(service, document(), document(text_ko="가" * 2_001))
    assert refusal.value.upstream.status == 422
    assert await count(database, documents) == 0


async def test_a_document_without_a_caption_has_no_vector(service: EmbedService, database: Database) -> None:
    assert await put(service, document(text_ko=None, text_en="  \n ")) == (1, 0, 0)
    assert await count(database, vectors) == 0


@pytest.mark.parametrize(
    "odd", ["ㅁㅈ", "\x00이상한\x00글자", "🎬🎬", "'; drop table documents; --", "가" * 2_000, "\ud55c"]
)
async def test_odd_captions_are_written(service: EmbedService, database: Database, odd: str) -> None:
    assert await put(service, document(text_ko=odd, title=odd, objects=[odd])) == (1, 0, 0)


async def test_decomposed_hangul_is_the_same_text(service: EmbedService, database: Database) -> None:
    await put(service, document(text_ko=unicodedata.normalize("NFD", "한 여자가 자고 있다")))
    assert await column(database, documents.c.text_ko) == ["한 여자가 자고 있다"]


async def test_vectors_come_in_the_order_asked(service: EmbedService) -> None:
    texts = [f"문장 {number}" for number in range(100)]
    random.Random(1).shuffle(texts)
    answer = await service.embed(EmbedTextsRequest(texts=texts))
    alone = await service.embed(EmbedTextsRequest(texts=[texts[41]], model_id=answer.model.model_id))
    assert unpack(answer.vectors).shape == (100, answer.model.dimension)
    assert unpack(answer.vectors)[41] == pytest.approx(unpack(alone.vectors)[0], abs=1e-5)


async def test_a_question_too_long_or_for_an_unknown_model_is_refused(service: EmbedService) -> None:
    with pytest.raises(UpstreamError, match="2,001"):
        await service.embed(EmbedTextsRequest(texts=["a" * 2_001]))
    with pytest.raises(UpstreamError, match="no such text model"):
        await service.embed(EmbedTextsRequest(texts=["a"], model_id="other@1"))


async def test_names_are_the_whole_gallery(service: EmbedService) -> None:
    minji = IndexedName(id=uuid4(), kind="person", name_ko="민지", name_en="Minji", aliases=["Kim Minji", "민지"])
    group = IndexedName(id=uuid4(), kind="group", name_ko="뉴진스", name_en="NJZ", members=[minji.id])
    first = await service.put_names(PutNamesRequest(names=[minji, group]))
    again = await service.put_names(PutNamesRequest(names=[group, minji]))
    fewer = await service.put_names(PutNamesRequest(names=[minji]))
    assert [(a.written, a.unchanged, a.removed) for a in (first, again, fewer)] == [(2, 0, 0), (0, 2, 0), (0, 1, 1)]


async def test_the_models_known_are_reported(service: EmbedService) -> None:
    await put(service, document(), document(text_ko=None, text_en=None))
    [known] = (await service.models()).models
    assert (known.state, known.documents, known.of_documents) == ("active", 1, 1)


async def _stamp(database: Database) -> dict[str, Any]:
    """Which transaction wrote each vector, and the document."""
    async with database.transaction() as connection:
        rows = await connection.execute(
            text(
                'select part, xmin::text from "index".vectors '
                "union select 'document', xmin::text from \"index\".documents"
            )
        )
        return dict(tuple(row) for row in rows)
