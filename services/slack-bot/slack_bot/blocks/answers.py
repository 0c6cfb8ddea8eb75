"""A question answered in words, each sentence with the scenes it is made from."""

from collections.abc import Sequence

from kernel.contracts.finding import Citation, PublicAnswer, PublicSentence
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import Block, Message, actions, button, context, divider, escaped, link, packed, section
from slack_bot.words import Say

MOST_SENTENCES, MOST_SOURCES = 20, 10


def so_far(asked: str, found: int, sentences: Sequence[PublicSentence], say: Say) -> Message:
    """While it is being written."""
    state = say("✍️ %(n)s scenes found; the answer is being written …", n=found)
    return Message(state, [section(f"*{escaped(asked)}*"), *_sentences(sentences), context(state)])


def whole(asked: str, answer: PublicAnswer, say: Say) -> Message:
    """The answer, how it came to be, its sources, and a way to the scenes themselves."""
    body = _sentences(answer.sentences) or [section(escaped(answer.text))]
    sources = [_source(number, one) for number, one in enumerate(_cited(answer.sentences), start=1)]
    listed = [divider(), *(context(*sources[at : at + 5]) for at in range(0, len(sources), 5))] if sources else []
    how = answer.why or (say("Every sentence was checked against its scenes.") if answer.kind == "generated" else "")
    value = packed({"q": {"query": answer.found.query or asked}})
    more = [actions(button(say("Show the scenes"), "search:scenes", value))] if value and answer.found.hits else []
    told = [context(escaped(how))] if how else []
    return Message(answer.text[:200] or asked, [section(f"*{escaped(asked)}*"), *body, *listed, *told, *more])


def _cited(sentences: Sequence[PublicSentence]) -> list[Citation]:
    """Each scene once, in the order in which it is first cited."""
    found = {one.segment_id: one for sentence in reversed(sentences) for one in reversed(sentence.citations)}
    order = dict.fromkeys(one.segment_id for sentence in sentences for one in sentence.citations)
    return [found[segment_id] for segment_id in order][:MOST_SOURCES]


def _sentences(sentences: Sequence[PublicSentence]) -> list[Block]:
    numbers = {one.segment_id: number for number, one in enumerate(_cited(sentences), start=1)}
    made = []
    for sentence in sentences[:MOST_SENTENCES]:
        cited = {numbers[one.segment_id]: one for one in sentence.citations if one.segment_id in numbers}
        marks = " ".join(link(one.link, f"[{number}]") for number, one in sorted(cited.items()))
        made.append(section(f"{escaped(sentence.text)} {marks}"))
    return made


def _source(number: int, one: Citation) -> str:
    return f"{link(one.link, f'[{number}] {one.title[:60]}')} `{scenes.between(one.span)}`"
