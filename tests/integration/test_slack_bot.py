"""Slack's door without Slack: healthy, and plain about what is missing; and what keeps it from working, found out."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from kernel.settings import Settings, Slack
from kernel.wire import open_wire
from slack_bot.app import create_app
from slack_bot.examination import MANIFEST, examine, scopes
from tests import fake_slack
from tests.accounts import open_house


def no_wire() -> httpx.AsyncClient:
    raise AssertionError("it calls nobody yet")


@pytest.mark.parametrize(
    ("set_so", "missing"),
    [
        ({}, ["SCENEDESK_SLACK_BOT_TOKEN", "SCENEDESK_SLACK_APP_TOKEN", "SCENEDESK_SLACK__TOKEN"]),
        ({"slack_bot_token": "xoxb-1"}, ["SCENEDESK_SLACK_APP_TOKEN", "SCENEDESK_SLACK__TOKEN"]),
        ({"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}, ["SCENEDESK_SLACK__TOKEN"]),
        ({"slack_bot_token": "xoxb-1", "slack": Slack(signing_secret=SecretStr("s"))}, ["SCENEDESK_SLACK__TOKEN"]),
    ],
    ids=["nothing", "half", "no way to Scenedesk", "over HTTP"],
)
async def test_it_is_well_and_says_what_is_missing(set_so: dict[str, Any], missing: list[str]) -> None:
    settings = Settings(_env_file=None, **set_so)
    async with open_wire({"slack-bot": create_app(settings, no_wire)}) as wire:
        assert (await wire.get("http://slack-bot:8000/healthz")).json() == {"status": "ok"}
        ready = await wire.get("http://slack-bot:8000/readyz")
        root = (await wire.get("http://slack-bot:8000/")).json()
        assert (await wire.post("http://slack-bot:8000/slack/events")).status_code == 404
    assert ready.status_code == 200
    assert ready.json()["notes"]["slack"] == f"not configured: set {', '.join(missing)}"
    assert root == {"state": "not configured", "missing": missing}
    assert "xoxb-1" not in ready.text + str(root)


async def test_the_examination_names_each_thing_and_what_mends_it(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
    async with open_house(settings, database_url) as house, fake_slack.slack(settings) as slack:
        await house.add("slack-bot", "viewer", kind="service")
        async with httpx.AsyncClient(transport=httpx.ASGITransport(house.app)) as wire:

            async def examined(token: str, **tokens: str) -> dict[str, str]:
                part = Slack(token=SecretStr(token), api_url=f"{slack.address}/api/")
                said = {"slack_bot_token": fake_slack.BOT_TOKEN, "slack_app_token": fake_slack.APP_TOKEN} | tokens
                secrets = {name: SecretStr(value) for name, value in said.items()}
                found = await examine(settings.model_copy(update=secrets | {"slack": part}), lambda: wire)
                return {one.name: f"{one.state} {one.found}" for one in found}

            good = await house.token_of("slack-bot", "write", "act-for")
            slack.granted = scopes()
            assert {line.split()[0] for line in (await examined(good)).values()} == {"ok"}
            slack.granted = ["commands"]
            assert "chat:write" in (await examined(good))["slack scopes"]
            assert (await examined(good, slack_bot_token="xoxb-other"))["slack workspace"].startswith("missing")
            assert "xapp-" in (await examined(good, slack_app_token="xoxb-1"))["SCENEDESK_SLACK_APP_TOKEN"]
            plain = await house.token_of("slack-bot", "write")
            assert (await examined(plain))["scenedesk token"].startswith("missing")


def test_the_manifest_makes_the_app_the_settings_speak_of() -> None:
    assert f'"command": "{Settings(_env_file=None).slack.command}"' in MANIFEST.read_text(encoding="utf-8")
