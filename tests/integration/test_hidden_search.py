"""What somebody may not see is in no hit, count, rank, answer, sum or bulk edit of theirs: on a real index."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

import embed_service.app
import gateway.app
import search_service.app
from kernel.settings import Settings
from kernel.wire import open_wire
from tests.accounts import BASE, ROLES, House
from tests.rooms import Rooms

MINJI = {"group": "NJZ", "member": "김민지", "confidence": 0.9}
ROWS = [
    {"timestamp": at, "video_id": video, "caption": f"a woman is eating noodles in {place}", "faces": [MINJI]}
    for video, place in (("open", "a park"), ("secret", "a secret park"))
    for at in (10, 400)
]
NOODLES = {"query": "noodles in a park"}


@pytest.fixture
async def house(settings: Settings, database_url: str) -> AsyncIterator[House]:
    """Everybody signed in; two videos of which one is shown to its named people alone: the admin."""
    strict = settings.model_copy(update={"access": "accounts"})
    wires: list[httpx.AsyncClient] = []
    app = gateway.app.create_app(strict, database_url, lambda: wires[0])
    apps = {
        **Rooms(strict).apps(),
        "embed-service": embed_service.app.create_app(strict, database_url),
        "search-service": search_service.app.create_app(strict, database_url, lambda: wires[0]),
        "gateway": app,
    }
    async with open_wire(apps) as wire:
        wires.append(wire)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as nobody:
            opened = House(app, nobody, strict)
            for role in ROLES:
                await opened.add(role, role)
                await opened.signed_in(role)
            admin = opened.clients["admin"]
            (await admin.post("/v1/imports", json={"rows": ROWS})).raise_for_status()
            yield opened
            await opened.close()


async def hide(house: House) -> tuple[str, str]:
    """The ids of the video everybody sees and of the hidden one."""
    admin = house.clients["admin"]
    videos = {one["title"]: one["id"] for one in (await admin.get("/v1/videos")).json()["items"]}
    shown = {"audience": "named", "accounts": []}
    (await admin.put(f"/v1/videos/{videos['secret']}/visibility", json=shown)).raise_for_status()
    return videos["open"], videos["secret"]


async def asked(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_is_hidden_is_in_no_search_and_no_answer(house: House) -> None:
    before = await asked(house.clients["viewer"], "/v1/search", NOODLES)
    assert len(before["hits"]) == 4
    seen, secret = await hide(house)
    hidden = {hit["segment_id"] for hit in before["hits"] if hit["video_id"] == secret}
    assert len(hidden) == 2
    for role, sees in (("viewer", {seen}), ("editor", {seen}), ("admin", {seen, secret})):
        client = house.clients[role]
        found = await asked(client, "/v1/search", NOODLES)
        assert {hit["video_id"] for hit in found["hits"]} == sees
        [who] = found["facets"]["people"]
        assert who["count"] == 2 * len(sees)
        answer = await client.post("/v1/answers", json={"query": "Who is eating noodles?"})
        streamed = await client.post("/v1/answers/stream", json={"query": "Who is eating noodles?"})
        summed = await client.post("/v1/summaries", json={"query": "noodles"})
        for told in (answer, streamed, summed):
            assert told.status_code == 200
            assert ("secret" in told.text) == (secret in sees), told.text
        other = next(hit["segment_id"] for hit in found["hits"] if hit["video_id"] == seen)
        like = await client.get(f"/v1/segments/{other}/similar")
        assert like.status_code == 200
        assert any(one in like.text for one in hidden) == (secret in sees)


async def test_a_bulk_edit_of_what_is_found_leaves_what_is_hidden_alone(house: House) -> None:
    seen, secret = await hide(house)
    bulk = {"question": NOODLES, "command": {"op": "tag", "add": ["noodles"]}}
    done = await house.clients["editor"].post("/v1/edits", json=bulk, headers={"Idempotency-Key": "bulk"})
    assert done.status_code == 201, done.text
    assert [one["video_id"] for one in done.json()["videos"]] == [seen]
    listed = (await house.clients["admin"].get(f"/v1/videos/{secret}/segments")).json()["items"]
    assert [one["tags"] for one in listed] == [[], []]
    told = (await house.clients["viewer"].get(f"/parts/videos/{seen}/history")).text
    assert "Editor ·" in told, "who did it, by name"
    assert str(house.people["editor"].id) not in told
