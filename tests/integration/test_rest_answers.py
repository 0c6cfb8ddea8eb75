"""The front door's answers over imported footage, with a real index and search behind it, and no language model."""

import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import embed_service.app
import gateway.app
import search_service.app
from kernel.settings import Settings
from kernel.wire import open_wire
from tests.fake_gemini import Asked, gemini
from tests.rooms import Rooms

MINJI = {"group": "NJZ", "member": "김민지", "confidence": 0.9}
ROWS = [
    {"timestamp": 12, "video_id": "day2", "caption": "a woman is eating noodles in a park", "faces": [MINJI]},
    {"timestamp": 40, "video_id": "day2", "caption": "a woman is sleeping on a sofa", "faces": [MINJI]},
]
PEOPLE = [{"member": "김민지", "group": "NJZ", "aliases": ["민지", "Kim Minji"]}]


@asynccontextmanager
async def opened(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    wires: list[httpx.AsyncClient] = []
    app: FastAPI = gateway.app.create_app(settings, database_url, lambda: wires[0])
    apps = {
        **Rooms(settings).apps(),
        "embed-service": embed_service.app.create_app(settings, database_url),
        "search-service": search_service.app.create_app(settings, database_url, lambda: wires[0]),
        "gateway": app,
    }
    async with open_wire(apps) as wire:
        wires.append(wire)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            await client.post("/v1/imports", json={"rows": ROWS, "people": PEOPLE})
            yield client


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with opened(settings, database_url) as client:
        yield client


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data:")) for line in answer.text.splitlines() if line.startswith("data:")]


async def test_a_question_is_answered_with_what_opens_its_scenes(door: httpx.AsyncClient) -> None:
    answer = (await door.post("/v1/answers", json={"query": "질문: 민지가 공원에서 뭐 했어?"})).json()
    assert (answer["kind"], answer["why_extractive"], answer["language"]) == ("extractive", "not_configured", "ko")
    first = answer["sentences"][0]
    assert "김민지가 보이고" in first["text"]
    [citation] = first["citations"]
    assert citation["span"] == {"start_ms": 12_000, "end_ms": 13_000}
    assert citation["link"].endswith(f"/videos/{citation['video_id']}?t=12000")
    assert answer["found"]["hits"][0]["segment_id"] == citation["segment_id"]
    asked = {"q": "What is Minji doing in the park?"}
    streams = [
        await door.post("/v1/answers/stream", json={"query": asked["q"]}),
        await door.get("/v1/answers/stream", params=asked),
    ]
    for streamed in map(events, streams):
        kinds = [event["kind"] for event in streamed]
        assert kinds == ["hits", *["sentence"] * (len(kinds) - 2), "done"]
        assert streamed[-1]["answer"]["sentences"] == [event["sentence"] for event in streamed[1:-1]]
        assert streamed[-1]["answer"]["language"] == "en"
    assert (await door.get("/v1/answers/stream", params={"since": "soon"})).status_code == 422


async def test_nothing_asked_is_refused_and_a_filter_asks(door: httpx.AsyncClient) -> None:
    for nothing in ("", "질문:", "Question: ?"):
        refused = await door.post("/v1/answers", json={"query": nothing})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
        assert (await door.get("/v1/answers/stream", params={"q": nothing})).status_code == 422
    assert (await door.post("/v1/answers", json={"query": "", "origins": ["import"]})).status_code == 200


async def test_the_page_of_a_question_hears_its_answer_and_shows_what_was_asked_about(door: httpx.AsyncClient) -> None:
    page = (await door.get("/search", params={"q": "질문: 민지가 공원에서 뭐 했어?"})).text
    [address] = re.findall(r'data-answer="([^"]+)"', page)
    told = events(await door.get(html.unescape(address)))
    assert told[-1]["answer"]["kind"] == "extractive"
    assert "noodles" in page.replace("<mark>", "").replace("</mark>", "")
    assert re.findall(r'id="hit-([^"]+)"', page)[0] == told[0]["found"]["hits"][0]["segment_id"]
    assert "lacks" not in page  # neither "질문" nor "뭐" is missing from any scene


async def test_videos_people_and_lists_are_summed_up(door: httpx.AsyncClient) -> None:
    video = (await door.get("/v1/videos")).json()["items"][0]["id"]
    person = (await door.get("/v1/people")).json()["items"][0]["id"]
    of_video = (await door.get(f"/v1/videos/{video}/summary", params={"language": "ko"})).json()
    assert of_video["sentences"][0]["text"] == "김민지(0:02)가 나오는 장면이 있습니다."
    assert (of_video["segments"], of_video["complete"]) == (2, True)
    of_person = (await door.get(f"/v1/people/{person}/summary", headers={"Accept-Language": "en"})).json()
    assert of_person["text"].startswith("Seen here: Kim Minji" if "Kim" in of_person["text"] else "Seen here: ")
    of_list = (await door.post("/v1/summaries", json={"query": "noodles", "language": "en"})).json()
    assert "noodles" in of_list["text"]
    for path in ("videos", "people"):
        assert (await door.get(f"/v1/{path}/{'0' * 8}-0000-0000-0000-{'0' * 12}/summary")).status_code == 404


async def test_a_name_corrected_since_is_the_name_in_the_answer(settings: Settings, database_url: str) -> None:
    def reply(asked: Asked) -> Any:
        first = json.loads(asked.material)["segments"][0]
        return {"sentences": [{"text": f"{first['people'][0]}가 국수를 먹고 있다.", "segments": [1]}]}

    async with gemini(settings) as (fake, asking), opened(asking, database_url) as door:
        fake.reply = reply
        question = {"query": "민지가 공원에서 뭐 했어?", "limit": 1}
        assert (await door.post("/v1/answers", json=question)).json()["text"] == "김민지가 국수를 먹고 있다."
        person = (await door.get("/v1/people")).json()["items"][0]["id"]
        await door.put(f"/v1/people/{person}", json={"name": "박서연", "aliases": ["민지"]})
        again = (await door.post("/v1/answers", json=question)).json()
        assert (again["kind"], again["text"]) == ("generated", "박서연이 국수를 먹고 있다.")
        assert fake.calls == 1  # who somebody is was never asked: the same answer, with the name they have now
