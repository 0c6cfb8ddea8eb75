"""Slack's door without Slack: healthy, and plain about what is missing; and what keeps it from working, found out."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from kernel.settings import Settings, Slack
from kernel.wire import open_wire
from slack_bot.app import create_app
from slack_bot.examination import MANIFEST, examine, manifest, scopes
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

            async def examined(
                token: str, public_url: str = "https://desk.example.org", **tokens: str
            ) -> dict[str, str]:
                part = Slack(token=SecretStr(token), api_url=f"{slack.address}/api/", approval_channels=("C1", "C2"))
                said = {"slack_bot_token": fake_slack.BOT_TOKEN, "slack_app_token": fake_slack.APP_TOKEN} | tokens
                secrets = {name: SecretStr(value) for name, value in said.items()}
                found = await examine(
                    settings.model_copy(update=secrets | {"slack": part, "public_url": public_url}), lambda: wire
                )
                return {one.name: f"{one.state} {one.found}" for one in found}

            good = await house.token_of("slack-bot", "write", "act-for")
            slack.granted = scopes()
            assert {line.split()[0] for line in (await examined(good)).values()} == {"ok"}
            assert (await examined(good, "http://127.0.0.1:8000"))["slack links"].startswith("weak")
            slack.away_from.add("C2")
            channels = [line for name, line in (await examined(good)).items() if name.startswith("slack channel")]
            assert [line.split()[0] for line in channels] == ["ok", "missing"]
            for scope in ("chat:write", "channels:history", "groups:history"):
                slack.granted = [one for one in scopes() if one != scope]
                assert (await examined(good))["slack scopes"] == f"missing lacking: {scope}"
            assert (await examined(good, slack_bot_token="xoxb-other"))["slack workspace"].startswith("missing")
            assert "xapp-" in (await examined(good, slack_app_token="xoxb-1"))["SCENEDESK_SLACK_APP_TOKEN"]
            plain = await house.token_of("slack-bot", "write")
            assert (await examined(plain))["scenedesk token"].startswith("missing")


def alone(slack: fake_slack.Slack, address: str | None = None) -> Settings:
    """A bot with every token, whose Slack is there, or at an address where nobody is."""
    part = Slack(token=SecretStr("sd_1"), api_url=f"{address or slack.address}/api/")
    tokens = {"slack_bot_token": SecretStr(fake_slack.BOT_TOKEN), "slack_app_token": SecretStr(fake_slack.APP_TOKEN)}
    return Settings(_env_file=None, **tokens, slack=part)


def silent() -> httpx.AsyncClient:
    """A wire on which nobody answers."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    return httpx.AsyncClient(transport=httpx.MockTransport(refuse))


async def test_when_scenedesk_is_down_whoever_asks_is_told_what_to_do() -> None:
    pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
    async with (
        fake_slack.slack(Settings(_env_file=None)) as slack,
        silent() as wire,
        open_wire({"slack-bot": create_app(alone(slack), lambda: wire)}),
    ):
        await slack.connected()
        answer, _ = await slack.deliver("slash_commands", slack.command("민지"))
        assert answer == {}
        await slack.until(lambda: any("응답하지 않습니다" in one.text for one in slack.said))


async def test_slack_that_is_away_at_first_keeps_nobody_from_starting() -> None:
    pytest.importorskip("aiohttp", reason="Slack's library needs the extra `slack`")
    async with fake_slack.slack(Settings(_env_file=None)) as slack, silent() as wire:
        slack.failures["apps.connections.open"] = ["internal_error"]
        async with open_wire({"slack-bot": create_app(alone(slack), lambda: wire)}) as bot:
            assert (await bot.get("http://slack-bot:8000/healthz")).status_code == 200
            await slack.connected()
        nowhere = alone(slack, "http://127.0.0.1:1")
        async with asyncio.timeout(10):
            async with open_wire({"slack-bot": create_app(nowhere, lambda: wire)}) as bot:
                assert (await bot.get("http://slack-bot:8000/readyz")).status_code == 200


def test_the_manifest_names_every_event_that_is_listened_to() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    told = manifest["settings"]["event_subscriptions"]["bot_events"]
    door = (MANIFEST.parent / "door.py").read_text(encoding="utf-8")
    assert {event.partition(".")[0] for event in told} == set(re.findall(r"""app\.event\("(\w+)"\)""", door))
    of_channels = [event.partition(".")[2] for event in told if event.startswith("message.")]
    assert of_channels == ["channels", "groups"]
    assert {f"{kind}:history" for kind in of_channels} <= set(scopes()), "Slack sends no event without its scope"


def test_the_manifest_is_made_for_the_settings_there_are() -> None:
    plain = Settings(_env_file=None)
    assert manifest(plain) == json.loads(MANIFEST.read_text(encoding="utf-8")), "links to this machine unfurl nowhere"
    part = Slack(command="/장면", signing_secret=SecretStr("s"))
    over_http = plain.model_copy(update={"public_url": "https://desk.example.org/", "slack": part})
    made = manifest(over_http)
    address = "https://desk.example.org/slack/events"
    assert (
        made["features"]["slash_commands"][0] | {"command": "/장면", "url": address}
        == (made["features"]["slash_commands"][0])
    )
    assert made["features"]["unfurl_domains"] == ["desk.example.org"]
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert not made["settings"]["socket_mode_enabled"]
    token = over_http.model_copy(update={"slack_app_token": SecretStr("xapp-1")})
    assert manifest(token)["settings"]["socket_mode_enabled"]


def test_the_manifest_makes_the_app_the_settings_speak_of() -> None:
    assert f'"command": "{Settings(_env_file=None).slack.command}"' in MANIFEST.read_text(encoding="utf-8")
