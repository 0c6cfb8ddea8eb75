"""Fifty matches rejected, fifty approved: no other backend, no other sampling brings one back or loses one."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from gateway.identity.deciding import Verdict, undo
from kernel.contracts.library import Track
from kernel.settings import Captions, Faces, Media, Pipeline, Settings
from kernel.storage.database import Database
from tests.films import A_SCENE, COLUMNS, ROWS, SECONDS, Product, Request, Somebody, compose, everybody

VIDEOS, A_VIDEO = 3, 3 * A_SCENE

Place = tuple[UUID, int, int]
"""A video, its scene, and the tile in it: which face of the world it is, whatever follows it."""


def place_of(track: Track) -> Place:
    box = track.faces[0].box
    column, row = int((box.left + box.right) / 2 * COLUMNS), int((box.top + box.bottom) / 2 * ROWS)
    middle = (track.faces[0].at_ms + track.faces[-1].at_ms) // 2
    return track.video_id, middle // (1000 * SECONDS), row * COLUMNS + column


@pytest.fixture
async def product(settings: Settings, database: Database, database_url: str, tmp_path: Path) -> Product:
    few = {
        "media": Media(roots=(tmp_path,)),
        "captions": Captions(detector_dir=Path("/nowhere")),
        "faces": Faces(backend="edge"),
    }
    return Product(settings.model_copy(update=few), database_url, database)


@pytest.mark.long
@pytest.mark.timeout(1200)  # six indexings of three films by two backends
async def test_rejected_matches_never_return_and_approved_ones_stay(
    product: Product, database: Database, shared: Path, tmp_path: Path
) -> None:
    people = everybody(shared, VIDEOS * A_VIDEO)
    assert len(people) == VIDEOS * A_VIDEO == 54
    work: list[Request] = []
    for number in range(VIDEOS):
        film = tmp_path / f"{number}.mp4"
        await asyncio.to_thread(compose, film, people[number * A_VIDEO : (number + 1) * A_VIDEO])
        work.append(("POST", "/v1/videos/by-path", {"json": {"path": str(film)}}))
    ids = await enrolled(product, people)
    await product.doing(work, faces=Faces(backend="edge"))
    videos = [UUID(one["id"]) for one in (await _json(product, "/v1/videos"))["items"]]

    # Reject everybody the machine has named.
    named = {place_of(t): t for video in videos for t in await product.tracks(video) if t.person_id is not None}
    assert len(named) >= 50
    models = {track.model_id for track in named.values()}
    rejected = {place: track.person_id for place, track in named.items()}
    decision = await product.rule([Verdict(track.id, "is_not", track.person_id) for track in named.values()])
    assert (decision.rulings, len(decision.edits)) == (len(named), VIDEOS)
    await none_returns(product, videos, rejected, found_again=len(named))

    await product.doing(again(videos), faces=Faces(backend="dlib"), pipeline=Pipeline(sample_fps=3))
    await none_returns(product, videos, rejected, found_again=45)
    assert {t.model_id for video in videos for t in await product.tracks(video)}.isdisjoint(models), "another model"
    await product.doing(again(videos), faces=Faces(backend="edge"), pipeline=Pipeline(sample_fps=8))
    await none_returns(product, videos, rejected, found_again=len(named))

    # Undone, the machine's own opinion is back; then everybody is approved as somebody else.
    await undo(database, decision.id, actor="person", door="page")
    back = {place_of(t): t for video in videos for t in await product.tracks(video)}
    assert {place: track.person_id for place, track in back.items() if place in rejected} == rejected
    other = dict(zip(ids, [*ids[1:], ids[0]], strict=True))
    approved = {place: other[who] for place, who in rejected.items() if who is not None}
    await product.rule([Verdict(back[place].id, "is", who) for place, who in approved.items()])
    for backend, rate in (("dlib", 5), ("edge", 4)):
        looks = {"faces": Faces(backend=backend), "pipeline": Pipeline(sample_fps=rate)}
        await product.doing(again(videos), **looks)
        now = {place_of(t): t for video in videos for t in await product.tracks(video)}
        kept = {place: now[place].person_id for place in approved if place in now}
        assert kept == {place: approved[place] for place in kept}
        assert len(kept) >= 45
        assert all(now[place].ruled for place in kept)
        for video in videos:
            said = {p.person_id for s in await product.segments(video) for p in s.people if p.ruled}
            assert said == {who for place, who in kept.items() if place[0] == video}


async def enrolled(product: Product, people: Sequence[Somebody]) -> list[UUID]:
    """Everybody in the gallery by one photo; their ids in order."""
    await product.doing([("POST", "/v1/people", {"json": {"name": one.name}}) for one in people])
    listed = [*(await _json(product, "/v1/people?limit=200"))["items"]]
    by_name = {one["name"]: UUID(one["id"]) for one in listed}
    photos = [
        (
            "POST",
            f"/v1/people/{by_name[one.name]}/references",
            {"files": {"photo": (f"{one.name}.jpg", one.known_by.read_bytes())}},
        )
        for one in people
    ]
    await product.doing(photos)
    return [by_name[one.name] for one in people]


def again(videos: Sequence[UUID]) -> list[Request]:
    return [("POST", f"/v1/videos/{video}/reindex", {}) for video in videos]


async def none_returns(
    product: Product, videos: Sequence[UUID], rejected: dict[Place, UUID | None], *, found_again: int
) -> None:
    hanging = 0
    for video in videos:
        found = {place_of(track): track for track in await product.tracks(video)}
        hanging += sum(ruling.track_id is not None for ruling in await product.rulings(video))
        for place, track in found.items():
            assert track.person_id is None or track.person_id != rejected.get(place), place
            assert track.nearest_person_id is None or track.nearest_person_id != rejected.get(place), place
        for segment in await product.segments(video):
            scene = segment.span.start_ms // (1000 * SECONDS)
            gone = {who for (at, number, _), who in rejected.items() if (at, number) == (video, scene)}
            assert not gone & {person.person_id for person in segment.people}
    assert hanging >= found_again


async def _json(product: Product, place: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(await product.read(place))
    return found
