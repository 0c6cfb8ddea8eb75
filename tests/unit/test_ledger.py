"""Rulings stay on the face they were made on, whatever follows it later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.ledger import AnchoredRuling, Followed, Word, on_tracks, word_of
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt
from kernel.contracts.time import Span

VIDEO = UUID(int=1)
MINJI, HANNI, HAERIN = (UUID(int=n) for n in (10, 11, 12))
STRANGER, OTHER_STRANGER = UUID(int=20), UUID(int=21)
SIDE = 0.1


def ruling(
    number: int = 0,
    faces: Sequence[FaceAt] = (),
    verdict: str = "is",
    who: UUID = MINJI,
    step_ms: int = 200,
    **more: object,
) -> AnchoredRuling:
    anchored = AnchoredRuling(
        id=UUID(int=100 + number),
        decision_id=UUID(int=200 + number),
        video_id=VIDEO,
        verdict=verdict,
        person_id=who,
        stranger_id=None,
        span=followed(faces, step_ms).span if faces else Span(start_ms=0, end_ms=1),
        faces=faces,
        actor="person",
        created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
    )
    return anchored._replace(**more)


# ---- a picture of several faces, and what detectors and samplers make of it


@dataclass(frozen=True)
class Walker:
    """Somebody whose face moves slowly along their own lane, far from everybody else's."""

    lane: int
    start_ms: int
    end_ms: int
    speed: float

    def box(self, at_ms: int, jitter: Sequence[float] = (0, 0, 0, 0)) -> Box:
        left = 0.1 + self.speed * at_ms / 1000 * SIDE
        top = self.lane * 2 * SIDE
        dx, dy, wider, higher = (SIDE * part for part in jitter)
        return Box(left=left + dx, top=top + dy, right=left + SIDE + dx + wider, bottom=top + SIDE + dy + higher)

    def faces(self, times: Sequence[int], jitter: Sequence[float] = (0, 0, 0, 0)) -> list[FaceAt]:
        return [FaceAt(at_ms=at, box=self.box(at, jitter)) for at in times if self.start_ms <= at < self.end_ms]


def sampled(step_ms: int, offset_ms: int) -> list[int]:
    return list(range(offset_ms, 6000, step_ms))


walkers = st.lists(
    st.builds(
        lambda start, length, speed: (start * 100, start * 100 + length * 100, speed),
        st.integers(0, 20),
        st.integers(15, 40),
        st.floats(-0.5, 0.5),
    ),
    min_size=1,
    max_size=4,
).map(lambda drawn: [Walker(lane, *words) for lane, words in enumerate(drawn)])
samplings = st.tuples(st.sampled_from([100, 200, 250, 333, 500]), st.integers(0, 99))
jitters = st.tuples(*[st.floats(-0.15, 0.15)] * 4)


