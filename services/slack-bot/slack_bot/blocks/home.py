"""The bot's home tab: saved searches, what is being indexed, and how to begin."""

from collections.abc import Sequence
from typing import NamedTuple

from kernel.contracts.finding import SavedSearch
from kernel.contracts.history import RecentEdit
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
    link,
    packed,
    plain,
    section,
)
from slack_bot.words import Say

MOST, MOST_EDITS = 20, 10


class Running(NamedTuple):
    """A video that is being indexed."""

    title: str
    run: Run


def home(
    searches: Sequence[SavedSearch],
    edits: Sequence[RecentEdit],
    running: Sequence[Running],
    usage: Message,
    say: Say,
    *,
    web: str,
) -> View:
    saved = [block for search in searches[:MOST] for block in _search(search, say)]
    none = [context(say("No search is saved yet: press “Save this search” below one."))]
    none_yet = context(say("Nobody has edited anything yet."))
    at_work = [section(f"⏳ {escaped(one.title)} · {_progress(one.run)} %") for one in running[:MOST]]
    blocks = [
        *usage.blocks,
        actions(button(say("Open Scenedesk"), "card:web", url=web)),
        divider(),
        _head(say("Saved searches")),
        *(saved or none),
        divider(),
        _head(say("Recent edits")),
        *([section("\n".join(_edit(edit, web, say) for edit in edits[:MOST_EDITS]))] if edits else [none_yet]),
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
    its = packed({"search": str(search.id)}) or ""
    show = button(say("Show the scenes"), "search:scenes", value) if value else None
    seen = button(say("Show what is new"), "alert:show", its, style="primary") if search.new else None
    return [
        section(f"*{escaped(search.name)}* · {new}"),
        actions(seen, show, button(say("Forget"), "alert:forget", its)),
    ]


def _edit(edit: RecentEdit, web: str, say: Say) -> str:
    """Who did what to which video, and when, in the reader's own time."""
    title = link(f"{web.rstrip('/')}/videos/{edit.video_id}", edit.title[:80])
    at = f"<!date^{int(edit.at.timestamp())}^{{date_short_pretty}} {{time}}|{edit.at:%Y-%m-%d %H:%M} UTC>"
    return f"• {title} · {kinds(say).get(edit.kind, edit.kind)} · {escaped((edit.by or edit.actor)[:60])} · {at}"


def kinds(say: Say) -> dict[str, str]:
    """What people do to a timeline."""
    return {
        "create": say("made"),
        "split": say("split"),
        "merge": say("merged"),
        "move": say("moved"),
        "delete": say("deleted"),
        "caption": say("caption"),
        "people": say("people"),
        "face": say("face"),
        "tag": say("tags"),
        "note": say("note"),
        "look_back": say("looked back"),
        "undo": say("undone"),
        "redo": say("done again"),
        "revert": say("as it was"),
    }


def _progress(run: Run) -> int:
    done = sum(1.0 if step.state in ("done", "kept") else step.progress for step in run.steps)
    return round(100 * done / len(run.steps)) if run.steps else 0
