"""Saved searches asked again: what an edit made findable that was not found before."""

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from gateway.library import saved_searches, segments
from gateway.library.saved_searches import FoundMoment
from gateway.people import merging
from kernel.clients import SearchService, Services
from kernel.contracts.search import Hit, SearchRequest
from kernel.storage.database import Database

AT_ONCE = 100
MOST = 1000  # moments that are known to have been there when a search is saved, or looked at in one video


async def watch(database: Database, services: Services, video_id: UUID, version: int) -> None:
    """Note of every saved search what it finds among the segments that edit `version` left. Twice changes nothing."""
    async with database.transaction() as connection:
        touched = {segment.id for segment in await segments.changed_at(connection, video_id, version)}
        who = await merging.resolved(connection)
        kept = await saved_searches.every(connection)
    for search_id, question in kept:
        if touched and (not question.videos or video_id in question.videos):
            asked = as_whole(question.model_copy(update={"videos": [video_id]}), who)
            found = [one async for one in moments(services.search, asked) if not touched.isdisjoint(one.segments)]
            await _note(database, search_id, found)


async def _note(database: Database, search_id: UUID, found: list[FoundMoment]) -> None:
    async with database.transaction() as connection:
        if await saved_searches.lock(connection, search_id):
            await saved_searches.note(connection, search_id, found, seen=False)


def as_whole(question: SearchRequest, who: Mapping[UUID, UUID]) -> SearchRequest:
    """The question with merged people as whom they turned out to be."""
    lists = {name: merging.canonical(getattr(question, name), who) for name in ("people", "without", "meant")}
    return question.model_copy(update=lists)


async def moments(service: SearchService, question: SearchRequest) -> AsyncIterator[FoundMoment]:
    """Everything a question finds, page by page, at most MOST."""
    cursor: str | None = None
    for _ in range(MOST // AT_ONCE):
        page = question.model_copy(update={"limit": AT_ONCE, "cursor": cursor})
        answer = await service.search(page)
        for hit in answer.hits:
            yield moment(hit)
        cursor = answer.next_cursor
        if cursor is None:
            return


def moment(hit: Hit) -> FoundMoment:
    return FoundMoment(hit.segment_id, list(dict.fromkeys([hit.segment_id, *hit.segments])), hit.video_id, hit.span)
