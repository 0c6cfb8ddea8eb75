"""Slack's door without Slack: healthy, and plain about what is missing."""

import httpx
import pytest

from kernel.settings import Settings
from kernel.wire import open_wire
from slack_bot.app import create_app


def no_wire() -> httpx.AsyncClient:
    raise AssertionError("it calls nobody yet")


@pytest.mark.parametrize(
    ("settings", "state", "missing"),
    [
        (Settings(_env_file=None), "not configured", ["SCENEDESK_SLACK_BOT_TOKEN", "SCENEDESK_SLACK_APP_TOKEN"]),
        (Settings(_env_file=None, slack_bot_token="xoxb-1"), "not configured", ["SCENEDESK_SLACK_APP_TOKEN"]),
        (Settings(_env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1"), "configured", []),
    ],
    ids=["nothing", "half", "whole"],
)
async def test_it_is_well_and_says_what_is_missing(settings: Settings, state: str, missing: list[str]) -> None:
    async with open_wire({"slack-bot": create_app(settings, no_wire)}) as wire:
        assert (await wire.get("http://slack-bot:8000/healthz")).json() == {"status": "ok"}
        ready = await wire.get("http://slack-bot:8000/readyz")
        root = (await wire.get("http://slack-bot:8000/")).json()
    assert ready.status_code == 200
    assert ready.json()["notes"]["slack"].startswith(state)
    assert root == {"state": state, "missing": missing}
    assert "xoxb-1" not in ready.text + str(root)
