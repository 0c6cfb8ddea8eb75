"""The doors of search over a real gateway: everything search-service says comes through, with what shows it."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kernel.contracts.finding import SearchAnswer, Suggestions
from kernel.contracts.search import Chip, Evidence, Facet, Facets, Hit, SearchRequest
from kernel.contracts.time import Span
from tests.rooms import Rooms

A, B = UUID(int=1), UUID(int=2)


def hit(**said: Any) -> Hit:
    usual: dict[str, Any] = {
        "segment_id": uuid4(),
        "video_id": uuid4(),
        "title": "여름 캠프 2일차",
        "span": Span(start_ms=2000, end_ms=6000),
        "text_ko": "민지가 잔다.",
        "text_en": None,
        "origin": "machine",
        "observed": False,
        "caption_model": None,
        "people": [],
        "unknown_faces": 0,
        "score": 0.8,
        "evidence": [],
    }
    return Hit(**usual | said)


async def test_everything_that_is_said_comes_through(door: httpx.AsyncClient, rooms: Rooms) -> None:
    person = (await door.post("/v1/people", json={"name": "김민지", "aliases": ["Minji"]})).json()
    other = uuid4()
    rooms.answers = [
        hit(
            segments=[uuid4(), uuid4()],
            moments=[Span(start_ms=3000, end_ms=4000)],
            probability=0.93,
            missing=["공원"],
            evidence=[Evidence(kind="translation", text="sleeping", asked="자는", score=0.4, probability=0.7)],
        )
    ]
    rooms.said_of_answers = {
        "chips": [Chip(key="person:민지", kind="person", written="민지가", label_ko="김민지", label_en="Minji")],
        "rest": "공원",
        "facets": Facets(
            people=[Facet(id=person["id"], count=3), Facet(id=other, count=1)], days=[Facet(day="2026-07-12", count=2)]
        ),
        "missing": ["공원"],
        "nearest": [hit()],
    }
    said = SearchAnswer.model_validate((await door.get("/v1/search", params={"q": "민지가 공원"})).json())
    found = rooms.answers[0]
    assert (said.chips, said.rest, said.missing) == (rooms.said_of_answers["chips"], "공원", ["공원"])
    assert said.hits[0].model_dump(include={"segments", "moments", "probability", "missing", "evidence"}) == (
        found.model_dump(include={"segments", "moments", "probability", "missing", "evidence"})
    )
    # Somebody the gallery does not have (any more) is no facet.
    assert [(one.label_ko, one.label_en, one.count) for one in said.facets.people] == [("김민지", "Minji", 3)]
    assert [(one.label_ko, one.count) for one in said.facets.days] == [("2026. 7. 12.", 2)]
    assert said.nearest[0].captions[0].text == "민지가 잔다."


async def test_every_filter_can_be_said_by_address(door: httpx.AsyncClient, rooms: Rooms) -> None:
    asked = (
        f"/v1/search?q=자는&person={A}&group={B}&without={B}&only=true&video={A}&video={B}&scale=close_up&origin=human"
        f"&since=2026-07-01&until=2026-07-31&certain=0.9&ignored=person:민지&meant={A}&plain=true&limit=7&lang=ko"
    )
    assert (await door.get(asked)).status_code == 200
    expected = SearchRequest(
        query="자는",
        people=[A],
        groups=[B],
        without=[B],
        only=True,
        videos=[A, B],
        scales=["close_up"],
        origins=["human"],
        since="2026-07-01",
        until="2026-07-31",
        certain=0.9,
        ignored=["person:민지"],
        meant=[A],
        understand=False,
        limit=7,
    )
    assert rooms.questions == [expected]


@pytest.mark.parametrize(
    ("wrong", "korean"), [("person=x", "person"), ("since=gestern", "since"), ("certain=2", "1.0 이하여야 합니다")]
)
async def test_a_wrong_filter_is_refused_in_words(
    door: httpx.AsyncClient, rooms: Rooms, wrong: str, korean: str
) -> None:
    refused = await door.get(f"/v1/search?{wrong}", headers={"Accept-Language": "ko"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert korean in refused.json()["detail"]
    assert rooms.questions == []


async def test_names_are_suggested_as_they_are_typed(door: httpx.AsyncClient) -> None:
    for name, aliases in (("김민지", ["Minji"]), ("하니", ["Hanni"])):
        await door.post("/v1/people", json={"name": name, "aliases": aliases, "group": "NJZ"})
    rows = [{"timestamp": 1, "video_id": "camp", "caption": "a cup", "faces": []}]
    await door.post("/v1/import", json=rows)

    async def suggested(typed: str) -> list[tuple[str, str, str]]:
        answer = await door.get("/v1/suggestions", params={"q": typed})
        items = Suggestions.model_validate(answer.json()).items
        return [(one.kind, one.label_ko, one.query) for one in items]

    assert await suggested("하니랑 민ㅈ") == [("person", "김민지", "하니랑 김민지")]
    assert await suggested("ㅎㄴ") == [("person", "하니", "하니")]
    assert await suggested("with han") == [("person", "하니", "with Hanni")]
    assert await suggested("njz") == [("group", "NJZ", "NJZ")]
    assert await suggested("cam") == [("video", "camp", "")]
    assert await suggested("  ") == []
    assert await suggested("민지가 자는 장면") == []


async def test_a_preview_is_of_exactly_a_moment(door: httpx.AsyncClient, footage: Path) -> None:
    with footage.open("rb") as file:
        taken = (await door.post("/v1/videos", files={"file": ("day2.mp4", file)})).json()
    address = f"/v1/videos/{taken['video']['id']}/preview.mp4"
    shown = await door.get(address, params={"start_ms": 200, "end_ms": 800})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "video/mp4")
    for start, end in ((1500, 1500), (2000, 1000), (0, 60_001)):
        assert (await door.get(address, params={"start_ms": start, "end_ms": end})).status_code == 422
    assert (await door.get(f"/v1/videos/{uuid4()}/preview.mp4?start_ms=0&end_ms=1")).status_code == 404
