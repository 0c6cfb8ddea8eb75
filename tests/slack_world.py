"""A newsroom with Slack: the bot beside a real gateway, people with accounts, a film with scenes."""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sse_starlette import EventSourceResponse, ServerSentEvent
from structlog.testing import capture_logs

import gateway.app
import slack_bot.app
from gateway.library import links
from kernel.contracts.accounts import NewLink
from kernel.contracts.library import Person, Segment
from kernel.contracts.search import Answer, AnswerEvent, AnswerRequest, CitedSentence, Evidence, Hit, SearchResponse
from kernel.settings import Media, Settings, Slack
from kernel.wire import open_wire
from slack_bot.connection import Connection, connected
from slack_bot.watching import watch
from tests import fake_slack
from tests.accounts import House
from tests.fake_slack import APP_TOKEN, BOT_TOKEN
from tests.media_samples import encode
from tests.rooms import Rooms
from tests.slack_talk import Talk
from tests.timelines import a_timeline

SIGNING_SECRET = "a-secret-of-tests"
# Who of the workspace has said who they are; U4 reads English.
LINKED = {"U1": "editor", "U2": "viewer", "U3": "second", "U4": "viewer", "U5": "viewer"}
EVENTS = "http://slack-bot:8000/slack/events"


@dataclass
class World(Talk):
    """Everything a test looks at."""

    house: House
    bot: FastAPI
    rooms: Rooms
    wire: httpx.AsyncClient
    answers: "Answers"
    settings: Settings  # of the bot
    inner: httpx.AsyncClient  # the wire the bot asks by
    film: Path = field(init=False)
    person: Person = field(init=False)
    video_id: UUID = field(init=False)
    segments: list[Segment] = field(init=False)

    async def afresh(self) -> None:
        """A film of its own, and nothing said or asked yet."""
        await self.quiet()
        self.video_id, self.segments = await a_timeline(self.house.desk.database, 3, media=self.film)
        self.slack.forget()
        self.rooms.answers, self.rooms.questions = [a_hit(self, place) for place in (0, 1)], []
        self.rooms.said_of_answers, self.rooms.before_answer = {}, None
        self.answers.sentences, self.answers.before = [], None

    async def edits(self) -> list[dict[str, Any]]:
        path = f"/v1/videos/{self.video_id}/edits"
        return (await self.house.clients["admin"].get(path)).json()["items"]

    async def on_the_web(self, command: dict[str, Any]) -> None:
        """Edited by the admin, through another door than Slack."""
        version = (await self.house.clients["admin"].get(f"/v1/videos/{self.video_id}")).json()["version"]
        path, seen = f"/v1/videos/{self.video_id}/edits", {"If-Match": f'"{version}"'}
        done = await self.house.clients["admin"].post(path, json={"command": command}, headers=seen)
        assert done.status_code == 201, done.text

    async def quiet(self) -> None:
        """The bot has done all that was asked of it."""
        await self.slack.until(lambda: not self.bot.state.connection.bot.at_work)

    async def korean(self) -> list[str]:
        """Korean captions of the first scene."""
        return [one["text"] for one in (await self.segment())["captions"] if one["language"] == "ko"]

    async def segment(self, place: int = 0) -> dict[str, Any]:
        return (await self.house.clients["admin"].get(f"/v1/segments/{self.segments[place].id}")).json()

    @asynccontextmanager
    async def started_again(self, **part: Any) -> AsyncIterator[Connection]:
        """Slack speaks with a bot that remembers nothing, for as long as the block runs; `part`: of its settings."""
        before = self.slack.connections
        changed = self.settings.model_copy(update={"slack": self.settings.slack.model_copy(update=part)})
        async with connected(changed, lambda: self.inner) as connection:
            await self.slack.until(lambda: self.slack.connections > before)
            yield connection

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """The bot that was there looks after nothing, for as long as the block runs."""
        bot = self.bot.state.connection.bot
        await bot.close()
        bot.watching.clear()
        try:
            yield
        finally:
            bot.watch(watch(bot))

    @asynccontextmanager
    async def without(self, table: str) -> AsyncIterator[None]:
        """A table that does not answer."""
        async with self.house.desk.database.transaction() as connection:
            await connection.execute(text(f"alter table library.{table} rename to away"))
        try:
            with capture_logs():  # a trace drawn for a terminal takes seconds
                yield
        finally:
            async with self.house.desk.database.transaction() as connection:
                await connection.execute(text(f"alter table library.away rename to {table}"))

    async def over_http(self, payload: dict[str, Any], **changed: Any) -> httpx.Response:
        """As Slack sends it over HTTP; `changed`: secret, sent (seconds), body, headers."""
        body = urlencode(payload)
        sent = str(int(changed.get("sent", time.time())))
        secret = changed.get("secret", SIGNING_SECRET)
        seal = hmac.new(secret.encode(), f"v0:{sent}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": sent,
            "x-slack-signature": f"v0={seal}",
        } | changed.get("headers", {})
        return await self.wire.post(EVENTS, content=changed.get("body", body), headers=headers)


