"""Who is that? A face, a name that may be theirs, and quick answers."""

from kernel.contracts.errors import Language
from kernel.contracts.people import Question
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import Block, Message, actions, button, context, escaped, packed, plain, section
from slack_bot.blocks.kit import picture as pictured
from slack_bot.blocks.scenes import Names
from slack_bot.words import Say

MOST_FACES = 3


def question(asked: Question, faces: list[str], names: Names, language: Language, say: Say) -> Message:
    """`faces`: ids in Slack of pictures of them."""
    guess = names.get(asked.suggestion.person_id) if asked.suggestion else None
    head = say("Is this %(name)s?", name=scenes.called(guess, language)) if guess else say("Who is this?")
    settles = say("The answer settles %(seconds)s seconds of video.", seconds=round(asked.seconds))
    shown: list[Block] = [pictured(file, head) for file in faces[:MOST_FACES]]
    return Message(head, [section(f"*{escaped(head)}*"), *shown, context(settles), actions(*_answers(asked, say))])


def _answers(asked: Question, say: Say) -> list[Block | None]:
    stranger, guess = str(asked.stranger.id), asked.suggestion
    known = packed({"stranger": stranger, "person": str(guess.person_id)}) if guess else None
    else_: Block = {
        "type": "external_select",
        "action_id": f"ask:else:{stranger}",
        "min_query_length": 1,
        "placeholder": plain(say("Somebody else …")),
    }
    return [
        button(say("Yes"), "ask:yes", known, style="primary") if known else None,
        button(say("No"), "ask:no", known) if known else None,
        else_,
        button(say("Skip"), "ask:skip", packed({"stranger": stranger}) or ""),
    ]


def settled(name: str, decision: str, say: Say) -> Message:
    text = say("✅ That is %(name)s.", name=name)
    undo = button(say("Undo"), "ask:undo", packed({"decision": decision}) or "")
    return Message(text, [section(escaped(text)), actions(undo)])


def nobody_left(say: Say) -> Message:
    text = say("🎉 There is nobody left to ask about.")
    return Message(text, [section(text)])
