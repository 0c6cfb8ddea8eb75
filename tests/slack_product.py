"""A newsroom whose Scenedesk is the whole product, with Slack and the language model at its side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from pydantic import SecretStr

from gateway.access import keys
from gateway.library import accounts, links, sessions
from gateway.library.accounts import NewAccount
from kernel.contracts.accounts import NewLink, NewToken, Role
from kernel.contracts.library import Segment
from kernel.settings import Media, Settings, Slack
from kernel.storage.database import Database
from standalone.product import Standalone, open_standalone
from tests import fake_slack
from tests.fake_gemini import Gemini, gemini
from tests.media_samples import encode
from tests.slack_talk import Talk
from tests.timelines import a_timeline

ROLES: dict[str, tuple[str, Role]] = {"U1": ("sujin", "editor"), "U2": ("reader", "viewer"), "U3": ("doyun", "editor")}


@dataclass
class Newsroom(Talk):
    """The product, who is linked (ids of accounts by who they are in Slack), the film's scenes."""

    product: Standalone
    gemini: Gemini
    people: dict[str, UUID]
    video_id: UUID
    segments: list[Segment]
    rest: httpx.AsyncClient

    async def edits(self) -> list[dict[str, Any]]:
        return (await self.rest.get(f"/v1/videos/{self.video_id}/edits")).json()["items"]

    async def korean(self, place: int = 0) -> list[str]:
        segment = (await self.rest.get(f"/v1/segments/{self.segments[place].id}")).json()
        return [one["text"] for one in segment["captions"] if one["language"] == "ko"]

    async def until_found(self, query: str) -> None:
        """The index follows edits."""
        for _ in range(240):
            if (await self.rest.post("/v1/search", json={"query": query})).json()["hits"]:
                return
            await asyncio.sleep(0.5)
        raise AssertionError(f"nothing is found for {query}")


async def somebody(
    database: Database, login: str, role: Role, scopes: tuple[str, ...], **changed: Any
) -> tuple[UUID, str]:
    secret = keys.new_token()
    async with database.transaction() as connection:
        account = await accounts.add(connection, NewAccount(login, login.title(), role, **changed))
        new = NewToken.model_validate({"name": "tests", "scopes": scopes, "days": None})
        await sessions.issue(connection, account.id, new, keys.hashed(secret))
    return account.id, secret


@asynccontextmanager
async def open_newsroom(folder: Path, url: str) -> AsyncIterator[Newsroom]:
    """On a database that is migrated; a film of three scenes is indexed."""
    film = folder / "film.mp4"
    encode(film, seconds=31, rate="5")
    plain = Settings(
        _env_file=None, data_dir=folder / "data", DATABASE_URL=SecretStr(url), offline=True, access="accounts",
        media=Media(roots=(folder,)),
    )  # fmt: skip
    database = Database(url)
    try:
        async with fake_slack.slack(plain) as slack, gemini(plain) as (model, asking):
            people = await _linked(database)
            _, bot = await somebody(database, "slack-bot", "viewer", ("write", "act-for"), kind="service")
            _, admin = await somebody(database, "admin", "admin", ("admin",))
            video_id, segments = await a_timeline(database, 3, media=film)
            async with open_standalone(_with_slack(asking, slack, bot), any_port=True) as product:
                headers = {"Authorization": f"Bearer {admin}"}
                async with httpx.AsyncClient(base_url=product.address, headers=headers, timeout=60) as rest:
                    await slack.connected()
                    opened = Newsroom(slack, product, model, people, video_id, segments, rest)
                    await opened.until_found("cup")
                    yield opened
    finally:
        await database.close()


async def _linked(database: Database) -> dict[str, UUID]:
    found = {}
    for user, (login, role) in ROLES.items():
        found[user], _ = await somebody(database, login, role, ("read",))
        async with database.transaction() as connection:
            await links.keep(connection, found[user], NewLink(elsewhere=f"slack:T1:{user}", name=user))
    return found


def _with_slack(settings: Settings, slack: fake_slack.Slack, token: str) -> Settings:
    part = Slack(
        token=SecretStr(token), api_url=f"{slack.address}/api/", approval_channels=("C2",), watch_seconds=1
    )  # fmt: skip
    tokens = {"slack_bot_token": SecretStr(fake_slack.BOT_TOKEN), "slack_app_token": SecretStr(fake_slack.APP_TOKEN)}
    return settings.model_copy(update=tokens | {"slack": part})
