"""What was pressed under a saved search: showing what is new, and forgetting it."""

import json
from uuid import UUID

from kernel.contracts.finding import SearchAnswer
from slack_bot.blocks import cards, notices
from slack_bot.bot import Turn
from slack_bot.handlers import pictures, searching
from slack_bot.results import A_PAGE


async def shown(turn: Turn) -> None:
    """The newest of what it found; all of it has been looked at then, as on the web."""
    archive, search_id = await turn.archive(), _search(turn)
    hits = await archive.new_of(search_id, A_PAGE)
    if not hits:
        await turn.reply.tell(notices.plainly(turn.say("Nothing is new any more.")))
        return
    search = await archive.looked_at(search_id)
    question = search.question.model_copy(update={"limit": A_PAGE})
    found = await searching.results_of(turn, question, SearchAnswer(query=question.query, hits=hits, took_ms=0))
    found = await pictures.pictured(turn.bot, archive, found)
    turn.bot.results.put(found.id, found)
    await turn.reply.tell(cards.results(found, turn.language, turn.say))


async def forgotten(turn: Turn) -> None:
    await (await turn.archive()).forget_search(_search(turn))
    await turn.reply.tell(notices.plainly(turn.say("Forgotten: it is not asked again.")))


def _search(turn: Turn) -> UUID:
    return UUID(json.loads(turn.pressed.get("value") or "{}")["search"])
