"""A library for the matrix of access: of each thing one that everybody may see, and one that is hidden."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from gateway.access import linking
from gateway.access.who import Who
from gateway.editor.timeline import Edit
from gateway.library import candidates, collections, edits, strangers, tracks
from gateway.library.candidates import NewCandidate
from gateway.library.collections import Wanted
from kernel.contracts.accounts import NewLink
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Segment, SegmentCaption, Track
from kernel.contracts.time import Span
from tests.accounts import House
from tests.media_samples import encode
from tests.rooms import ONE, photo

SECRET = "비밀촬영본"
OPEN = "공개촬영본"


@dataclass
class World:
    """Ids by parameter name: `seen`, `hidden` (of the hidden video); `own` of what is one account's alone, by login."""

    seen: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def needles(self) -> list[str]:
        """What nobody may read who does not see the hidden video."""
        return [SECRET, *self.hidden.values()]


async def furnish(house: House, folder: Path) -> World:
    """`guest`, a viewer, is named for the hidden video and the hidden series; nobody else but admins is."""
    world, admin = World(), house.clients["admin"]
    guest = await house.add("guest", "viewer")
    await house.signed_in("guest")
    person = (await admin.post("/v1/people", json={"name": "민지", "group": "NJZ"})).json()
    with photo(ONE, folder / "minji.jpg").open("rb") as file:
        reference = await admin.post(f"/v1/people/{person['id']}/references", files={"photo": ("minji.jpg", file)})
    common = {
        "person_id": person["id"],
        "group_id": person["groups"][0],
        "reference_id": reference.json()["id"],
        "account_id": str(guest.id),
        "offer": await _offered(house),
        "secret": "no-such-link",
        **{name: str(uuid4()) for name in ("invitation_id", "session_id", "token_id")},
    }
    common |= await _collected(house, UUID(person["id"]))
    for ids, title, seconds in ((world.seen, OPEN, 1), (world.hidden, SECRET, 2)):
        ids.update(await _filmed(house, folder / f"{seconds}.mp4", title, seconds))
        ids.update(await _said(house, ids, person["id"], title))
    shown = {"audience": "named", "accounts": [str(guest.id)]}
    for kind, its_id in (("videos", "video_id"), ("series", "series_id")):
        answer = await admin.put(f"/v1/{kind}/{world.hidden[its_id]}/visibility", json=shown)
        assert answer.status_code == 200, answer.text
    world.seen |= common
    world.own = {who: await _kept(client) for who, client in house.clients.items()}
    return world


async def _kept(client: httpx.AsyncClient) -> dict[str, str]:
    """A search of theirs; nobody else has it."""
    kept = await client.post("/v1/saved-searches", json={"name": "민지", "question": {"query": "민지"}})
    assert kept.status_code == 201, kept.text
    return {"search_id": kept.json()["id"]}


async def _offered(house: House) -> str:
    service = Who("viewer", "token", acts=True)
    new = NewLink(elsewhere="slack:T1:U1", name="민지")
    return (await linking.offer(house.desk, service, new, datetime.now(UTC))).address.rpartition("/")[2]


async def _collected(house: House, person_id: UUID) -> dict[str, str]:
    async with house.desk.database.transaction() as connection:
        wanted = Wanted(kind="people", person_id=person_id, query="민지", rights="test", most=1)
        collection = await collections.start(connection, wanted)
        await candidates.add(connection, NewCandidate(collection.id, "https://example.org/a.jpg"))
        (found,) = (await candidates.listing(connection, limit=1)).items
    return {"collection_id": str(collection.id), "candidate_id": str(found.id)}


async def _filmed(house: House, path: Path, title: str, seconds: int) -> dict[str, str]:
    """A video with its media, its run, a scene, an unknown face."""
    encode(path, seconds=seconds)
    with path.open("rb") as file:
        sent = await house.clients["admin"].post("/v1/videos", files={"file": (path.name, file)}, data={"title": title})
    assert sent.status_code == 202, sent.text
    accepted = sent.json()
    video_id = UUID(accepted["video"]["id"])
    track = _track(video_id)
    segment = _segment(video_id, title)
    stranger_id = uuid4()
    async with house.desk.database.transaction() as connection:
        await tracks.replace(connection, video_id, [track])
        await strangers.found(connection, [stranger_id])
        placed = text("update library.tracks set stranger_id = :stranger where id = :track")
        await connection.execute(placed, {"stranger": stranger_id, "track": track.id})
        published = Edit(
            video_id=video_id, version=1, kind="publish", actor="machine", door="pipeline", before=(), after=(segment,)
        )
        await edits.append(connection, published)
    return {
        "video_id": str(video_id),
        "run_id": accepted["run"]["id"],
        "track_id": str(track.id),
        "segment_id": str(segment.id),
        "stranger_id": str(stranger_id),
    }


async def _said(house: House, ids: dict[str, str], person_id: str, title: str) -> dict[str, str]:
    admin = house.clients["admin"]
    verdict = {"verdict": "is_not", "person_id": person_id}
    decision = await admin.post(f"/v1/tracks/{ids['track_id']}/rulings", json=verdict)
    series = await admin.post("/v1/series", json={"name": f"시리즈 {title}"})
    return {"decision_id": decision.json()["id"], "series_id": series.json()["id"]}


def _track(video_id: UUID) -> Track:
    box = Box(left=0.2, top=0.2, right=0.4, bottom=0.5)
    return Track(
        id=uuid4(),
        video_id=video_id,
        span=Span(start_ms=0, end_ms=800),
        person_id=None,
        probability=0.0,
        best=0,
        faces=[FaceAt(at_ms=200, box=box), FaceAt(at_ms=600, box=box)],
        model_id="drawn@1",
    )


def _segment(video_id: UUID, title: str) -> Segment:
    caption = SegmentCaption(text=f"{title} 장면", language="ko", origin="machine", model_id="drawn@1")
    return Segment(
        id=uuid4(), video_id=video_id, span=Span(start_ms=0, end_ms=800), captions=[caption], people=[], version=1
    )