@dataclass
class Answers:
    """The room that answers in words: what it says, and what it waits for."""

    sentences: list[CitedSentence] = field(default_factory=list)
    before: Any = None  # awaited after the hits

    def add(self, app: FastAPI, rooms: Rooms) -> None:
        @app.post("/v1/answers/stream")
        async def stream(request: AnswerRequest) -> EventSourceResponse:
            return EventSourceResponse(self._events(request, rooms))

        # Before the room's own, which says the same to everybody.
        app.router.routes.insert(0, app.router.routes.pop())

    async def _events(self, request: AnswerRequest, rooms: Rooms) -> AsyncIterator[ServerSentEvent]:
        found = SearchResponse(query=request.query, hits=rooms.answers, took_ms=1)
        yield _event(AnswerEvent(kind="hits", found=found))
        if self.before is not None:
            await self.before()
        for sentence in self.sentences:
            yield _event(AnswerEvent(kind="sentence", sentence=sentence))
        words = " ".join(one.text for one in self.sentences)
        whole = Answer(
            kind="generated", language=request.language or "ko", sentences=self.sentences, text=words, found=found
        )
        yield _event(AnswerEvent(kind="done", answer=whole))


def _event(event: AnswerEvent) -> ServerSentEvent:
    return ServerSentEvent(event.model_dump_json(), event=event.kind)


@asynccontextmanager
async def newsroom(settings: Settings, folder: Path) -> AsyncIterator[World]:
    """The bot is connected over Socket Mode and takes HTTP too; the workspace T2 is trusted, T1 is not."""
    strict = settings.model_copy(update={"access": "accounts", "media": Media(roots=(folder,))})
    rooms, answers, opened = Rooms(strict), Answers(), []
    app = gateway.app.create_app(strict, settings.server_database_url, lambda: opened[0])
    apps = rooms.apps()
    answers.add(apps["search-service"], rooms)
    async with fake_slack.slack(strict) as fake, open_wire({**apps, "gateway": app}) as wire:
        opened.append(wire)
        house = House(app, wire, strict)
        try:
            for name, role in (("editor", "editor"), ("viewer", "viewer"), ("second", "editor"), ("admin", "admin")):
                await house.add(name, role)  # type: ignore[arg-type]
                await house.signed_in(name)
            with_slack = await _with_slack(house, fake)
            bot = slack_bot.app.create_app(with_slack, lambda: wire)
            async with open_wire({"slack-bot": bot}) as outer:
                yield await _furnished(World(fake, house, bot, rooms, outer, answers, with_slack, wire), folder)
        finally:
            await house.close()


async def _with_slack(house: House, fake: fake_slack.Slack) -> Settings:
    await house.add("slack-bot", "viewer", kind="service")
    token = await house.token_of("slack-bot", "write", "act-for")
    part = Slack(
        token=SecretStr(token),
        signing_secret=SecretStr(SIGNING_SECRET),
        api_url=f"{fake.address}/api/",
        trusted_workspaces=("T2",),
        approval_channels=("C2",),
        notices_channel="C3",
        watch_seconds=0.5,
    )
    tokens = {"slack_bot_token": SecretStr(BOT_TOKEN), "slack_app_token": SecretStr(APP_TOKEN)}
    return house.settings.model_copy(update=tokens | {"slack": part})


async def _furnished(world: World, folder: Path) -> World:
    world.film = folder / "film.mp4"
    encode(world.film, seconds=31, rate="5")
    async with world.house.desk.database.transaction() as connection:
        for user, name in LINKED.items():
            new = NewLink(elsewhere=f"slack:T1:{user}", name=user)
            await links.keep(connection, world.house.people[name].id, new)
    made = await world.house.clients["admin"].post("/v1/people", json={"name": "김민지", "aliases": ["Minji"]})
    world.person = Person.model_validate(made.json())
    world.slack.locales["U4"] = "en-US"
    await world.slack.connected()
    return world


def a_hit(world: World, place: int) -> Hit:
    segment = world.segments[place]
    return Hit(
        segment_id=segment.id,
        video_id=segment.video_id,
        title="Day 2 <!channel>",
        span=segment.span,
        segments=[segment.id],
        text_ko=None,
        text_en=segment.captions[0].text,
        origin="machine",
        observed=False,
        caption_model=None,
        people=[],
        unknown_faces=0,
        score=0.8,
        evidence=[Evidence(kind="words", text="cup", score=1), Evidence(kind="meaning", text="", score=0.61)],
        missing=["공원"],
    )
