"""Search with a language model behind it, over documents of a test's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import httpx

import embed_service.app
import search_service.app
from kernel.clients import EmbedService, SearchService
from kernel.contracts.embeddings import Document, IndexedName, PersonMention, PutDocumentsRequest, PutNamesRequest
from kernel.contracts.search import Answer, AnswerEvent, AnswerRequest
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.wire import open_wire

SPACE = UUID(int=21)
VIDEO = uuid5(SPACE, "video")


def person(name: str) -> UUID:
    return uuid5(SPACE, f"person {name}")


def segment(key: str) -> UUID:
    return uuid5(SPACE, key)


def seen(name: str) -> PersonMention:
    return PersonMention(person_id=person(name), probability=0.95, seen_ms=8_000)


def document(key: str, second: int, text_ko: str | None, text_en: str | None, *names: str, **more: Any) -> Document:
    asked: dict[str, Any] = {
        "segment_id": segment(key),
        "video_id": VIDEO,
        "version": 1,
        "span": Span(start_ms=second * 1000, end_ms=second * 1000 + 10_000),
        "title": "day2",
        "text_ko": text_ko,
        "text_en": text_en,
        "origin": "machine",
        "people": [seen(name) for name in names],
    }
    return Document(**asked | more)


MINJI = IndexedName(id=person("민지"), kind="person", name_ko="김민지", name_en="Kim Minji", aliases=["민지"])
HANNI = IndexedName(id=person("하니"), kind="person", name_ko="하니", name_en="Hanni")
SCENES = (
    document("park", 10, "한 여자가 공원에서 국수를 먹고 있다", "a woman is eating noodles in a park", "민지"),
    document("sofa", 40, "한 여자가 소파에서 자고 있다", "a woman is sleeping on a sofa", "민지"),
    document("both", 70, "두 여자가 무대에서 춤을 추고 있다", "two women are dancing on a stage", "민지", "하니"),
    document("cat", 100, "고양이가 창가에 앉아 있다", "a cat is sitting by the window"),
)


@dataclass
class Room:
    index: EmbedService
    questions: SearchService

    async def put(self, *documents: Document) -> None:
        await self.index.put_documents(PutDocumentsRequest(documents=list(documents)))

    async def answer(self, query: str, **more: Any) -> Answer:
        return await self.questions.answer(AnswerRequest(query=query, **more))

    async def events(self, query: str, **more: Any) -> list[AnswerEvent]:
        return [event async for event in self.questions.answer_events(AnswerRequest(query=query, **more))]


@asynccontextmanager
async def open_room(settings: Settings, database_url: str) -> AsyncIterator[Room]:
    holder: list[httpx.AsyncClient] = []
    apps = {
        "embed-service": embed_service.app.create_app(settings, database_url),
        "search-service": search_service.app.create_app(settings, database_url, lambda: holder[0]),
    }
    async with open_wire(apps) as wire:
        holder.append(wire)
        room = Room(EmbedService(wire), SearchService(wire))
        await room.index.put_names(PutNamesRequest(names=[MINJI, HANNI]))
        await room.put(*SCENES)
        yield room
