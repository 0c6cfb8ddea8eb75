"""The questions a person is asked about strangers, best first."""

import asyncio

import numpy as np

from gateway.desk import Desk
from gateway.identity import questions
from gateway.identity.present import present_gallery
from gateway.identity.strangers import as_cosine
from gateway.identity.suggestions import with_nearest
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
        # Who may not be suggested says nothing of how likely somebody can be named.
        full = await strangers.several_of(connection, means, sight)
        known = {one.id: one for one in await with_nearest(connection, [*full.values()], gallery, means)}
        means = {one: mean for one, mean in means.items() if one in known}
        likely = [known[one].nearest[0].probability if known[one].nearest else 0.0 for one in means]
        matrix = np.stack(list(means.values())) if means else np.zeros((0, 1), np.float32)
        lasting = [seconds[one] for one in means]
        threshold = as_cosine(gallery.same_face)
        asked = await asyncio.to_thread(questions.in_order, lasting, matrix, likely, threshold, passed + limit + 1)
        page = cursors.ranked(asked, passed, limit)
    ids = list(means)
    told = [_question(known[ids[one.index]], one.seconds) for one in page.items]
    return Page(items=told, next_cursor=page.next_cursor)


def _question(stranger: Stranger, seconds: float) -> Question:
    """Is it them? Of somebody who is like nobody: who is it?"""
    suggestion = stranger.nearest[0] if stranger.nearest else None
    return Question(stranger=stranger, suggestion=suggestion, seconds=round(seconds, 1))
