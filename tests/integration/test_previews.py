"""Signed links to one clip: who has one sees that clip, for as long as it opens, and nothing by guessing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from gateway.access import keys, previewing
from gateway.access.linking import signing_key
from gateway.access.who import Who
from gateway.library import accounts
from kernel.contracts.time import Span
from kernel.settings import Settings
from tests.accounts import House, open_house
from tests.media_samples import encode

MOMENT = {"start_ms": 200, "end_ms": 800}


async def a_video(house: House, folder: Path) -> str:
    path = folder / "film.mp4"
    encode(path, seconds=1)
    sent = await house.clients["admin"].post("/v1/videos", files={"file": ("film.mp4", path.read_bytes())})
    return str(sent.json()["video"]["id"])


async def a_link(client: httpx.AsyncClient, video: str) -> str:
    made = await client.post(f"/v1/videos/{video}/preview-links", json=MOMENT)
    assert made.status_code == 201, made.text
    return httpx.URL(made.json()["address"]).path


async def test_whoever_has_the_link_sees_the_clip_and_nothing_else(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    async with open_house(settings, database_url) as house:
        video = await a_video(house, tmp_path)
        path = await a_link(house.clients["viewer"], video)
        clip = await house.nobody.get(path)
        assert (clip.status_code, clip.headers["content-type"]) == (200, "video/mp4")
        own = await house.clients["viewer"].get(f"/v1/videos/{video}/preview.mp4", params=MOMENT)
        assert clip.content == own.content
        assert (clip.headers["cache-control"], clip.headers["referrer-policy"]) == ("private, no-store", "no-referrer")
        part = await house.nobody.get(path, headers={"Range": "bytes=0-9"})
        assert (part.status_code, part.content) == (206, clip.content[:10])
        for further in (f"/v1/videos/{video}/media", f"/v1/videos/{video}/preview.mp4?start_ms=0&end_ms=900"):
            assert (await house.nobody.get(further)).status_code == 401
        moving = await house.clients["viewer"].get(f"/v1/videos/{video}/preview.gif", params=MOMENT)
        assert moving.content.startswith(b"GIF8")


async def test_what_was_changed_or_signed_for_something_else_opens_nothing(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    async with open_house(settings, database_url) as house:
        video = await a_video(house, tmp_path)
        path = await a_link(house.clients["viewer"], video)
        said = path.rpartition("/")[2]
        wider = previewing.Shown(
            video_id=UUID(video), span=Span(start_ms=0, end_ms=900), by=None, until=datetime.now(UTC) + timedelta(1)
        ).model_dump_json()
        key = await signing_key(house.desk)
        forged = [
            said[:-1] + ("0" if said[-1] != "0" else "1"),
            "x" + said,
            keys.signed("another key", previewing.PURPOSE, wider),
            keys.signed(key, "link", wider),
            keys.signed(key, previewing.PURPOSE, wider).partition(".")[0] + "." + said.partition(".")[2],
            "nothing",
            "%ED%95%9C.%ED%95%9C",
        ]
        answers = [await house.nobody.get(f"/previews/{one}") for one in forged]
        assert [one.status_code for one in answers] == [410] * len(forged)


async def test_a_link_ends_by_time_and_with_the_sight_of_who_had_it_made(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    async with open_house(settings, database_url) as house:
        video = await a_video(house, tmp_path)
        viewer = Who("viewer", "session", house.people["viewer"])
        long_ago = datetime.now(UTC) - timedelta(minutes=settings.media.preview_link_minutes, seconds=1)
        old = await previewing.offer(house.desk, viewer, UUID(video), Span(**MOMENT), long_ago)
        assert (await house.nobody.get(httpx.URL(old.address).path)).status_code == 410
        path, others = await a_link(house.clients["viewer"], video), await a_link(house.clients["editor"], video)
        hide = {"audience": "editors"}
        assert (await house.clients["admin"].put(f"/v1/videos/{video}/visibility", json=hide)).status_code == 200
        assert (await house.nobody.get(path)).status_code == 410
        assert (await house.nobody.get(others)).status_code == 200
        refused = await house.clients["viewer"].post(f"/v1/videos/{video}/preview-links", json=MOMENT)
        assert refused.status_code == 404
        async with house.desk.database.transaction() as connection:
            await accounts.set_disabled(connection, house.people["editor"].id, disabled=True)
        assert (await house.nobody.get(others)).status_code == 410


@pytest.mark.parametrize("moment", [{"start_ms": 5, "end_ms": 5}, {"start_ms": 0, "end_ms": 60_001}])
async def test_a_moment_that_is_none_or_over_a_minute_is_refused(
    settings: Settings, database_url: str, tmp_path: Path, moment: dict[str, int]
) -> None:
    async with open_house(settings, database_url) as house:
        video, viewer = await a_video(house, tmp_path), house.clients["viewer"]
        assert (await viewer.post(f"/v1/videos/{video}/preview-links", json=moment)).status_code == 422
        assert (await viewer.get(f"/v1/videos/{video}/preview.gif", params=moment)).status_code == 422
