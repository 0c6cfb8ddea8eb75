"""People to choose from, while their name is typed."""

from collections.abc import Mapping
from typing import Any

from kernel.contracts.errors import ScenedeskError
from slack_bot.blocks import scenes
from slack_bot.blocks.kit import option
from slack_bot.bot import Bot, team_of, user_of
from slack_bot.people import NotLinkedError

MOST = 50


async def options(bot: Bot, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By part of a name or of an alias; nothing where Scenedesk does not answer: the list can be opened again."""
    speaker = await bot.people.speaker(team_of(body), user_of(body))
    try:
        archive = await bot.people.archive_of(speaker)
        found = await archive.people(str(body.get("value") or "")[:200], MOST)
    except (ScenedeskError, NotLinkedError):
        return []
    for person in found:
        bot.names.put(str(person.id), person)
    return [
        option(scenes.called(person, speaker.language), str(person.id), ", ".join(person.aliases)) for person in found
    ]
