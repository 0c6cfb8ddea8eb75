"""One httpx client for all services: real hosts in containers, the same hosts mounted in memory in one process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import httpx
from asgi_correlation_id import correlation_id
from fastapi import FastAPI

HOSTS = ("gateway", "face-service", "caption-service", "embed-service", "search-service", "slack-bot")
PORT = 8000
EVENT_STREAM = "text/event-stream"
# Services ask for problems in every language: whoever reads them is known further on.
EVERY_LANGUAGE = "*"
# A caption of eight clips on a CPU can take minutes; connecting may not.
TIMEOUT = httpx.Timeout(600.0, connect=5.0)

# Called when it is needed: an app is made before the client that mounts it.
Wire = Callable[[], httpx.AsyncClient]


def address(host: str) -> str:
    return f"http://{host}:{PORT}"


class Mounted(httpx.AsyncBaseTransport):
    """An app called in memory. Asked for an event stream, its answer arrives as it is sent, not when it is over."""

    def __init__(self, app: FastAPI) -> None:
        self._app, self._whole = app, httpx.ASGITransport(app, raise_app_exceptions=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("accept") != EVENT_STREAM:
            return await self._whole.handle_async_request(request)
        body = _StreamedBody(self._app, request, await request.aread())
        status, headers = await body.begun()
        return httpx.Response(status, headers=headers, stream=body)


class _StreamedBody(httpx.AsyncByteStream):
    """The body of an answer while the app that sends it runs as a task beside; closing it ends the app."""

    def __init__(self, app: FastAPI, request: httpx.Request, content: bytes) -> None:
        self._messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(maxsize=8)
        self._gone = asyncio.Event()
        self._content: bytes | None = content
        self._task = asyncio.create_task(self._run(app, _scope(request)))

    async def _run(self, app: FastAPI, scope: dict[str, Any]) -> None:
        try:
            with suppress(Exception):  # the app has logged it and sent a problem, if it still could
                await app(scope, self._receive, self._send)
        finally:
            if not self._gone.is_set():
                await self._messages.put(None)

    async def _receive(self) -> dict[str, Any]:
        if self._content is not None:
            content, self._content = self._content, None
            return {"type": "http.request", "body": content, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self._messages.put(message)

    async def begun(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        try:
            message = await self._messages.get()
        except BaseException:
            await self.aclose()
            raise
        return (message["status"], message["headers"]) if message else (500, [])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := await self._messages.get()) is not None:
            if message["type"] == "http.response.body" and message.get("body"):
                yield message["body"]

    async def aclose(self) -> None:
        self._gone.set()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def _scope(request: httpx.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 123),
        "root_path": "",
    }


async def _carry_request_id(request: httpx.Request) -> None:
    if identifier := correlation_id.get():
        request.headers.setdefault("X-Request-ID", identifier)


@asynccontextmanager
async def open_wire(apps: Mapping[str, FastAPI] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client that reaches every service; hosts in `apps` are called in memory, their lifespans kept open.

    Redirects are not followed: no service answers with one. `trust_env` is off: a proxy set for the
    outside world must not see calls between services.
    """
    async with AsyncExitStack() as stack:
        mounts: dict[str, httpx.AsyncBaseTransport] = {}
        for host, app in (apps or {}).items():
            await stack.enter_async_context(app.router.lifespan_context(app))
            mounts[f"all://{host}"] = Mounted(app)
        yield await stack.enter_async_context(
            httpx.AsyncClient(
                mounts=mounts,
                timeout=TIMEOUT,
                trust_env=False,
                event_hooks={"request": [_carry_request_id]},
            )
        )
