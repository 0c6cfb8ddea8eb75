"""The front door: REST under `/v1`, pages for people, media. Owns schema `library`."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from gateway import pages, rest
from gateway.access import entering, keys
from gateway.access.door import Doorkeeper
from gateway.access.mode import NOTES, Mode, mode_of
from gateway.desk import Desk, open_desk
from gateway.people import forgetting
from gateway.rest.uploads import sweep
from gateway.security import Guard
from kernel.settings import Settings
from kernel.storage.database import is_outage, patiently
from kernel.telemetry import logger
from kernel.web import create_service
from kernel.wire import Wire

# A page that watches runs holds a request open: many more of those than of requests at work.
MAX_CONCURRENT = 512


async def _say_who_comes_in(app: FastAPI, desk: Desk, mode: Mode) -> None:
    """In /readyz and the log; and the link by which the first admin comes in, as long as there is none."""
    app.state.readiness.note("access", NOTES[mode])
    app.state.setup_link = await patiently(lambda: entering.first_admin(desk)) if mode == "accounts" else None
    if app.state.setup_link is not None:
        said = "nobody can sign in yet: whoever opens this link becomes the admin"
        logger("access").warning(said, link=app.state.setup_link, hours=entering.SETUP_HOURS)


def create_app(settings: Settings, database_url: str, wire: Wire) -> FastAPI:
    """The gateway. `wire` is called for each request: the client exists only once every lifespan runs.

    Raises OpenToAllError.
    """
    mode = mode_of(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_desk(settings, database_url, wire) as desk:
            await asyncio.to_thread(sweep, desk.store, time.time())
            # Before anything is served: a restored backup may know whom we were told to forget.
            await patiently(lambda: forgetting.finish(desk))
            app.state.trust = await asyncio.to_thread(keys.trust, settings.data_dir)
            app.state.desk = desk
            app.state.readiness.checks["database"] = desk.database.check
            await _say_who_comes_in(app, desk, mode)
            try:
                yield
            finally:
                await app.state.models_known.close()

    app = create_service(
        "gateway",
        lifespan=lifespan,
        max_concurrent=MAX_CONCURRENT,
        is_outage=is_outage,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Guard, public_url=settings.public_url)
    # The innermost: whoever is turned away is counted and logged like anybody else.
    app.user_middleware.append(Middleware(Doorkeeper, settings=settings, mode=mode))
    app.state.mode = mode
    rest.include(app)
    pages.include(app, settings)
    return app
