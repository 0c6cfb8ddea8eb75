"""Looking back: what a gallery that has learnt somebody would name otherwise, approved, refused, undone."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from gateway.identity import look_back as looking
from gateway.identity.deciding import Verdict, decide
from gateway.library import series
from kernel.contracts.library import Track
from kernel.contracts.people import LineUp
from kernel.settings import Settings
from kernel.storage.database import Database
from tests.cast import Cast, Seen, alone, photographed
from tests.rooms import Rooms, open_front_door


@pytest.fixture
def cast(database: Database, shared: Path) -> Cast:
    return Cast(database, photographed(shared))


@pytest.fixture
async def door(settings: Settings, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        yield client


async def look_back(door: httpx.AsyncClient, person: UUID, **params: int) -> dict:
    answer = await door.get(f"/v1/people/{person}/look-back", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def approve(door: httpx.AsyncClient, person: UUID, **body: list[str]) -> httpx.Response:
    return await door.post(f"/v1/people/{person}/look-back", json=body)


async def by_hand(cast: Cast, track_id: UUID, verdict: str, person: UUID) -> None:
    said = Verdict(track_id, verdict, person)  # type: ignore[arg-type]
    await decide(cast.database, [said], kind="rule", actor="person", door="rest")


async def of(cast: Cast, who: str) -> list[UUID]:
    return [track.id for track in await cast.tracks() if cast.truth(track) == who]


async def test_it_lists_exactly_the_faces_of_whoever_was_learnt_and_changes_nothing(
    cast: Cast, door: httpx.AsyncClient
) -> None:
    everybody = sorted(cast.vectors)
    await cast.video(*alone(everybody, photo=0), title="Day 1")
    await cast.video(*alone(reversed(everybody), photo=1))
    before = await cast.tracks()
    person = await cast.enrol("T01", 0)
    found = await look_back(door, person)
    assert {UUID(one["track"]["id"]) for one in found["items"]} == set(await of(cast, "T01"))
    assert (found["tracks"], found["videos"], found["seconds"]) == (2, 2, 3.0)
    assert {one["video_title"] for one in found["items"]} == {"Day 1", "Day 2"}
    assert all(one["from_person_id"] is None and one["to_person_id"] == str(person) for one in found["items"])
    assert all(one["probability"] > 0.5 for one in found["items"])
    cut = await look_back(door, person, limit=1)
    assert (len(cut["items"]), cut["tracks"]) == (1, 2)
    assert await cast.tracks() == before


async def test_what_it_lists_is_what_indexing_again_decides(cast: Cast) -> None:
    """In a place of the gallery's own, where scores are no plain cosines, with a threshold of its own."""
    london = [who for who in sorted(cast.vectors) if not who.startswith("T")]
    talkers = sorted(cast.vectors.keys() - set(london))
    await cast.video(*alone([*london[:45], *talkers], photo=1))
    await cast.video(*alone(talkers, photo=2), *(Seen("T01", 50_000, 52_000, lane, lane) for lane in range(3)))
    for who in london[:30]:
        await cast.enrol(who, 0)
    for who in talkers:
        await cast.enrol(who, 0, 1)
    gallery = await cast.gallery()
    assert gallery.space is not None
    assert gallery.threshold != gallery.same_face
    listed = {}
    for person in gallery.people:
        for one in (await looking.listed(cast.database, gallery, person)).items:
            listed[_place(one.track)] = one.to_person_id
    for video in cast.shown:
        await cast.index(video)
    assert listed == {_place(track): track.person_id for track in await cast.tracks() if track.person_id}
    assert len(listed) > 40


def _place(track: Track) -> tuple[UUID, int, float]:
    return track.video_id, track.span.start_ms, track.faces[0].box.top


async def test_approved_it_is_one_edit_a_video_and_undone_it_is_as_before(cast: Cast, door: httpx.AsyncClient) -> None:
    await cast.video(Seen("T01", 0, 2000), Seen("T01", 2000, 4000, 0, 1), Seen("T02", 4000, 6000))
    await cast.video(Seen("T01", 0, 2000, 0, 2))
    before = await cast.tracks()
    person = await cast.enrol("T01", 0)
    ids = [one["track"]["id"] for one in (await look_back(door, person))["items"]]
    decision = (await approve(door, person, track_ids=ids)).json()
    assert (decision["kind"], decision["rulings"], len(decision["edits"])) == ("look_back", 3, 2)
    assert {cast.truth(track) for track in await cast.tracks() if track.person_id == person} == {"T01"}
    assert (await look_back(door, person))["items"] == []
    assert (await approve(door, person, track_ids=ids)).status_code == 409
    assert (await door.post(f"/v1/decisions/{decision['id']}/undo")).status_code == 200
    assert await cast.tracks() == before


async def test_what_is_rejected_is_never_proposed_again_and_what_is_left_alone_is(
    cast: Cast, door: httpx.AsyncClient
) -> None:
    video = await cast.video(*(Seen("T01", at * 2000, at * 2000 + 2000, 0, at) for at in range(3)))
    person = await cast.enrol("T01", 0)
    first, second, third = (one["track"]["id"] for one in (await look_back(door, person))["items"])
    assert (await approve(door, person, track_ids=[first], rejected=[second])).status_code == 201
    assert [one["track"]["id"] for one in (await look_back(door, person))["items"]] == [third]
    assert (await approve(door, person, track_ids=[third], rejected=[third])).status_code == 422
    assert (await approve(door, person)).status_code == 422
    await cast.index(video, step_ms=500)
    named = {track.span.start_ms: track.person_id for track in await cast.tracks()}
    assert sorted(map(str, named.values())) == sorted(map(str, (person, None, person)))


