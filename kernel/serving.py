"""Serving an app over TCP until told to stop: bounded graceful shutdown, signals in one place."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from signal import SIGINT, SIGTERM
from typing import ClassVar, Literal

import uvicorn
from fastapi import FastAPI
from sse_starlette.sse import AppStatus

from kernel.contracts.errors import Language, ScenedeskError
from kernel.settings import Settings
from kernel.telemetry import configure_logs
from kernel.wire import Wire, open_wire

GRACE_S = 10


class PortTakenError(ScenedeskError):
    status = 503
    code = "port_taken"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Port {port} on {host} is taken by another program. Choose another with SCENEDESK_PORT.",
        "ko": "{host}의 포트 {port}을(를) 다른 프로그램이 쓰고 있습니다. SCENEDESK_PORT로 다른 포트를 정해 주세요.",
    }


class _Server(uvicorn.Server):
    """uvicorn without its signal handling: it raises the signal again after stopping, in the middle of our clean-up."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at SIGINT or SIGTERM. Call it in the main thread; a second signal ends the process as usual."""
    loop = asyncio.get_running_loop()

    def once() -> None:
        stop.set()
        for number in (SIGINT, SIGTERM):
            loop.remove_signal_handler(number)

    for number in (SIGINT, SIGTERM):
        with suppress(NotImplementedError):  # event loops that know no signals
            loop.add_signal_handler(number, once)


def listen(host: str, port: int) -> socket.socket:
    """A bound TCP socket. Port 0 takes a free one. Raises PortTakenError."""
    try:
        listening = socket.create_server((host, port), backlog=2048)
    except OSError as error:
        raise PortTakenError(host=host, port=port) from error
    # Connections inherit it. asyncio would set it on sockets that say they are TCP, and these do not: a small answer
    # in two writes then waits 40 ms for its client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return listening


async def serve(
    app: FastAPI,
    settings: Settings,
    *,
    stop: asyncio.Event | None = None,
    listening: socket.socket | None = None,
    lifespan: Literal["on", "off"] = "on",
) -> None:
    """Answer requests until `stop` is set, or until SIGINT or SIGTERM when no `stop` is given.

    What is under way has GRACE_S seconds to finish. `lifespan="off"` for an app whose lifespan is already
    open elsewhere. A socket from `listen` answers connections only once this runs, but loses none before.
    Raises PortTakenError.
    """
    if stop is None:
        stop = asyncio.Event()
        stop_on_signals(stop)
    sockets = [listening or listen(settings.host, settings.port)]
    server = _Server(
        uvicorn.Config(
            app,
            lifespan=lifespan,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=sockets))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # sse-starlette listens for this call to end its streams, and remembers it for the whole process.
        server.handle_exit(SIGTERM, None)
        stopping.cancel()
        await serving
        AppStatus.should_exit = False


def run_service(create_app: Callable[[Settings, Wire], FastAPI]) -> None:
    """A service as a process of its own: settings from the environment, logs, the wire, served until a signal."""

    async def main() -> None:
        settings = Settings.load()
        configure_logs(settings)
        async with open_wire() as wire:
            await serve(create_app(settings, lambda: wire), settings)

    try:
        asyncio.run(main())
    except ScenedeskError as error:
        raise SystemExit(error.sentence("en")) from error
