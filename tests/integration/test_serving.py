"""Serving over TCP: what is under way is finished, streams end, a taken port is said."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from sse_starlette import EventSourceResponse

from kernel.serving import PortTakenError, listen, serve
from kernel.settings import Settings
from kernel.web import create_service

SETTINGS = Settings(_env_file=None)


class Opened:
    def __init__(self) -> None:
        self.times = 0
        self.working, self.go_on = asyncio.Event(), asyncio.Event()


def slow_app(opened: Opened) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        opened.times += 1
        yield

    app = create_service("slow", lifespan=lifespan)

    @app.get("/slow")
    async def slow() -> str:
        opened.working.set()
        await opened.go_on.wait()
        return "finished"

    @app.get("/stream")
    async def stream() -> EventSourceResponse:
        async def events() -> AsyncIterator[str]:
            yield "first"
            await asyncio.Event().wait()

        return EventSourceResponse(events())

    return app


@asynccontextmanager
async def serving(app: FastAPI, stop: asyncio.Event, **options: str) -> AsyncIterator[httpx.AsyncClient]:
    listening = listen("127.0.0.1", 0)
    task = asyncio.create_task(serve(app, SETTINGS, stop=stop, listening=listening, **options))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=30) as client:
        yield client
    stop.set()
    await task


async def test_a_request_under_way_is_finished_after_the_stop() -> None:
    opened, stop = Opened(), asyncio.Event()
    async with serving(slow_app(opened), stop) as client:
        answer = asyncio.create_task(client.get("/slow"))
        await opened.working.wait()
        stop.set()
        opened.go_on.set()
        assert (await answer).json() == "finished"
    assert opened.times == 1


async def test_a_stream_ends_with_the_server_and_the_next_server_can_stream() -> None:
    for _ in range(2):
        stop = asyncio.Event()
        async with serving(slow_app(Opened()), stop) as client, client.stream("GET", "/stream") as response:
            lines = response.aiter_lines()
            assert await anext(lines) == "data: first"
            stop.set()
            with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message"):
                [line async for line in lines]


async def test_a_lifespan_that_is_open_elsewhere_is_left_alone() -> None:
    opened = Opened()
    async with serving(slow_app(opened), asyncio.Event(), lifespan="off") as client:
        assert (await client.get("/healthz")).is_success
    assert opened.times == 0


def test_a_small_answer_does_not_wait_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening:
        client = socket.create_connection(listening.getsockname())
        listening.setblocking(True)  # noqa: FBT003 - the socket module's own signature
        accepted, _ = listening.accept()
        with client, accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_taken_port_is_said() -> None:
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"Port {port} on 127.0.0.1 is taken"):
            listen("127.0.0.1", port)


def test_a_service_that_lacks_its_database_says_so_in_one_line() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "embed_service"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL is not set" in done.stderr
    assert "Traceback" not in done.stderr
