"""People who may come in, for tests: a front door that asks who comes, and clients that are somebody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from gateway.access import keys
from gateway.access.door import cookie_name
from gateway.access.who import RANK
from gateway.desk import Desk
from gateway.library import accounts, sessions
from gateway.library.accounts import NewAccount
from kernel.contracts.accounts import Account, NewToken, Role
from kernel.settings import Settings
from tests.rooms import Rooms, open_front_door

BASE = "http://localhost"
ROLES: tuple[Role, ...] = tuple(sorted(RANK, key=RANK.__getitem__))


@dataclass
class House:
    """A front door where people sign in, and everybody who is known there."""

    app: FastAPI
    nobody: httpx.AsyncClient
    settings: Settings
    people: dict[str, Account] = field(default_factory=dict)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.state.desk
        return desk

    def client(self, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    async def add(self, name: str, role: Role, **changed: Any) -> Account:
        async with self.desk.database.transaction() as connection:
            self.people[name] = await accounts.add(connection, NewAccount(name, name.title(), role, **changed))
        return self.people[name]

    async def cookie_of(self, name: str) -> str:
        """The cookie of a new session."""
        cookie = keys.new_secret()
        async with self.desk.database.transaction() as connection:
            await sessions.begin(connection, self.people[name].id, keys.hashed(cookie), "tests")
        return cookie

    async def signed_in(self, name: str) -> httpx.AsyncClient:
        """In a browser on one of our pages: with a cookie, and with what its scripts send."""
        cookie = await self.cookie_of(name)
        client = self.client(**{"Scenedesk-CSRF": keys.csrf_of(cookie)})
        client.cookies.set(cookie_name(self.settings), cookie)
        self.clients[name] = client
        return client

    async def token_of(self, name: str, *scopes: str, days: int | None = None) -> str:
        secret = keys.new_token()
        new = NewToken.model_validate({"name": "tests", "scopes": scopes or ("read",), "days": days})
        async with self.desk.database.transaction() as connection:
            await sessions.issue(connection, self.people[name].id, new, keys.hashed(secret))
        return secret

    async def close(self) -> None:
        for client in self.clients.values():
            await client.aclose()


@asynccontextmanager
async def open_house(settings: Settings, database_url: str, rooms: Rooms | None = None) -> AsyncIterator[House]:
    """A house with a viewer, an editor and an admin, named as their roles, each signed in."""
    strict = settings.model_copy(update={"access": "accounts"})
    rooms = rooms or Rooms(settings)
    rooms.settings = strict
    async with open_front_door(rooms, database_url) as (nobody, app):
        house = House(app, nobody, strict)
        try:
            for role in ROLES:
                await house.add(role, role)
                await house.signed_in(role)
            yield house
        finally:
            await house.close()
