"""Slack's door. Contracts and clients only: it opens no database and knows no table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kernel.contracts.model import Value
from kernel.settings import Settings
from kernel.web import create_service
from kernel.wire import Wire

NEEDED = ("slack_bot_token", "slack_app_token")


class Status(Value):
    """Whether Slack can be spoken to, and which settings are missing when it cannot."""

    state: str
    missing: list[str] = []


def missing_settings(settings: Settings) -> list[str]:
    """Environment names of the tokens that are not set."""
    return [f"SCENEDESK_{name.upper()}" for name in NEEDED if getattr(settings, name) is None]


def create_app(settings: Settings, wire: Wire) -> FastAPI:
    """An app that is healthy without tokens: a newsroom that has no Slack should see no broken service."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield

    app = create_service("slack-bot", lifespan=lifespan)
    app.state.settings, app.state.wire = settings, wire
    missing = missing_settings(settings)
    status = Status(state="not configured" if missing else "configured", missing=missing)
    app.state.readiness.note("slack", status.state if not missing else f"not configured: set {', '.join(missing)}")

    @app.get("/", summary="Whether Slack is configured")
    async def root() -> Status:
        return status

    return app
