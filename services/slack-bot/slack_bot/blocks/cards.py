"""Scenes that were found, as cards."""

from collections.abc import Mapping
from uuid import UUID

from kernel.contracts.errors import Language
from kernel.contracts.search import Chip, SearchRequest
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    escaped,
    link,
    packed,
    picture,
    plain,
    section,
)
from slack_bot.results import Card, Results, editor_address
from slack_bot.words import Say

# An actions block may have 25 elements; more than a row of chips nobody reads.
MOST_CHIPS = 8
CAPTION, TITLE = 700, 80


def results(found: Results, language: Language, say: Say) -> Message:
    """All cards of a page: how the question was read, the scenes, and where to go on."""
    head = _head(found, say)
    cards = [
        block
        for number, card in enumerate(found.cards, start=1)
        for block in [*one(card, number, found, language, say), divider()]
    ]
    blocks = [section(f"*{escaped(head)}*"), *_reading(found, language, say), divider(), *cards, *_onwards(found, say)]
    return Message(head, blocks)


def _head(found: Results, say: Say) -> str:
    asked = found.question.query
    if not found.cards:
        return say("Nothing in the archive fits “%(asked)s”. Try other words, or fewer.", asked=asked)
    if found.nearest:
        return say("Nothing fits “%(asked)s”. This comes nearest:", asked=asked)
    return say("Scenes for “%(asked)s”", asked=asked)


def _reading(found: Results, language: Language, say: Say) -> list[Block]:
    """What was read from the question; each is taken away by pressing it."""
    chips = [_chip(chip, number, found.question, language) for number, chip in enumerate(found.answer.chips)]
    shown = [chip for chip in chips[:MOST_CHIPS] if chip]
    return [context(say("Read from your question; press to take away:")), actions(*shown)] if shown else []


def _chip(chip: Chip, number: int, question: SearchRequest, language: Language) -> Block | None:
    label = chip.label_ko if language == "ko" else chip.label_en
    narrower = question.model_copy(update={"ignored": [*question.ignored, chip.key], "cursor": None})
    return _asking(f"✕ {label}", f"search:chip:{number}", narrower)


def _asking(text: str, action: str, question: SearchRequest) -> Block | None:
    """A button that asks another question; None when the question is more than a button can carry."""
    value = packed({"q": question.model_dump(mode="json", exclude_defaults=True)})
    return button(text, action, value) if value else None


def _onwards(found: Results, say: Say) -> list[Block]:
    question = found.question
    cursor = found.answer.next_cursor
    literal = question.model_copy(update={"understand": False, "cursor": None, "ignored": []})
    further = _asking(say("Next page"), "search:next", question.model_copy(update={"cursor": cursor}))
    unread = bool(found.answer.chips) and question.understand
    made = [
        further if cursor else None,
        _asking(say("Not what I meant"), "search:literal", literal) if unread else None,
        _asking(say("Save this search"), "search:save", question.model_copy(update={"cursor": None})),
    ]
    return [actions(*made)] if any(made) else []


def one(
    card: Card, number: int, found: Results, language: Language, say: Say, carried: Mapping[str, str] | None = None
) -> list[Block]:
    """A scene: title, in and out, what is seen, who, why, and what can be done with it."""
    hit = card.hit
    title = link(hit.link, hit.title[:TITLE])
    if card.gone:
        became = say("This scene was deleted, split or merged meanwhile.")
        return [section(f"*{number}. {title}*\n{became}")]
    said = [f"*{number}. {title}*  `{scenes.between(hit.span)}`", *_said(card, language, say)]
    shown = picture(card.picture, hit.title) if card.picture else None
    reasons = scenes.why(hit.evidence, hit.missing, found.names, language)
    people = scenes.who(hit.people, found.names, language, say)
    told = [*([f"👥 {escaped(people)}"] if people else []), *([f"💡 {escaped(reasons)}"] if reasons else [])]
    told += [say("🖼 A still: the moving picture could not be made in time.")] if card.picture and card.still else []
    return [
        section("\n".join(said), shown),
        *([context(*told)] if told else []),
        deeds(card, found.id, say, carried or {}),
    ]


def _said(card: Card, language: Language, say: Say) -> list[str]:
    first = scenes.text_of(card.hit.captions, language)
    second = scenes.text_of(card.hit.captions, scenes.other(language))
    told = [escaped(text[:CAPTION]) for text in (first, second) if text]
    return told or [say("No caption yet.")]


def deeds(card: Card, results_id: str, say: Say, carried: Mapping[str, str]) -> Block:
    said = {"s": str(card.hit.segment_id), "v": card.version, "r": results_id}
    short = {name: one for name, one in carried.items() if name != "n"}  # a note may be longer than a button holds
    value = packed({**said, **carried}) or packed({**said, **short}) or ""
    clip = card.clip
    playing = packed({"video": str(card.hit.video_id), "t": [clip.start_ms, clip.end_ms]}) if clip else None
    return actions(
        button(say("Watch"), "card:watch", url=card.hit.link, style="primary"),
        button(say("Clip"), "card:clip", playing) if playing else None,
        button(say("Edit"), "card:edit", value),
        button(say("Edit in Web"), "card:web", url=editor_address(card.hit.link, card.hit.segment_id)),
        button(say("Share"), "card:share", value),
        _back(say, value) if "b" in carried else None,
    )


def _back(say: Say, value: str) -> Block:
    """Of a shared card; asked once more, for others may have talked under it."""
    sure = {
        "title": plain(say("Take this card back?"), 100),
        "text": plain(say("The card, what was saved under it and its files are removed from Slack. Edits stay."), 300),
        "confirm": plain(say("Take back"), 30),
        "deny": plain(say("Cancel"), 30),
    }
    return button(say("Take back"), "card:unshare", value) | {"confirm": sure}


def shared(card: Card, found: Results, language: Language, say: Say, *, by: str, note: str = "") -> Message:
    """One scene for others; `by` is the id in Slack of who shows it."""
    head = say("<@%(who)s> shares a scene", who=by)
    quoted = [section("\n".join(f"> {line}" for line in escaped(note).splitlines()))] if note else []
    carried = {"b": by, "l": language} | ({"n": note} if note else {})
    blocks = one(card, 1, found, language, say, carried)
    blocks[0]["text"]["text"] = blocks[0]["text"]["text"].replace("*1. ", "*", 1)
    return Message(card.hit.title, [context(head), *quoted, *blocks])


def card_of(found: Results, segment_id: UUID) -> Card | None:
    return next((card for card in found.cards if card.hit.segment_id == segment_id), None)
