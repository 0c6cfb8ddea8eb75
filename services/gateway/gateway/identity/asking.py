"""The questions a person is asked about strangers, best first."""

import asyncio

import numpy as np

from gateway.desk import Desk
from gateway.identity import questions
from gateway.identity.present import present_gallery
from gateway.identity.strangers import as_cosine
from gateway.identity.suggestions import nearest, with_nearest
from gateway.library import cursors, strangers, track_vectors
from gateway.library.sight import EVERYTHING, Sight
from kernel.contracts.library import Page
from kernel.contracts.people import Question, Stranger

# So many strangers with most screen time are weighed against each other; the rest are seconds each.
WEIGHED = 1000


async def questions_for(desk: Desk, limit: int, sight: Sight = EVERYTHING, cursor: str | None = None) -> Page[Question]:
    """Raises UnavailableError while face-service is away, InvalidError for a cursor that is none."""
    passed = cursors.rank(cursor)
    gallery = await present_gallery(desk)
    async with desk.database.transaction() as connection:
        seconds = await strangers.longest(connection, WEIGHED, sight)
        means = await track_vectors.means_of_strangers(connection, gallery.model_id, seconds)
        near = await asyncio.to_thread(nearest, means, gallery, {})
        likely = [near[one][0].probability if near.get(one) else 0.0 for one in means]
        matrix = np.stack(list(means.values())) if means else np.zeros((0, 1), np.float32)
        lasting = [seconds[one] for one in means]
        threshold = as_cosine(gallery.same_face)
        asked = await asyncio.to_thread(questions.in_order, lasting, matrix, likely, threshold, passed + limit + 1)
        page = cursors.ranked(asked, passed, limit)
        ids = list(means)
        full = await strangers.several_of(connection, [ids[one.index] for one in page.items], sight)
        shown = [full[ids[one.index]] for one in page.items]
        known = await with_nearest(connection, shown, gallery)
    told = [_question(stranger, one.seconds) for stranger, one in zip(known, page.items, strict=True)]
    return Page(items=told, next_cursor=page.next_cursor)


def _question(stranger: Stranger, seconds: float) -> Question:
    """Is it them? Of somebody who is like nobody: who is it?"""
    suggestion = stranger.nearest[0] if stranger.nearest else None
    return Question(stranger=stranger, suggestion=suggestion, seconds=round(seconds, 1))
