"""`/searchvideo`: scenes for a question, their pictures, the next page, what was read and is not meant."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from kernel.contracts.finding import NewSavedSearch, SearchAnswer
from kernel.contracts.search import SearchRequest
from slack_bot import typed
from slack_bot.blocks import cards, notices
from slack_bot.blocks.kit import unescaped
from slack_bot.bot import Turn
from slack_bot.handlers import answering, asking, pictures, typing
from slack_bot.results import A_PAGE, Card, Results

LONGEST = 500  # of a question


async def asked(turn: Turn) -> None:
    """The slash command: what is looked for, a question, an edit as text, or a wish to be asked."""
    written = unescaped(str(turn.body.get("text") or "")).strip()
    if typed.is_edit(written):  # as long as captions may be
        await typing.edit(turn, written)
        return
    written = written[:LONGEST]
    if not written:
        await turn.fail(notices.usage(str(turn.body.get("command") or ""), turn.say))
        return
    await turn.reply.tell(notices.searching(written, turn.say))
    question = answering.question_in(written)
    if written.casefold() in asking.WORDS:
        await asking.begun(turn)
    elif question is not None:
        await answering.answer(turn, question)
    else:
        await show(turn, SearchRequest(query=written, limit=A_PAGE), replace=True)


async def from_message(turn: Turn) -> None:
    """Somebody chose a message, to find what it says."""
    written = unescaped(str((turn.body.get("message") or {}).get("text") or "")).strip()[:LONGEST]
    if not written:
        await turn.fail(notices.usage(turn.bot.settings.slack.command, turn.say))
        return
    await turn.reply.tell(notices.searching(written, turn.say))
    await show(turn, SearchRequest(query=written, limit=A_PAGE), replace=True)


async def pressed(turn: Turn) -> None:
    """A button that asks a question: a chip taken away, the next page, words as words."""
    action = str(turn.pressed.get("action_id"))
    replace = action not in ("search:next", "search:scenes")
    await show(turn, _carried(turn), replace=replace)


async def kept(turn: Turn) -> None:
    """Saved: it is asked again after each indexing."""
    question = _carried(turn).model_copy(update={"limit": 10})
    archive = await turn.archive()
    saved = await archive.save_search(NewSavedSearch(name=question.query[:200] or "…", question=question), turn.key)
    await turn.reply.tell(notices.plainly(turn.say("🔔 Saved: “%(name)s”.", name=saved.name)))


def _carried(turn: Turn) -> SearchRequest:
    said: dict[str, Any] = json.loads(turn.pressed.get("value") or "{}")
    return SearchRequest.model_validate({"limit": A_PAGE} | said.get("q", {}))


async def show(turn: Turn, question: SearchRequest, *, replace: bool) -> None:
    """Cards at once, and once more when their pictures are there."""
    archive = await turn.archive()
    found = await results_of(turn, question, await archive.search(question))
    turn.bot.results.put(found.id, found)
    if replace:
        await turn.reply.tell(cards.results(found, turn.language, turn.say), replace=True)
    # A further page stands for itself: said twice, it would replace the page that was pressed.
    pictured = await pictures.pictured(turn.bot, archive, found)
    if pictured is not found or not replace:
        turn.bot.results.put(pictured.id, pictured)
        await turn.reply.tell(cards.results(pictured, turn.language, turn.say), replace=replace)


async def results_of(turn: Turn, question: SearchRequest, answer: SearchAnswer) -> Results:
    """The answer as cards, with the version of each segment."""
    archive = await turn.archive()
    hits = (answer.hits or answer.nearest)[:A_PAGE]
    versions = await asyncio.gather(*(archive.segment(hit.segment_id) for hit in hits))
    made = tuple(Card(hit, now.version) for hit, now in zip(hits, versions, strict=True))
    names = await turn.names({one.person_id for hit in hits for one in hit.people if one.person_id})
    return Results(uuid4().hex[:12], question, answer, made, names)
