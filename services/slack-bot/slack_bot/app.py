"""Slack's door. Contracts and clients only: it opens no database and knows no table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response

from kernel.contracts.model import Value
from kernel.settings import Settings
from kernel.web import create_service
from kernel.wire import Wire

if TYPE_CHECKING:
    from slack_bot.connection import Connection

EVENTS = "/slack/events"


class Status(Value):
    """Whether Slack can be spoken to, and which settings are missing when it cannot."""

    state: str
    missing: list[str] = []


def missing_settings(settings: Settings) -> list[str]:
    """Environment names of what is not set. Slack comes by Socket Mode (an app token) or by HTTP (a signing secret)."""
    missing = [] if settings.slack_bot_token else ["SCENEDESK_SLACK_BOT_TOKEN"]
    if settings.slack_app_token is None and settings.slack.signing_secret is None:
        missing.append("SCENEDESK_SLACK_APP_TOKEN")
    return missing if settings.slack.token else [*missing, "SCENEDESK_SLACK__TOKEN"]


def create_app(settings: Settings, wire: Wire) -> FastAPI:
    """An app that is healthy without tokens: a newsroom that has no Slack should see no broken service."""
    missing = missing_settings(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if missing:
            yield
            return
        from slack_bot.connection import connected  # noqa: PLC0415 - Slack's library is an extra

        async with connected(settings, wire) as connection:
            app.state.connection = connection
            app.state.readiness.note("slack", connection.note)
            yield

    app = create_service("slack-bot", lifespan=lifespan)
    app.state.settings, app.state.wire = settings, wire
    status = Status(state="not configured" if missing else "configured", missing=missing)
    app.state.readiness.note("slack", status.state if not missing else f"not configured: set {', '.join(missing)}")

    @app.get("/", summary="Whether Slack is configured")
    async def root() -> Status:
        return status

    if not missing and settings.slack.signing_secret is not None:
        _add_events(app)
    return app


def _add_events(app: FastAPI) -> None:
    @app.post(EVENTS, summary="What Slack sends over HTTP", include_in_schema=False)
    async def events(request: Request) -> Response:
        connection: Connection = app.state.connection
        return await connection.received(request)
