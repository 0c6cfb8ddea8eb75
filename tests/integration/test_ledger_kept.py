"""Whatever is ruled, undone and indexed again, in whatever order: timelines are what standing rulings make of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway.editor.timeline import Edit, fold
from gateway.identity.deciding import Verdict, decide, undo
from gateway.identity.matching import gallery_of
from gateway.library import edits, people, rulings, segments, tracks, videos
from gateway.pipeline.merge import merge
from gateway.pipeline.naming import FollowedFaces, Known, NamedTracks, name_tracks
from gateway.pipeline.publish import publish_opinion
from gateway.pipeline.tracks import Sighting, TrackDraft
from kernel.contracts.faces import Box, Face
from kernel.contracts.library import NewPerson, PersonInSegment, Segment, SegmentCaption, Track
from kernel.contracts.time import Span
from kernel.storage.database import Database
from kernel.vectors import Matrix, pack, unit

LANES, LENGTH_MS = 4, 3000
SHOTS = [Span(start_ms=0, end_ms=LENGTH_MS), Span(start_ms=LENGTH_MS, end_ms=2 * LENGTH_MS)]
# How like each of three people the face of each lane is; lanes 0 and 1 look like one person shown twice.
LOOKS = np.array(
    [[0.8, 0.1, 0.1, 0.5], [0.75, 0.15, 0.1, 0.45], [0.6, 0.7, 0.0, -0.3], [0.1, 0.1, 0.2, 0.9]], np.float32
)


@dataclass(frozen=True)
class Sampling:
    """How the video is looked at this time: other pictures, other boxes, other track ids."""

    step_ms: int
    offset_ms: int
    jitter: float


FIRST = Sampling(200, 0, 0.0)


def sighting(lane: int, at_ms: int, sampling: Sampling) -> Sighting:
    left, top = 0.2 + sampling.jitter * 0.15, lane * 0.24
    box = Box(left=left, top=top, right=left + 0.15 + sampling.jitter * 0.1, bottom=top + 0.15)
    face = Face(box=box, landmarks=((0, 0),) * 5, score=1, side_px=90, sharpness=150 - lane, yaw=0)
    return Sighting(picture=f"{at_ms}.jpg", at_ms=at_ms, face=face)


def followed(sampling: Sampling) -> FollowedFaces:
    drafts = []
    for shot in SHOTS:
        times = range(shot.start_ms + sampling.offset_ms, shot.end_ms, sampling.step_ms)
        drafts += [_draft(lane, shot, times, sampling) for lane in range(LANES)]
    looks: Matrix = unit(np.concatenate([LOOKS, LOOKS]))
    return FollowedFaces(model_id=f"model@{sampling.step_ms}", tracks=tuple(drafts), vectors=pack(looks, "test@1"))


def _draft(lane: int, shot: Span, times: range, sampling: Sampling) -> TrackDraft:
    return TrackDraft(span=shot, sightings=tuple(sighting(lane, at, sampling) for at in times))


def lane_of(track: Track) -> int:
    """Which face of the video a track is, whatever its id: lanes of the first shot, then of the second."""
    face = track.faces[0]
    return round(face.box.top / 0.24) + LANES * (face.at_ms // LENGTH_MS)


@dataclass
class Story:
    """One video, what was ruled on it, and what must therefore be seen."""

    database: Database
    cast: list[UUID]
    video_id: UUID = field(default_factory=uuid4)
    sampling: Sampling = FIRST
    said: list[tuple[UUID, list[tuple[int, str, UUID]]]] = field(default_factory=list)

    @property
    def gallery(self):
        axes = np.eye(4, dtype=np.float32)
        return gallery_of({who: axes[n : n + 1] for n, who in enumerate(self.cast)}, "test@1", 0.4)

    async def begin(self) -> None:
        async with self.database.transaction() as connection:
            new = videos.NewVideo(id=self.video_id, title="Day 2", source="upload", origin="day2.mp4")
            await videos.add(connection, new)
        await self.index(FIRST)
        await self.touch()

    async def touch(self) -> None:
        """Somebody writes a sentence and a name on the first segment."""
        async with self.database.transaction() as connection:
            timeline = await segments.timeline(connection, self.video_id, lock=True)
            old = timeline.segments[0]
            said = SegmentCaption(text="mine", language="en", origin="human")
            person = PersonInSegment(person_id=self.cast[2], probability=1, origin="human")
            after = old.model_copy(
                update={"captions": [said, *old.captions], "people": [person, *old.people], "version": 2}
            )
            edit = Edit(
                video_id=self.video_id,
                version=2,
                kind="publish",
                actor="eunji",
                door="page",
                before=(old,),
                after=(after,),
            )
            await edits.append(connection, edit)

    def named(self, said) -> NamedTracks:
        return name_tracks(self.video_id, followed(self.sampling), Known(self.gallery, None, said))

    async def index(self, sampling: Sampling) -> int:
        """Index the video (again); the version its timeline is at afterwards."""
        self.sampling = sampling
        async with self.database.transaction() as connection:
            named = self.named(await rulings.active(connection, [self.video_id]))
            opinion = merge(self.video_id, SHOTS, named.tracks, {})
            return await publish_opinion(connection, self.video_id, named, followed(sampling).vectors, opinion)

    async def tracks(self) -> dict[int, Track]:
        async with self.database.transaction() as connection:
            return {lane_of(track): track for track in (await tracks.listing(connection, self.video_id)).items}

    async def rule(self, words: list[tuple[int, str, int]]) -> None:
        now = await self.tracks()
        said = [(lane, verdict, self.cast[who]) for lane, verdict, who in words]
        verdicts = [Verdict(now[lane].id, verdict, who) for lane, verdict, who in said]
        decision = await decide(self.database, verdicts, kind="rule", actor="person", door="rest")
        self.said.append((decision.id, said))

    async def take_back(self, number: int) -> None:
        if self.said:
            decision_id, _ = self.said.pop(number % len(self.said))
            await undo(self.database, decision_id, actor="person", door="rest")

    async def check(self) -> None:
        names: dict[int, UUID] = {}
        refused: dict[int, set[UUID]] = {}
        for _, words in self.said:
            for lane, verdict, who in words:
                if verdict == "is":
                    names[lane] = who
                    refused.setdefault(lane, set()).discard(who)
                else:
                    refused.setdefault(lane, set()).add(who)
                    names = {at: named for at, named in names.items() if (at, named) != (lane, who)}
        now = await self.tracks()
        assert {lane: track.person_id for lane, track in now.items() if track.ruled} == names
        for lane, track in now.items():
            assert track.person_id not in refused.get(lane, ())
            assert track.nearest_person_id not in refused.get(lane, ())
        async with self.database.transaction() as connection:
            timeline = await segments.timeline(connection, self.video_id)
            assert fold(self.video_id, await edits.history(connection, self.video_id)) == timeline
        self._check_segments(timeline.segments, now)

    def _check_segments(self, shown: tuple[Segment, ...], now: dict[int, Track]) -> None:
        first, second = shown
        assert [caption.text for caption in first.captions] == ["mine"]
        assert (first.people[0].person_id, first.people[0].origin) == (self.cast[2], "human")
        for segment, lanes in ((first, range(LANES)), (second, range(LANES, 2 * LANES))):
            here = [now[lane] for lane in lanes]
            by_hand = {p.person_id for p in segment.people if p.origin == "human"}
            seen = {(p.person_id, p.ruled) for p in segment.people if p.origin == "machine" and p.person_id}
            expected = {track.person_id for track in here if track.person_id} - by_hand
            assert seen == {(who, any(t.ruled for t in here if t.person_id == who)) for who in expected}
            unmarked = [track.person_id for track in here if track.person_id and track.copy_of is None]
            assert len(unmarked) == len(set(unmarked)), "somebody is twice in a picture"


words = st.tuples(st.integers(0, 2 * LANES - 1), st.sampled_from(["is", "is_not"]), st.integers(0, 2))
looks_again = st.builds(Sampling, st.sampled_from([100, 200, 333, 500]), st.integers(0, 90), st.floats(-0.15, 0.15))
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("rule"), st.lists(words, min_size=1, max_size=3, unique_by=lambda w: (w[0], w[2]))),
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("index"), looks_again),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def address(cloned: Callable[[str], str]) -> str:
    return cloned("ledger_kept")


@pytest.mark.long
@settings(max_examples=30, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(happenings)
def test_the_timeline_is_what_the_standing_rulings_make_of_it(address: str, happening) -> None:
    asyncio.run(_live_through(address, happening))


async def _live_through(address: str, happening) -> None:
    database = Database(address)
    try:
        story = Story(database, [await _person(database) for _ in range(3)])
        await story.begin()
        for kind, what in happening:
            if kind == "rule":
                await story.rule(what)
            elif kind == "undo":
                await story.take_back(what)
            else:
                await story.index(what)
            await story.check()
        await _ends_where_it_began(story)
    finally:
        await database.close()


async def _ends_where_it_began(story: Story) -> None:
    """Indexing again changes nothing that a ruling has not at once; undone, all is the machine's opinion to the bit."""
    before = {lane: _decided(track) for lane, track in (await story.tracks()).items()}
    async with story.database.transaction() as connection:
        version = (await segments.timeline(connection, story.video_id)).version
    assert await story.index(story.sampling) == version
    assert {lane: _decided(track) for lane, track in (await story.tracks()).items()} == before
    while story.said:
        await story.take_back(0)
        await story.check()
    machines = {lane_of(track): _decided(track) for track in story.named([]).tracks}
    assert {lane: _decided(track) for lane, track in (await story.tracks()).items()} == machines


def _decided(track: Track) -> tuple[object, ...]:
    return (
        track.person_id,
        track.probability,
        track.similarity,
        track.nearest_person_id,
        track.ruled,
        track.copy_of,
    )


async def _person(database: Database) -> UUID:
    async with database.transaction() as connection:
        return (await people.add_person(connection, NewPerson(name=str(uuid4())))).id
