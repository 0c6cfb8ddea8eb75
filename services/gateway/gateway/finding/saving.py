"""Searches that are kept: saved, looked at, and what they have found since."""

from gateway.desk import Desk
from gateway.finding.address import Addressed, address
from gateway.finding.answers import as_asked, public_segments
from gateway.finding.watching import moments
from gateway.library import saved_searches as sql
from gateway.library.saved_searches import Kept
from gateway.library.sight import EVERYTHING, Sight
from gateway.people.audit import By
from kernel.contracts.errors import InvalidError
from kernel.contracts.finding import NewSavedSearch, PublicHit, SavedSearch
from kernel.contracts.library import Page
from kernel.contracts.search import SearchRequest
from kernel.spelling import normal


async def keep(desk: Desk, new: NewSavedSearch, by: By, sight: Sight) -> SavedSearch:
    """Save a question. What it finds now is not new; what it finds from here on is.

    Raises InvalidError for a question that asks for nothing, ConflictError for a name that is taken, UnavailableError
    when it can't be asked now.
    """
    question = _as_kept(new.question)
    if not Addressed.of(question).asks:
        raise InvalidError(reason="question")
    asked = await as_asked(desk, question, EVERYTHING)
    there = [one async for one in moments(desk.services.search, asked)]
    async with desk.database.transaction() as connection:
        search_id = await sql.add(connection, normal(new.name), question, by.actor, by.door)
        await sql.note(connection, search_id, there, seen=True)
    # What was indexed between the two was watched for by nobody.
    meanwhile = [one async for one in moments(desk.services.search, asked)]
    async with desk.database.transaction() as connection:
        await sql.note(connection, search_id, meanwhile, seen=False)
        return shown(await sql.get(connection, search_id, by.actor, sight))


def _as_kept(question: SearchRequest) -> SearchRequest:
    """What it asks, in characters that can be kept, without what was of one page and one asker."""
    written = {"query": normal(question.query), "ignored": [normal(key) for key in question.ignored]}
    return question.model_copy(update={**written, "cursor": None, "limit": 10, "hidden": []})


async def listed(desk: Desk, by: By, sight: Sight, cursor: str | None, limit: int) -> Page[SavedSearch]:
    async with desk.database.transaction() as connection:
        page = await sql.listing(connection, by.actor, sight, cursor, limit)
    return Page(items=[shown(one) for one in page.items], next_cursor=page.next_cursor)


async def new_hits(desk: Desk, kept: Kept, sight: Sight, limit: int, cursor: str | None = None) -> Page[PublicHit]:
    """What it has found since it was looked at, newest first."""
    async with desk.database.transaction() as connection:
        found = await sql.new_moments(connection, kept.id, sight, limit=limit, cursor=cursor)
    hits = await public_segments(desk, [(one.segment_id, one.span) for one in found.items])
    return Page(items=hits, next_cursor=found.next_cursor)


def shown(kept: Kept) -> SavedSearch:
    return SavedSearch(
        id=kept.id,
        name=kept.name,
        question=kept.question,
        address=address("/search", Addressed.of(kept.question).pairs),
        new=kept.new,
        untold=kept.untold,
        looked_at=kept.looked_at,
        created_at=kept.created_at,
        by=kept.actor,
    )
