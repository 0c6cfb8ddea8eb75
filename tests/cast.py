"""Real people on drawn videos: vectors of real photographs, with known truth, in videos made up for a test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np

from gateway.identity.calibration import calibrated
from gateway.identity.matching import Gallery
from gateway.library import people, references, rulings, tracks, videos
from gateway.people import merging
from gateway.pipeline.merge import merge
from gateway.pipeline.naming import FollowedFaces, Known, name_tracks
from gateway.pipeline.publish import publish_opinion
from gateway.pipeline.tracks import Sighting, TrackDraft
from kernel.contracts.faces import Box, Face
from kernel.contracts.library import NewPerson, Track
from kernel.contracts.time import Span
from kernel.storage.database import Database
from kernel.vectors import Matrix, pack, unit

MODEL, THRESHOLD = "drawn@1", 0.4
LANES = 4


def photographed(shared: Path) -> dict[str, Matrix]:
    """Person to `[photos, 512]`: 102 of London by two photographs, 8 talkers by three stills each."""
    known = np.load(shared / "faces" / "reference" / "stills_edge.npz")
    rows: dict[str, list[Matrix]] = {}
    for name, vector in zip(known["name"].tolist(), unit(known["embedding"].astype(np.float32)), strict=True):
        stem = Path(name).stem
        rows.setdefault(stem.split("_")[0], []).append(vector)
    return {who: np.stack(vectors) for who, vectors in rows.items()}


@dataclass(frozen=True)
class Seen:
    """Somebody in a lane of the picture for a while; `photo` is which of their vectors it looks like."""

    who: str
    start_ms: int
    end_ms: int
    lane: int = 0
    photo: int = 0


@dataclass
class Cast:
    """A library whose faces are real."""

    database: Database
    vectors: Mapping[str, Matrix]
    shown: dict[UUID, list[Seen]] = field(default_factory=dict)
    enrolled: dict[str, UUID] = field(default_factory=dict)
    model: str = MODEL

    async def video(self, *seen: Seen, title: str = "Day 2") -> UUID:
        async with self.database.transaction() as connection:
            new = videos.NewVideo(id=uuid4(), title=title, source="upload", origin=f"{uuid4()}.mp4")
            video, _ = await videos.add(connection, new)
        self.shown[video.id] = list(seen)
        await self.index(video.id)
        return video.id

    async def index(self, video_id: UUID, *, step_ms: int = 200, order: Sequence[int] | None = None) -> None:
        """Index a video (again), at other sampled pictures and with tracks in another order."""
        seen = self.shown[video_id]
        seen = [seen[place] for place in order] if order is not None else seen
        rows = np.stack([self.vectors[one.who][one.photo] for one in seen])
        drafts = tuple(_draft(one, step_ms) for one in seen)
        followed = FollowedFaces(model_id=self.model, tracks=drafts, vectors=pack(rows, self.model))
        now = await self.gallery()
        async with self.database.transaction() as connection:
            resolved = await merging.resolved(connection)
            said = await rulings.active(connection, [video_id])
            named = name_tracks(video_id, followed, Known(now, None, said, resolved))
            shots = [Span(start_ms=0, end_ms=max(one.end_ms for one in seen))]
            opinion = merge(video_id, shots, named.tracks, {})
            await publish_opinion(connection, video_id, named, followed.vectors, opinion)

    async def enrol(self, who: str, *photos: int) -> UUID:
        """Somebody of whom these photographs are references; the person is made when not there."""
        async with self.database.transaction() as connection:
            if who not in self.enrolled:
                self.enrolled[who] = (await people.add_person(connection, NewPerson(name=f"P {who}"))).id
            for photo in photos:
                new = _reference(self.enrolled[who])
                await references.add_reference(connection, new)
                await references.put_vectors(connection, self.model, {new.id: self.vectors[who][photo]})
        return self.enrolled[who]

    def unclear(self, who: str, cosine: float) -> str:
        """Somebody made up, who is so like the first photograph of a person, and otherwise like nobody."""
        (clear, other) = (self.vectors[who][0], np.random.default_rng(3).normal(size=512))
        aside = unit((other - (other @ clear) * clear).astype(np.float32))
        name = f"like {who}"
        self.vectors = {**self.vectors, name: (cosine * clear + np.sqrt(1 - cosine**2) * aside)[None]}
        return name

    async def gallery(self) -> Gallery:
        async with self.database.transaction() as connection:
            known = await references.vectors_of(connection, self.model)
        return calibrated(known, self.model, otherwise=THRESHOLD)[0]

    async def tracks(self) -> list[Track]:
        async with self.database.transaction() as connection:
            return [track for video_id in self.shown for track in (await tracks.listing(connection, video_id)).items]

    def truth(self, track: Track) -> str:
        """Who a track really is."""
        lane, at = round(track.faces[0].box.top * LANES), track.faces[0].at_ms
        (who,) = {s.who for s in self.shown[track.video_id] if s.lane == lane and s.start_ms <= at < s.end_ms}
        return who

    async def strangers(self) -> dict[UUID | None, list[str]]:
        """Strangers of unknown tracks to who is really in them, sorted."""
        found: dict[UUID | None, list[str]] = {}
        for track in await self.tracks():
            if track.person_id is None:
                found.setdefault(track.stranger_id, []).append(self.truth(track))
        return {one: sorted(its) for one, its in found.items()}


def _draft(seen: Seen, step_ms: int) -> TrackDraft:
    box = Box(left=0.4, top=seen.lane / LANES, right=0.55, bottom=seen.lane / LANES + 0.2)
    face = Face(box=box, landmarks=((0, 0),) * 5, score=1, side_px=90, sharpness=150, yaw=0)
    times = range(seen.start_ms, seen.end_ms, step_ms)
    sightings = [Sighting(picture=f"{at_ms}.jpg", at_ms=at_ms, face=face) for at_ms in times]
    return TrackDraft(span=Span(start_ms=seen.start_ms, end_ms=seen.end_ms), sightings=sightings)


def _reference(person_id: UUID) -> references.NewReference:
    face = Face(
        box=Box(left=0, top=0, right=1, bottom=1), landmarks=((0, 0),) * 5, score=1, side_px=90, sharpness=150, yaw=0
    )
    name = uuid4().hex
    return references.NewReference(
        id=uuid4(),
        person_id=person_id,
        picture=f"references/{name}.jpg",
        content_hash=name,
        origin=references.Origin("tests"),
        face=face,
        perceptual_hash=0,
    )


def alone(whos: Iterable[str], photo: int = 0) -> list[Seen]:
    """One after another, a second and a half each."""
    return [Seen(who, at * 1500, at * 1500 + 1500, 0, photo) for at, who in enumerate(whos)]