@given(walkers, samplings, samplings, st.lists(jitters, min_size=4, max_size=4), st.data())
def test_a_ruling_is_found_again_on_the_same_face_and_on_no_other(people, once, again, moved, data) -> None:
    said = [ruling(n, walker.faces(sampled(*once)), step_ms=once[0]) for n, walker in enumerate(people)]
    tracks, whose = [], []
    for walker, jitter in zip(people, moved, strict=False):
        faces = walker.faces(sampled(*again), jitter)
        kept = data.draw(st.sets(st.integers(0, len(faces) - 1), min_size=max(1, len(faces) * 2 // 3)))
        faces = [face for index, face in enumerate(faces) if index in kept]
        for part in split(faces, data.draw(st.sets(st.integers(1, max(1, len(faces) - 1)), max_size=2))):
            tracks.append(part)
            whose.append(walker.lane)
    hanging = on_tracks(said, [followed(track, again[0]) for track in tracks])
    for index, lane in enumerate(whose):
        assert {r.id for r in hanging.get(index, [])} <= {said[lane].id}, "on the face of somebody else"
    for lane, one in enumerate(said):
        longest = max((len(track) for track, its in zip(tracks, whose, strict=True) if its == lane), default=0)
        on = [index for index, its in hanging.items() if one in its]
        assert not longest or any(len(tracks[index]) == longest for index in on), "lost"


def followed(faces: Sequence[FaceAt], step_ms: int = 200) -> Followed:
    return Followed(Span(start_ms=faces[0].at_ms, end_ms=faces[-1].at_ms + step_ms), faces)


def split(faces: Sequence[FaceAt], at: set[int]) -> list[list[FaceAt]]:
    edges = [0, *sorted(edge for edge in at if edge < len(faces)), len(faces)]
    return [list(faces[a:b]) for a, b in pairwise(edges)]


@given(samplings, samplings, st.integers(2, 8))
def test_two_rulings_on_parts_of_one_face_both_hang_on_the_joined_track(once, again, cut) -> None:
    walker = Walker(0, 0, 6000, 0.2)
    faces = walker.faces(sampled(*once))
    first, second = faces[: len(faces) * cut // 10], faces[len(faces) * cut // 10 :]
    said = [ruling(0, first, step_ms=once[0]), ruling(1, second, who=HANNI, step_ms=once[0])]
    hanging = on_tracks(said, [followed(walker.faces(sampled(*again)), again[0])])
    assert hanging == {0: said}
    assert word_of(hanging[0]).person_id == HANNI, "the newest counts"


def test_a_split_track_keeps_its_ruling_on_every_part() -> None:
    walker = Walker(0, 0, 6000, 0.1)
    faces = walker.faces(sampled(200, 0))
    said = ruling(0, faces)
    assert on_tracks([said], [followed(part) for part in (faces[:10], faces[12:20], faces[20:])]) == {
        0: [said],
        1: [said],
        2: [said],
    }


def test_tracks_that_swapped_their_faces_halfway_get_nobodys_ruling() -> None:
    one, two = (Walker(lane, 0, 4000, 0).faces(sampled(200, 0)) for lane in (0, 1))
    assert on_tracks([ruling(0, one)], [followed(one[:10] + two[10:]), followed(two[:10] + one[10:])]) == {}


def test_no_faces_no_rulings_no_tracks() -> None:
    assert on_tracks([], []) == {}
    assert on_tracks([ruling()], [Followed(Span(start_ms=0, end_ms=1), [])]) == {}
    said = ruling(0, Walker(0, 0, 1000, 0).faces([0]))
    assert on_tracks([said], [followed(Walker(0, 3000, 5000, 0).faces([3000, 3200]))]) == {}


def test_a_face_in_the_same_place_after_the_cut_is_another_one() -> None:
    before, after = Walker(0, 0, 2000, 0), Walker(0, 2000, 4000, 0)
    said = ruling(0, before.faces(sampled(200, 0)))
    tracks = [followed(before.faces([0, 500, 1000]), 500), followed(after.faces([2000, 2500, 3000]), 500)]
    assert list(on_tracks([said], tracks)) == [0]
    assert on_tracks([said], tracks[1:]) == {}


# ---- what several rulings on one track come to


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ([("is", MINJI)], Word(MINJI)),
        ([("is", MINJI), ("is", HANNI)], Word(HANNI)),
        ([("is", MINJI), ("is_not", MINJI)], Word(None, frozenset({MINJI}))),
        ([("is_not", MINJI), ("is", MINJI)], Word(MINJI)),
        ([("is_not", MINJI), ("is_not", HANNI)], Word(None, frozenset({MINJI, HANNI}))),
        ([("is", MINJI), ("is_not", HANNI)], Word(MINJI, frozenset({HANNI}))),
    ],
)
def test_of_contradicting_rulings_the_newest_counts(said, word) -> None:
    assert word_of([ruling(n, verdict=verdict, who=who) for n, (verdict, who) in enumerate(said)]) == word


def test_not_somebody_is_not_whom_they_were_merged_into() -> None:
    merged = {HANNI: MINJI}
    assert word_of([ruling(verdict="is_not", who=HANNI)], merged).not_people == {MINJI}
    was_named = [ruling(0, who=HANNI), ruling(1, verdict="is_not", who=MINJI)]
    assert word_of(was_named, merged) == Word(None, frozenset({MINJI}))
    assert word_of(was_named) == Word(HANNI, frozenset({MINJI})), "un-merged they are two again"


def test_strangers_are_carried_beside_people() -> None:
    def of(stranger: UUID, verdict: str) -> AnchoredRuling:
        return ruling(verdict=verdict, person_id=None, stranger_id=stranger)

    said = [of(STRANGER, "is"), ruling(verdict="is_not"), of(OTHER_STRANGER, "is_not")]
    assert word_of(said) == Word(None, frozenset({MINJI}), STRANGER, frozenset({OTHER_STRANGER}))
    assert word_of([*said, of(STRANGER, "is_not")]).stranger_id is None
    assert word_of([*said, of(OTHER_STRANGER, "is")]).stranger_id == OTHER_STRANGER
