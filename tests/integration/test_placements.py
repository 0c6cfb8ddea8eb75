"""What other programs show of the archive: noted by their services, shown again, and taken back in time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kernel.settings import Settings
from tests.accounts import House, open_house
from tests.timelines import a_timeline

CARD, FILE, SAID = "slack:T1:C1:1.1", "slack:F1", "slack:T1:C1:1.2"


class Shown:
    """A service that acts for people, and a video with scenes."""

    def __init__(self, house: House, secret: str, video_id: UUID, segment_id: UUID) -> None:
        self.house, self.video_id, self.segment_id = house, video_id, segment_id
        self.service = house.client(Authorization=f"Bearer {secret}")

    async def place(self, *kinds: tuple[str, str], who: str = "editor", **said: Any) -> httpx.Response:
        its = {"video_id": str(self.video_id), "segment_id": str(self.segment_id), "version": 1} | said
        body = {"placements": [{"elsewhere": where, "kind": kind} | its for where, kind in kinds]}
        return await self.service.put("/v1/placements", json=body, headers={"Scenedesk-Act-For": who})

    async def due(self) -> dict[str, str]:
        page = (await self.service.get("/v1/placements/due", params={"program": "slack"})).json()
        return {one["elsewhere"]: one["due"] for one in page["items"]}

    async def edit(self, command: dict[str, Any]) -> None:
        version = (await self.house.clients["admin"].get(f"/v1/videos/{self.video_id}")).json()["version"]
        path = f"/v1/videos/{self.video_id}/edits"
        done = await self.house.clients["admin"].post(
            path, json={"command": command}, headers={"If-Match": f'"{version}"'}
        )
        assert done.status_code == 201, done.text

    async def audience(self, said: dict[str, Any]) -> None:
        path = f"/v1/videos/{self.video_id}/visibility"
        assert (await self.house.clients["admin"].put(path, json=said)).status_code == 200


@pytest.fixture
async def shown(settings: Settings, database_url: str, tmp_path: Path) -> AsyncIterator[Shown]:
    async with open_house(settings, database_url) as house:
        await house.add("bot", "viewer", kind="service")
        secret = await house.token_of("bot", "write", "act-for")
        video_id, segments = await a_timeline(house.desk.database, 2)
        opened = Shown(house, secret, video_id, segments[0].id)
        yield opened
        await opened.service.aclose()


EVERYTHING = ((CARD, "card"), (FILE, "file"), (SAID, "message"))


async def test_a_card_is_due_when_its_scene_changes_is_gone_and_is_back(shown: Shown) -> None:
    assert (await shown.place(*EVERYTHING)).status_code == 204
    assert await shown.due() == {}
    its = [str(shown.segment_id)]
    await shown.edit({"op": "caption", "segment_ids": its, "language": "ko", "text": "고침"})
    assert await shown.due() == {CARD: "changed"}
    await shown.place((CARD, "card"), version=2)
    assert await shown.due() == {}
    await shown.edit({"op": "delete", "segment_ids": its})
    assert await shown.due() == {CARD: "changed", FILE: "ended"}
    await shown.place((CARD, "card"), version=3, gone=True)
    for status in (204, 404):
        assert (await shown.service.delete(f"/v1/placements/{FILE}")).status_code == status
    assert await shown.due() == {}
    await shown.edit({"op": "undo", "version": 3})
    assert await shown.due() == {CARD: "changed"}
    where = {"program": "slack", "segment_id": str(shown.segment_id)}
    listed = (await shown.service.get("/v1/placements", params=where)).json()
    assert {one["elsewhere"]: one["open"] for one in listed} == {CARD: True, SAID: True}


async def test_what_fewer_may_see_than_when_it_was_placed_is_taken_back(shown: Shown) -> None:
    await shown.place(*EVERYTHING)
    await shown.audience({"audience": "editors"})
    assert await shown.due() == dict.fromkeys((CARD, FILE, SAID), "ended")
    await shown.audience({"audience": "everyone"})
    assert await shown.due() == {}
    named = {"audience": "named", "accounts": [str(shown.house.people["viewer"].id)]}
    await shown.audience(named)
    assert (await shown.place((CARD, "card"), who="editor")).status_code == 404, "hidden from them"
    again = "slack:T1:C1:2.1"
    assert (await shown.place((again, "card"), who="viewer")).status_code == 204
    assert again not in await shown.due(), "shared on purpose, by somebody who may see it"
    await shown.audience(named | {"accounts": []})
    assert (await shown.due())[again] == "ended", "not even whoever placed it"


async def test_what_has_its_time_or_no_video_is_taken_back(shown: Shown) -> None:
    until = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    await shown.place((FILE, "file"), until=until)
    assert await shown.due() == {FILE: "ended"}
    await shown.place((FILE, "file"), until=None)
    assert await shown.due() == {}
    await shown.place((CARD, "card"), video_id=str(uuid4()))
    assert await shown.due() == {CARD: "ended"}


async def test_of_somebody_who_is_forgotten_nothing_stays_elsewhere(shown: Shown) -> None:
    admin = shown.house.clients["admin"]
    person = (await admin.post("/v1/people", json={"name": "하니"})).json()["id"]
    await shown.edit({"op": "people", "segment_ids": [str(shown.segment_id)], "add": [person]})
    face = "slack:F2"
    await shown.place((CARD, "card"), (SAID, "message"), version=2, details={"note": "하니 여기", "by": "U1"})
    await shown.place((face, "file"), segment_id=None)
    assert await shown.due() == {}
    assert (await admin.delete(f"/v1/people/{person}")).status_code == 200
    assert await shown.due() == {CARD: "changed", SAID: "ended", face: "ended"}
    where = {"program": "slack", "segment_id": str(shown.segment_id)}
    listed = (await shown.service.get("/v1/placements", params=where)).json()
    assert {one["elsewhere"]: one["details"] for one in listed} == {CARD: {"by": "U1"}, SAID: {"by": "U1"}}


async def test_due_placements_come_in_pages(shown: Shown) -> None:
    await shown.place(*((f"slack:T1:C1:{number}.1", "card") for number in range(5)), version=-1)
    found, cursor = [], None
    while True:
        params = {"program": "slack", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await shown.service.get("/v1/placements/due", params=params)).json()
        found += [one["elsewhere"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == [f"slack:T1:C1:{number}.1" for number in range(5)]


async def test_only_a_service_that_acts_for_people_notes_and_reads_them(shown: Shown) -> None:
    its = {"video_id": str(shown.video_id), "segment_id": str(shown.segment_id)}
    body = {"placements": [{"elsewhere": CARD, "kind": "card"} | its]}
    refused = await shown.house.clients["admin"].put("/v1/placements", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_act_for")
    assert (await shown.service.put("/v1/placements", json=body)).status_code == 204, "as itself"
    for path in ("/v1/placements/due", "/v1/placements"):
        where = {"program": "slack", "segment_id": str(shown.segment_id)}
        refused = await shown.house.clients["admin"].get(path, params=where)
        assert (refused.status_code, refused.json()["code"]) == (403, "may_not_act_for")
    assert (await shown.house.clients["admin"].delete(f"/v1/placements/{CARD}")).status_code == 403


async def test_whom_a_service_knows_by_their_login_is_listed_and_not_let_in_by_that(shown: Shown) -> None:
    name, acting = {"elsewhere": "slack:T2:U8", "name": "민지"}, {"Scenedesk-Act-For": "editor"}
    assert (await shown.service.put("/v1/me/links", json=name)).status_code == 403
    for _ in range(2):
        assert (await shown.service.put("/v1/me/links", json=name, headers=acting)).status_code == 204
    listed = (await shown.service.get("/v1/links", params={"program": "slack"})).json()["items"]
    assert [(one["elsewhere"], one["confirmed"]) for one in listed] == [("slack:T2:U8", False)]
    refused = await shown.service.get("/v1/me", headers={"Scenedesk-Act-For": "slack:T2:U8"})
    assert refused.json()["code"] == "may_not_act_for"