async def test_what_is_ruled_never_moves(cast: Cast, door: httpx.AsyncClient) -> None:
    await cast.video(*(Seen("T01", at * 2000, at * 2000 + 2000, 0, at) for at in range(3)))
    other = await cast.enrol("T05", 0)
    first, second, third = await of(cast, "T01")
    person = await cast.enrol("T01")
    await by_hand(cast, first, "is", other)
    await by_hand(cast, second, "is_not", person)
    await cast.enrol("T01", 0)
    assert [one["track"]["id"] for one in (await look_back(door, person))["items"]] == [str(third)]


async def test_nobody_is_proposed_twice_in_one_picture(cast: Cast, door: httpx.AsyncClient) -> None:
    await cast.video(Seen("T01", 0, 3000, 0, 1), Seen("T04", 0, 3000, 1), Seen("T02", 3000, 4000))
    cast.vectors = {**cast.vectors, "mixed": cast.vectors["T01"][:1] * 0.5 + cast.vectors["T04"][:1] * 0.85}
    await cast.video(Seen("T01", 0, 3000, 0, 1), Seen("mixed", 0, 3000, 1))
    person = await cast.enrol("T01", 0)
    assert {UUID(one["track"]["id"]) for one in (await look_back(door, person))["items"]} == set(await of(cast, "T01"))


async def test_only_who_may_be_in_a_video_is_proposed_there(cast: Cast, door: httpx.AsyncClient) -> None:
    one, other = await cast.video(Seen("T01", 0, 3000)), await cast.video(Seen("T01", 0, 3000, 0, 1))
    person, friend = await cast.enrol("T01", 0), await cast.enrol("T05", 0)
    async with cast.database.transaction() as connection:
        await series.declare(connection, one, LineUp(people=[friend]))
        await series.declare(connection, other, LineUp(people=[person]))
    assert [item["track"]["video_id"] for item in (await look_back(door, person))["items"]] == [str(other)]


async def test_who_is_somebody_else_by_now_loses_the_name(cast: Cast, door: httpx.AsyncClient) -> None:
    wrong = await cast.enrol("T02")
    cast.vectors = {**cast.vectors, "T02": cast.vectors["T01"][:1]}
    await cast.enrol("T02", 0)
    await cast.video(Seen("T01", 0, 3000, 0, 1), Seen("T03", 3000, 4000))
    (mine,) = await of(cast, "T01")
    assert (await cast.tracks())[0].person_id == wrong
    right = await cast.enrol("T01", 1)
    for person in (wrong, right):
        (item,) = (await look_back(door, person))["items"]
        assert (item["track"]["id"], item["from_person_id"], item["to_person_id"]) == (
            str(mine),
            str(wrong),
            str(right),
        )
    assert (await approve(door, wrong, rejected=[str(mine)])).status_code == 201
    assert (await look_back(door, right))["items"] == []
    assert (await cast.tracks())[0].person_id == wrong


async def test_a_name_without_pictures_any_more_is_a_list_to_take_back(cast: Cast, door: httpx.AsyncClient) -> None:
    person = await cast.enrol("T01", 0)
    await cast.video(Seen("T01", 0, 3000, 0, 1))
    for reference in (await door.get(f"/v1/people/{person}/references")).json()["items"]:
        await door.post(f"/v1/references/{reference['id']}/withdraw")
    (item,) = (await look_back(door, person))["items"]
    assert (item["from_person_id"], item["to_person_id"]) == (str(person), None)
    await approve(door, person, track_ids=[item["track"]["id"]])
    assert [(track.person_id, bool(track.stranger_id)) for track in await cast.tracks()] == [(None, True)]


async def test_appearances_are_by_video_with_every_moment_once(cast: Cast, door: httpx.AsyncClient) -> None:
    person, other = await cast.enrol("T01", 0), await cast.enrol("T02", 0)
    first = await cast.video(Seen("T01", 0, 2000, 0), Seen("T01", 1000, 3000, 1, 1), Seen("T02", 5000, 6000), title="A")
    second = await cast.video(Seen("T01", 0, 1000, 0, 1), title="B")
    path = f"/v1/people/{person}/appearances"
    found = (await door.get(path)).json()
    assert [(one["video_id"], one["title"], one["seconds"]) for one in found["items"]] == [
        (str(second), "B", 1.0),
        (str(first), "A", 3.0),
    ]
    assert found["items"][1]["spans"] == [{"start_ms": 0, "end_ms": 3000}]
    assert (found["seconds"], found["videos"]) == (4.0, 2)
    page = (await door.get(path, params={"limit": 1})).json()
    rest = (await door.get(path, params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert page["items"] + rest["items"] == found["items"]
    merged = await door.post(f"/v1/people/{other}/merge", json={"into": str(person)})
    assert merged.status_code < 300, merged.text
    for one in (person, other):
        now = (await door.get(f"/v1/people/{one}/appearances")).json()
        assert (now["seconds"], now["videos"]) == (5.0, 2)
    assert (await door.get(f"/v1/people/{first}/appearances")).status_code == 404
