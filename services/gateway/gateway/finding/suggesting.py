"""Suggestions while a question is typed: people, groups, titles."""

import asyncio
from collections.abc import Sequence

from gateway.desk import Desk
from gateway.finding.typed import begins, endings
from gateway.library import past_questions, references, videos
from gateway.library.sight import Sight
from gateway.people.names import all_names
from kernel.contracts.embeddings import IndexedName
from kernel.contracts.finding import Suggestion
from kernel.spelling import normal

TITLES, PAST = 3, 3


async def suggest(desk: Desk, typed: str, limit: int, actor: str, sight: Sight) -> list[Suggestion]:
    """At most `limit`: names that begin so before names that hold it, then titles, then what was asked before.

    For nothing, the latest of what the actor asked before.
    """
    query = normal(typed) + (" " if typed.endswith(" ") else "")
    async with desk.database.transaction() as connection:
        past = await past_questions.like(connection, actor, query, min(PAST, limit) if query.strip() else limit)
        asked = [Suggestion(kind="question", label_ko=one, label_en=one, query=one) for one in past]
        if not query.strip():
            return asked
        known = await all_names(connection)
        portraits = await references.with_portrait(connection)
        titled = await videos.listing(connection, None, min(TITLES, limit), title=query.strip(), sight=sight)
    titles = [
        Suggestion(kind="video", id=video.id, label_ko=video.title, label_en=video.title) for video in titled.items
    ]
    found = await asyncio.to_thread(_names, query, known)
    names = [one.model_copy(update={"portrait": one.id in portraits}) for one in found]
    return [*names[: max(1, limit - len(titles) - len(asked))], *titles, *asked][:limit]


def _names(query: str, known: Sequence[IndexedName]) -> list[Suggestion]:
    """Of the longest ending that any name begins with."""
    for kept, typed in endings(query):
        rated = [(max(begins(name, typed) for name in _called(one)), one) for one in known]
        found = sorted((pair for pair in rated if pair[0]), key=lambda pair: (-pair[0], pair[1].name_ko))
        if found:
            return [_name(one, kept, typed) for _, one in found]
    return []


def _called(one: IndexedName) -> list[str]:
    return [one.name_ko, one.name_en, *one.aliases]


def _name(one: IndexedName, kept: str, typed: str) -> Suggestion:
    """Taken up under the name that is being typed."""
    name = max(_called(one), key=lambda called: begins(called, typed))
    return Suggestion(kind=one.kind, id=one.id, label_ko=one.name_ko, label_en=one.name_en, query=kept + name)
