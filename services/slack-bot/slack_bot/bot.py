"""What every turn works with, and how a turn is taken: once, after Slack has been answered, never silently failing."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from kernel.contracts.errors import Language, ScenedeskError, UnavailableError, UpstreamError
from kernel.contracts.library import Person
from kernel.settings import Settings
from kernel.telemetry import logger
from kernel.wire import Wire
from slack_bot import places
from slack_bot.archive import Archive, Caller
from slack_bot.blocks import notices
from slack_bot.blocks.kit import Message
from slack_bot.drafts import Draft
from slack_bot.kept import Kept
from slack_bot.people import NotLinkedError, People, Speaker
from slack_bot.replies import Reply
from slack_bot.results import Results
from slack_bot.words import Say, speaker

AN_HOUR, A_DAY = 3600, 86400
# A picture that is shown again is not one that is about to be taken back.
REUSED_S = A_DAY // 2
MOST_AT_WORK = 256


@dataclass
class Bot:
    """Slack, Scenedesk, and what is remembered between two presses of a button."""

    settings: Settings
    wire: Wire
    slack: AsyncWebClient
    done: Kept[bool] = field(default_factory=lambda: Kept(AN_HOUR, most=50_000))
    results: Kept[Results] = field(default_factory=lambda: Kept(AN_HOUR, most=2_000))
    drafts: Kept[Draft] = field(default_factory=lambda: Kept(7 * A_DAY, most=2_000))  # that nothing in Slack can carry
    pictures: Kept[str] = field(default_factory=lambda: Kept(REUSED_S, most=20_000))
    names: Kept[Person] = field(default_factory=lambda: Kept(300))
    remarks: Kept[float] = field(default_factory=lambda: Kept(A_DAY, most=20_000))  # newest wording of messages
    at_work: set[asyncio.Task[None]] = field(default_factory=set)
    watching: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        token = self.settings.slack.token
        said = token.get_secret_value() if token is not None else ""
        self.people = People(self.slack, self.archive, said, self.settings.slack.trusted_workspaces)

    def archive(self, caller: Caller) -> Archive:
        return Archive(self.wire, caller)

    def own(self, language: Language | None = None) -> Archive:
        """Scenedesk as the bot itself: what everybody who is signed in may see."""
        token = self.settings.slack.token
        said = token.get_secret_value() if token is not None else ""
        return self.archive(Caller(said, language=language or self.settings.language))

    async def uploaded(
        self, archive: Archive, key: str, content: bytes, name: str, *, video_id: UUID, segment_id: UUID | None
    ) -> str:
        """The id in Slack of a picture, for a day. What cannot be noted is not kept: nobody would take it back.

        Raises SlackClientError, and what Scenedesk refuses to note.
        """
        sent = await self.slack.files_upload_v2(file=content, filename=name, title=name)
        file, until = str(sent["files"][0]["id"]), datetime.now(UTC) + timedelta(seconds=A_DAY)
        try:
            await archive.place(places.a_file(file, video_id, segment_id, until=until))
        except ScenedeskError:
            await self.slack.files_delete(file=file)
            raise
        self.pictures.put(key, file)
        return file

    async def called(self, archive: Archive, ids: set[UUID]) -> dict[UUID, Person]:
        """What people are called; those that are no more are left out."""
        found = {one: self.names.get(str(one)) for one in ids}
        for one in [one for one, person in found.items() if person is None]:
            try:
                found[one] = person = await archive.person(one)
                self.names.put(str(one), person)
            except UpstreamError as error:
                if error.upstream.status != 404:  # noqa: PLR2004 - HTTP's own number
                    raise
        return {one: person for one, person in found.items() if person is not None}

    def carried(self, draft: Draft, most: int) -> str:
        """The draft as so many characters at most; what is longer is kept here, under the name that is given."""
        written = draft.model_dump_json(exclude_defaults=True)
        if len(written) <= most:
            return written
        name = uuid4().hex
        self.drafts.put(name, draft)
        return name

    def draft(self, carried: str) -> Draft | None:
        """What `carried` made; None when it was kept here and is no more."""
        return Draft.model_validate_json(carried) if carried.startswith("{") else self.drafts.get(carried)

    def web(self, video_id: UUID, segment_id: UUID) -> str:
        """Where the editor opens that segment."""
        return f"{self.settings.public_url.rstrip('/')}/videos/{video_id}?segment={segment_id}"

    def watch(self, work: Coroutine[Any, Any, None]) -> None:
        """For as long as the bot is connected."""
        self.watching.append(asyncio.create_task(work))

    def start(self, work: Awaitable[None]) -> None:
        """Beside the answer to Slack, which does not wait for it."""
        task = asyncio.ensure_future(work)
        self.at_work.add(task)
        task.add_done_callback(self.at_work.discard)

    async def close(self) -> None:
        tasks = [*self.at_work, *self.watching]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class Turn:
    """One thing somebody did in Slack, and the way back to them."""

    bot: Bot
    body: Mapping[str, Any]
    speaker: Speaker
    reply: Reply
    say: Say
    key: str  # the same however often Slack delivers it
    view: str | None = None  # the modal that is open for it
    _archive: Archive | None = None

    @property
    def language(self) -> Language:
        return self.speaker.language

    @property
    def pressed(self) -> Mapping[str, Any]:
        """The button, or whatever else was used."""
        found: Mapping[str, Any] = (self.body.get("actions") or [{}])[0]
        return found

    @property
    def carried(self) -> dict[str, Any]:
        """What the button that was pressed carries."""
        said: dict[str, Any] = json.loads(self.pressed.get("value") or "{}")
        return said

    @property
    def card(self) -> tuple[UUID, int, str]:
        """Segment, version and results of the card that was pressed."""
        said = self.carried
        return UUID(said["s"]), int(said["v"]), str(said.get("r") or "")

    @property
    def container(self) -> Mapping[str, Any]:
        """The message that was pressed."""
        found: Mapping[str, Any] = self.body.get("container") or {}
        return found

    async def archive(self) -> Archive:
        """Scenedesk as whoever this is. Raises NotLinkedError."""
        if self._archive is None:
            self._archive = await self.bot.people.archive_of(self.speaker)
        return self._archive

    async def names(self, ids: set[UUID]) -> dict[UUID, Person]:
        """What people are called; those that are no more are left out."""
        return await self.bot.called(await self.archive(), ids)

    async def fail(self, message: Message) -> None:
        """To them alone: in the modal that is open, else where they asked."""
        if self.view is not None:
            await self.bot.slack.views_update(view_id=self.view, view=notices.told(message, self.say))
        else:
            await self.reply.tell(message)


Work = Callable[[Turn], Awaitable[None]]


async def take(bot: Bot, body: Mapping[str, Any], key: str, work: Work) -> None:
    """One turn, with every failure told."""
    team, user = team_of(body), user_of(body)
    reply = Reply(bot.slack, body.get("response_url"), channel_of(body), user)
    reply.thread = thread_of(body)
    try:
        known = await bot.people.speaker(team, user)
    except SlackApiError:
        logger("slack").warning("no profile", user=user, exc_info=True)
        known = Speaker(team, user, language=bot.settings.language)
    turn = Turn(bot, body, known, reply, speaker(known.language), key)
    try:
        await work(turn)
    except Exception as error:  # noqa: BLE001 - whatever broke, whoever asked is told
        await _tell(turn, error)


async def _tell(turn: Turn, error: Exception) -> None:
    try:
        await turn.fail(_failure(turn, error))
    except Exception as silent:  # noqa: BLE001 - Slack itself is not there
        logger("slack").error("could not be told", error=str(error), exc_info=silent)


def _failure(turn: Turn, error: Exception) -> Message:
    if isinstance(error, NotLinkedError):
        return notices.unlinked(error.address, turn.say)
    if isinstance(error, UpstreamError):
        return notices.refused(error.upstream, turn.say)
    if isinstance(error, UnavailableError):
        return notices.unreachable(turn.say)
    if isinstance(error, ScenedeskError):
        return notices.refused(error.problem(turn.language), turn.say)
    logger("slack").error("turn failed", key=turn.key, exc_info=error)
    return notices.broken(turn.say)


def team_of(body: Mapping[str, Any]) -> str:
    team = body.get("team_id") or (body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id")
    return str(team or "")


def user_of(body: Mapping[str, Any]) -> str:
    said = body.get("user_id") or body.get("user") or message_of(body).get("user") or ""
    return str(said.get("id", "") if isinstance(said, Mapping) else said)


def channel_of(body: Mapping[str, Any]) -> str | None:
    said = (
        body.get("channel_id")
        or (body.get("channel") or {}).get("id")
        or (body.get("container") or {}).get("channel_id")
        or (body.get("event") or {}).get("channel" if thread_of(body) else "")
    )
    return str(said) if said else None


def thread_of(body: Mapping[str, Any]) -> str | None:
    """Where a message was said, if that was in a thread: what it is answered with belongs there."""
    said = message_of(body).get("thread_ts")
    return str(said) if said else None


def message_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message of an event, in its newest wording; of other events the event itself."""
    event: Mapping[str, Any] = body.get("event") or {}
    found: Mapping[str, Any] = event.get("message") or event
    return found
