"""Ruling on faces: what people say is on the timeline at once, outlives re-tracking, and is taken back exactly."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4, uuid5

import numpy as np
import pytest

from gateway.editor.timeline import fold
from gateway.identity.deciding import Verdict, decide, undo
from gateway.library import decisions, edits, people, segments, tracks, videos
from gateway.pipeline.merge import merge
from gateway.pipeline.naming import NamedTracks
from gateway.pipeline.publish import publish_opinion
from kernel.contracts.captions import Caption
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, NewPerson, Segment, Track
from kernel.contracts.models import ModelCard
from kernel.contracts.people import Decision
from kernel.contracts.time import Span
from kernel.storage.database import Database
from kernel.vectors import pack

SHOTS = [Span(start_ms=0, end_ms=2000), Span(start_ms=2000, end_ms=5000), Span(start_ms=5000, end_ms=6000)]


def a_track(video_id: UUID, start: int, end: int, left: float, **decision: object) -> Track:
    faces = [
        FaceAt(at_ms=at, box=Box(left=left, top=0.2, right=left + 0.1, bottom=0.4)) for at in range(start, end, 200)
    ]
    said = {"person_id": None, "probability": 0.9, "similarity": 0.2, **decision}
    return Track(
        id=uuid5(video_id, f"{start} {left}"),
        video_id=video_id,
        span=Span(start_ms=start, end_ms=end),
        faces=faces,
        model_id="test@1",
        **said,  # type: ignore[arg-type]
    )


async def a_video(database: Database) -> UUID:
    async with database.transaction() as connection:
        new = videos.NewVideo(id=uuid4(), title="Day 2", source="upload", origin="day2.mp4")
        video, _ = await videos.add(connection, new)
    return video.id


async def a_person(database: Database, name: str) -> UUID:
    async with database.transaction() as connection:
        return (await people.add_person(connection, NewPerson(name=name))).id


async def published(
    database: Database, video_id: UUID, found: Sequence[Track], captions: Mapping[str, Caption] | None = None
) -> None:
    nothing = pack(np.zeros((len(found), 4), np.float32), "test@1")
    evidence = [tracks.evidence_in(track) for track in found]
    named = NamedTracks(tracks=tuple(found), evidence=tuple(evidence), obeyed=())
    opinion = merge(video_id, SHOTS, found, captions or {})
    async with database.transaction() as connection:
        await publish_opinion(connection, video_id, named, nothing, opinion)


async def on_timeline(database: Database, video_id: UUID) -> list[list[tuple[UUID | None, bool]]]:
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video_id)
        assert fold(video_id, await edits.history(connection, video_id)) == timeline
    return [[(person.person_id, person.ruled) for person in segment.people] for segment in timeline.segments]


async def rule(database: Database, track: Track, verdict: str, person_id: UUID) -> Decision:
    said = Verdict(track.id, verdict, person_id)  # type: ignore[arg-type]
    return await decide(database, [said], kind="rule", actor="person", door="rest")


async def shown(database: Database, video_id: UUID) -> tuple[tuple[Segment, ...], list[Track]]:
    """Everything a person sees of a video, its version aside."""
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video_id)
        page = await tracks.listing(connection, video_id)
    return tuple(segment.model_copy(update={"version": 0}) for segment in timeline.segments), page.items


async def test_a_face_that_is_said_to_be_somebody_is_them_at_once(database: Database) -> None:
    video, minji = await a_video(database), await a_person(database, "민지")
    unknown = a_track(video, 2000, 5000, 0.1)
    await published(database, video, [unknown, a_track(video, 0, 2000, 0.1)])
    decision = await rule(database, unknown, "is", minji)
    assert (decision.rulings, [(edit.video_id, edit.version) for edit in decision.edits]) == (1, [(video, 2)])
    assert await on_timeline(database, video) == [[(None, False)], [(minji, True)], []]
    async with database.transaction() as connection:
        now = await tracks.get(connection, unknown.id)
        edit = await edits.get(connection, video, 2)
    assert (now.person_id, now.probability, now.ruled) == (minji, 1.0, True)
    assert edit
    assert (edit.kind, edit.actor, edit.door, edit.decision_id) == ("identify", "person", "rest", decision.id)
    assert [segment.span for segment in edit.after] == [SHOTS[1]]


async def test_undone_it_is_exactly_as_it_was(database: Database) -> None:
    video, minji, hanni = await a_video(database), await a_person(database, "민지"), await a_person(database, "하니")
    named = a_track(video, 0, 2000, 0.1, person_id=hanni, similarity=0.7, probability=0.97)
    await published(database, video, [named, a_track(video, 0, 2000, 0.5, nearest_person_id=minji)])
    before = await shown(database, video)
    first = await rule(database, named, "is_not", hanni)
    assert await on_timeline(database, video) == [[(None, False), (None, False)], [], []]
    second = await rule(database, named, "is", minji)
    assert (await undo(database, first.id, actor="person", door="page")).undone
    assert await on_timeline(database, video) == [[(minji, True), (None, False)], [], []]
    undone = await undo(database, second.id, actor="person", door="page")
    assert await shown(database, video) == before
    async with database.transaction() as connection:
        edit = await edits.get(connection, video, undone.edits[0].version)
    assert edit
    assert (edit.kind, edit.door, edit.decision_id) == ("undo", "page", second.id)
    with pytest.raises(ConflictError):
        await undo(database, second.id, actor="person", door="page")


async def test_nobody_is_twice_in_a_picture_by_a_ruling_either(database: Database) -> None:
    video, minji = await a_video(database), await a_person(database, "민지")
    machines = a_track(video, 0, 2000, 0.1, person_id=minji, similarity=0.7, probability=0.97)
    other = a_track(video, 0, 2000, 0.5)
    await published(database, video, [machines, other])
    decision = await rule(database, other, "is", minji)
    assert await on_timeline(database, video) == [[(minji, True), (None, False)], [], []]
    await undo(database, decision.id, actor="person", door="rest")
    assert await on_timeline(database, video) == [[(minji, False), (None, False)], [], []]


async def test_what_is_not_there_is_refused_and_nothing_is_left(database: Database) -> None:
    video = await a_video(database)
    track = a_track(video, 0, 2000, 0.1)
    await published(database, video, [track])
    with pytest.raises(NotFoundError, match="person"):
        await rule(database, track, "is", uuid4())
    with pytest.raises(NotFoundError, match="track"):
        await rule(database, a_track(uuid4(), 0, 2000, 0.1), "is", await a_person(database, "민지"))
    with pytest.raises(NotFoundError, match="decision"):
        await undo(database, uuid4(), actor="person", door="rest")
    async with database.transaction() as connection:
        assert (await decisions.listing(connection)).items == []


def told(span: Span, korean: str, english: str) -> dict[str, Caption]:
    card = ModelCard(backend="drawn", model_id="drawn@1", licence="Apache-2.0", source="tests")
    key = f"{span.start_ms}-{span.end_ms}"
    return {key: Caption(key=key, text_ko=korean, text_en=english, kind="observed", model=card)}


async def sentences(database: Database, video_id: UUID) -> list[str]:
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video_id)
    return [caption.text for caption in timeline.segments[0].captions]


async def test_a_machine_s_sentence_calls_a_face_what_people_say_it_is(database: Database) -> None:
    video, minji, hanni = await a_video(database), await a_person(database, "민지"), await a_person(database, "하니")
    named = a_track(video, 0, 2000, 0.1, person_id=hanni, similarity=0.7, probability=0.97)
    await published(database, video, [named], told(SHOTS[0], "하니가 춤을 춥니다.", "하니 dances."))
    rejected = await rule(database, named, "is_not", hanni)
    assert await sentences(database, video) == ["한 사람이 춤을 춥니다.", "A person dances."]
    corrected = await rule(database, named, "is", minji)
    assert await sentences(database, video) == ["민지가 춤을 춥니다.", "민지 dances."]
    await undo(database, rejected.id, actor="person", door="rest")
    assert await sentences(database, video) == ["민지가 춤을 춥니다.", "민지 dances."]
    await undo(database, corrected.id, actor="person", door="rest")
    assert await sentences(database, video) == ["하니가 춤을 춥니다.", "하니 dances."]
