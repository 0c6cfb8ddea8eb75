"""One httpx client for all services: real hosts in containers, the same hosts mounted in memory in one process."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from asgi_correlation_id import correlation_id
from fastapi import FastAPI

HOSTS = ("gateway", "face-service", "caption-service", "embed-service", "search-service", "slack-bot")
PORT = 8000
# A caption of eight clips on a CPU can take minutes; connecting may not.
TIMEOUT = httpx.Timeout(600.0, connect=5.0)

# Called when it is needed: an app is made before the client that mounts it.
Wire = Callable[[], httpx.AsyncClient]


def address(host: str) -> str:
    return f"http://{host}:{PORT}"


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
            mounts[f"all://{host}"] = httpx.ASGITransport(app, raise_app_exceptions=False)
        yield await stack.enter_async_context(
            httpx.AsyncClient(
                mounts=mounts,
                timeout=TIMEOUT,
                trust_env=False,
                event_hooks={"request": [_carry_request_id]},
            )
        )
