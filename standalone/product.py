"""The whole product in one process: embedded PostgreSQL, every service on one in-memory wire, the worker."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

import caption_service.app
import embed_service.app
import face_service.app
import gateway.app
import search_service.app
import slack_bot.app
from gateway.worker import run_worker
from kernel.serving import listen, serve
from kernel.settings import Settings
from kernel.storage.embedded import embedded_server
from kernel.storage.migrate import migrate
from kernel.wire import open_wire
from standalone import running


@dataclass(frozen=True)
class Product:
    """Everything, running. `wire` reaches each service by its host name, the gateway too."""

    settings: Settings
    database_url: str
    wire: httpx.AsyncClient
    gateway: FastAPI


@asynccontextmanager
async def open_product(settings: Settings) -> AsyncIterator[Product]:
    """Database, migrations, services: the product without an address and without a worker.

    `DATABASE_URL` wins over the embedded server, which belongs to one process a data directory.
    """
    async with AsyncExitStack() as stack:
        url = await _database(settings, stack)
        await migrate(url)
        opened: list[httpx.AsyncClient] = []
        apps = _apps(settings, url, opened)
        wire = await stack.enter_async_context(open_wire(apps))
        opened.append(wire)
        yield Product(settings=settings, database_url=url, wire=wire, gateway=apps["gateway"])


async def _database(settings: Settings, stack: AsyncExitStack) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return await stack.enter_async_context(embedded_server(settings.data_dir))


def _apps(settings: Settings, url: str, opened: list[httpx.AsyncClient]) -> dict[str, FastAPI]:
    def wire() -> httpx.AsyncClient:
        return opened[0]

    return {
        "face-service": face_service.app.create_app(settings),
        "caption-service": caption_service.app.create_app(settings),
        "embed-service": embed_service.app.create_app(settings, url),
        "search-service": search_service.app.create_app(settings, url, wire),
        "slack-bot": slack_bot.app.create_app(settings, wire),
        "gateway": gateway.app.create_app(settings, url, wire),
    }


@dataclass(frozen=True)
class Standalone(Product):
    """The product with its worker and an address."""

    address: str


@asynccontextmanager
async def open_standalone(settings: Settings, *, any_port: bool = False) -> AsyncIterator[Standalone]:
    """The product as a person uses it: at an address, with its worker, until the block ends.

    Other commands on the same data directory find it while it runs. `any_port` is for a command that needs
    the product only for itself: links then still name the public address, where `scenedesk up` answers. When
    the worker or the server dies, the block is cancelled and their error raised. Raises PortTakenError before
    anything is opened.
    """
    with closing(listen(settings.host, 0 if any_port else settings.port)) as listening:
        address = _address(listening)
        if not any_port and "public_url" not in settings.model_fields_set:
            settings = settings.model_copy(update={"public_url": address})
        async with open_product(settings) as product, _beside(product, listening):
            with running.announced(settings.data_dir, address):
                yield Standalone(**vars(product), address=address)


@asynccontextmanager
async def _beside(product: Product, listening: socket.socket) -> AsyncIterator[None]:
    stop, block = asyncio.Event(), asyncio.current_task()
    tasks = (
        asyncio.create_task(run_worker(product.settings, product.database_url, lambda: product.wire, stop)),
        # Its lifespan is already open on the in-memory wire.
        asyncio.create_task(serve(product.gateway, product.settings, stop=stop, listening=listening, lifespan="off")),
    )

    def cancel_block(_ended: asyncio.Task[None]) -> None:
        if block is not None and not stop.is_set():
            block.cancel()

    for task in tasks:
        task.add_done_callback(cancel_block)
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"
