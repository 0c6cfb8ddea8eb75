"""`/searchvideo ask-me`: the questions whose answers settle most screen time, one at a time."""

import asyncio
import json
from typing import Any
from uuid import UUID

from slack_sdk.errors import SlackClientError

from kernel.contracts.errors import ScenedeskError
from kernel.contracts.library import Track
from kernel.contracts.people import NamedStranger, Question
from kernel.telemetry import logger
from slack_bot.blocks import notices, questions, scenes
from slack_bot.bot import Turn

WORDS = {"ask-me", "ask me", "물어봐", "질문해줘"}
AHEAD = 20


async def begun(turn: Turn) -> None:
    await _next(turn, set(), replace=True)


async def answered(turn: Turn) -> None:
    """Yes, no, somebody else: one undoable decision; then the next question."""
    action, said = str(turn.pressed["action_id"]), _said(turn)
    archive, stranger = await turn.archive(), UUID(said["stranger"])
    if action == "ask:no":
        await archive.not_them(stranger, UUID(said["person"]), turn.key)
        await _next(turn, {stranger}, replace=True)
        return
    person = await archive.person(UUID(said["person"]))
    decision = await archive.name_stranger(stranger, NamedStranger(person_id=person.id), turn.key)
    told = questions.settled(scenes.called(person, turn.language), str(decision.id), turn.say)
    await turn.reply.tell(told, replace=True)
    await _next(turn, {stranger}, replace=False)


async def skipped(turn: Turn) -> None:
    """Not asked again within the hour; the others are."""
    stranger = UUID(_said(turn)["stranger"])
    turn.bot.done.put(_skip(turn, stranger), value=True)
    await _next(turn, {stranger}, replace=True)


async def undone(turn: Turn) -> None:
    archive = await turn.archive()
    await archive.undo_decision(UUID(_said(turn)["decision"]), turn.key)
    await turn.reply.tell(notices.plainly(turn.say("↩️ Taken back: nobody is named by it any more.")), replace=True)


def _said(turn: Turn) -> dict[str, Any]:
    """What the button carries; of the list, whom it was and who was chosen."""
    pressed = turn.pressed
    if str(pressed["action_id"]).startswith("ask:else:"):
        chosen = str(pressed["selected_option"]["value"])
        return {"stranger": str(pressed["action_id"]).removeprefix("ask:else:"), "person": chosen}
    said: dict[str, Any] = json.loads(pressed.get("value") or "{}")
    return said


def _skip(turn: Turn, stranger: UUID) -> str:
    return f"skip:{turn.speaker.elsewhere}:{stranger}"


async def _next(turn: Turn, done: set[UUID], *, replace: bool) -> None:
    archive = await turn.archive()
    asked = await archive.questions(AHEAD)
    open_ = (
        one for one in asked if one.stranger.id not in done and not turn.bot.done.get(_skip(turn, one.stranger.id))
    )
    question = next(open_, None)
    if question is None:
        await turn.reply.tell(questions.nobody_left(turn.say), replace=replace)
        return
    names = await turn.names({question.suggestion.person_id} if question.suggestion else set())
    faces = await _faces(turn, question)
    await turn.reply.tell(questions.question(question, faces, names, turn.language, turn.say), replace=replace)


async def _faces(turn: Turn, question: Question) -> list[str]:
    tracks = question.stranger.samples[: questions.MOST_FACES]
    found = await asyncio.gather(*(_face(turn, track) for track in tracks))
    return [file for file in found if file]


async def _face(turn: Turn, track: Track) -> str | None:
    archive, key = await turn.archive(), f"face:{track.id}"
    try:
        if (known := turn.bot.pictures.get(key)) is not None:
            return known
        content = await archive.face(track.id)
        return await turn.bot.uploaded(archive, key, content, "face.jpg", video_id=track.video_id, segment_id=None)
    except (ScenedeskError, SlackClientError) as error:
        logger("slack").warning("no face", track=str(track.id), error=str(error))
        return None
