"""The bot's home tab: saved searches, what is being indexed, and how to begin."""

from collections.abc import Sequence
from typing import NamedTuple

from kernel.contracts.finding import SavedSearch
from kernel.contracts.library import Run
from slack_bot.blocks.kit import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    divider,
    escaped,
    packed,
    plain,
    section,
)
from slack_bot.words import Say

MOST = 20


class Running(NamedTuple):
    """A video that is being indexed."""

    title: str
    run: Run


def home(searches: Sequence[SavedSearch], running: Sequence[Running], usage: Message, say: Say, *, web: str) -> View:
    saved = [block for search in searches[:MOST] for block in _search(search, say)]
    none = [context(say("No search is saved yet: press “Save this search” below one."))]
    at_work = [section(f"⏳ {escaped(one.title)} · {_progress(one.run)} %") for one in running[:MOST]]
    blocks = [
        *usage.blocks,
        actions(button(say("Open Scenedesk"), "card:web", url=web)),
        divider(),
        _head(say("Saved searches")),
        *(saved or none),
        divider(),
        _head(say("Being indexed")),
        *(at_work or [context(say("Nothing right now."))]),
    ]
    return {"type": "home", "blocks": blocks}


def told(message: Message) -> View:
    return {"type": "home", "blocks": message.blocks}


def _head(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def _search(search: SavedSearch, say: Say) -> list[Block]:
    new = say("%(n)s new", n=search.new) if search.new else say("nothing new")
    value = packed({"q": search.question.model_dump(mode="json", exclude_defaults=True, exclude={"limit", "cursor"})})
    show = button(say("Show the scenes"), "search:scenes", value) if value else None
    return [section(f"*{escaped(search.name)}* · {new}", show)]


def _progress(run: Run) -> int:
    done = sum(1.0 if step.state in ("done", "kept") else step.progress for step in run.steps)
    return round(100 * done / len(run.steps)) if run.steps else 0
