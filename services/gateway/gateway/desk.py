"""What every route of the front door works with, opened once by the app's lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from gateway.live import Feed
from gateway.people.names import Publisher
from gateway.renderings import Renderings
from kernel.clients import Services
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.store import Store
from kernel.wire import Wire


@dataclass(frozen=True)
class Desk:
    """Settings, the database, the store, what is live, and the other services."""

    settings: Settings
    database: Database
    store: Store
    renderings: Renderings
    feed: Feed
    names: Publisher
    services: Services


@asynccontextmanager
async def open_desk(settings: Settings, database_url: str, wire: Wire) -> AsyncIterator[Desk]:
    database = Database(database_url, pool_size=10)
    store = Store(settings.store_dir)
    feed = Feed(database_url)
    try:
        async with feed.listening():
            yield Desk(
                settings=settings,
                database=database,
                store=store,
                renderings=Renderings(store),
                feed=feed,
                names=Publisher(database),
                services=Services(wire),
            )
    finally:
        await database.close()


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk)]
