"""Faces linked through time."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.tracks import FOREVER_MS, Sighting, TrackDraft, link
from kernel.contracts.faces import Box, Face
from kernel.contracts.time import Span

STEP = 200
POINTS = ((0.4, 0.4), (0.6, 0.4), (0.5, 0.5), (0.42, 0.6), (0.58, 0.6))


def face(x: float, y: float = 0.5, size: float = 0.1, **measured) -> Face:
    box = Box(left=x - size / 2, top=y - size / 2, right=x + size / 2, bottom=y + size / 2)
    given = {"score": 0.9, "side_px": 100, "sharpness": 200, "yaw": 0} | measured
    return Face(box=box, landmarks=POINTS, **given)


def picture(at_ms: int, *faces: Face) -> list[Sighting]:
    return [Sighting(picture=f"{at_ms:09d}.jpg", at_ms=at_ms, face=one) for one in faces]


def places(track: TrackDraft) -> list[float]:
    return [round((s.face.box.left + s.face.box.right) / 2, 3) for s in track.sightings]


def span(start: int, end: int) -> Span:
    return Span(start_ms=start, end_ms=end)


def test_two_faces_that_stand_still_are_two_tracks():
    tracks = link([picture(t, face(0.2), face(0.8)) for t in range(0, 1000, STEP)], [span(0, 1000)], STEP)
    assert [places(track) for track in tracks] == [[0.2] * 5, [0.8] * 5]
    assert {track.span for track in tracks} == {span(0, 1000)}


def test_the_order_of_faces_in_a_picture_does_not_matter():
    pictures = [picture(0, face(0.2), face(0.8)), picture(200, face(0.8), face(0.2))]
    assert [places(track) for track in link(pictures, [], STEP)] == [[0.2, 0.2], [0.8, 0.8]]


def test_people_who_cross_keep_their_tracks():
    """At the crossing itself one hides the other; each goes on as it moved."""
    xs = [0.2, 0.3, 0.4, None, 0.6, 0.7, 0.8]
    pictures = [
        picture(index * STEP, *([face(0.5)] if x is None else [face(x), face(1 - x)])) for index, x in enumerate(xs)
    ]
    ends = sorted((places(track)[0], places(track)[-1]) for track in link(pictures, [], STEP))
    assert ends == [(0.2, 0.8), (0.8, 0.2)]


def test_no_track_crosses_a_shot():
    shots = [span(0, 500), span(500, 1000)]
    tracks = link([picture(t, face(0.5)) for t in range(0, 1000, STEP)], shots, STEP)
    assert [track.span for track in tracks] == shots
    assert [len(track.sightings) for track in tracks] == [3, 2]


def test_a_short_gap_is_bridged_and_a_long_one_is_not():
    seen = [0, 200, 1000, 1200, 3000]
    tracks = link([picture(t, face(0.5)) for t in seen], [span(0, 4000)], STEP)
    assert [[s.at_ms for s in track.sightings] for track in tracks] == [[0, 200, 1000, 1200], [3000]]
    assert [track.span for track in tracks] == [span(0, 1400), span(3000, 3200)]


def test_a_face_elsewhere_or_of_another_size_is_another_track():
    assert len(link([picture(0, face(0.2)), picture(200, face(0.5))], [], STEP)) == 2
    assert len(link([picture(0, face(0.5, size=0.1)), picture(200, face(0.5, size=0.3))], [], STEP)) == 2


def test_a_track_reaches_to_the_edges_of_its_shot_only_when_seen_there():
    shot = span(1000, 3000)
    (whole,) = link([picture(t, face(0.5)) for t in range(1150, 3000, STEP)], [shot], STEP)
    (inside,) = link([picture(t, face(0.5)) for t in range(1800, 2300, STEP)], [shot], STEP)
    assert whole.span == shot
    assert inside.span == span(1800, 2400)


def test_faces_outside_every_shot_are_tracked_up_to_the_next():
    tracks = link([picture(t, face(0.5)) for t in (0, 200, 400)], [span(300, 500)], STEP)
    assert [track.span for track in tracks] == [span(0, 300), span(300, 500)]


def test_nothing_seen_is_no_track():
    assert link([], [], STEP) == []
    assert link([[], []], [span(0, 400)], STEP) == []


def _track(*faces: Face) -> TrackDraft:
    sightings = tuple(sighting for at, one in enumerate(faces) for sighting in picture(at * STEP, one))
    return TrackDraft(span=span(0, len(faces) * STEP), sightings=sightings)


def test_best_takes_one_of_each_part_best_first():
    sharp = [100, 140, 90, 80, 150, 85, 120, 70, 60]
    best = _track(*(face(0.5, sharpness=s) for s in sharp)).best(3)
    assert [s.face.sharpness for s in best] == [150, 140, 120]


def test_a_long_track_is_looked_at_from_end_to_end():
    looks = _track(*(face(0.5) for _ in range(60))).looks(3)
    assert [look.at_ms for look in looks] == [0, 3000, 6000, 10400]


def test_the_very_beginning_and_end_are_looked_at_however_good_their_neighbours_are():
    sharpest_at = (4, 13)  # of eighteen: in the second half of the beginning, in the first half of the end
    looks = _track(*(face(0.5, sharpness=140 if at in sharpest_at else 100) for at in range(18))).looks(3)
    assert looks[0].at_ms < 3 * STEP
    assert looks[-1].at_ms >= 15 * STEP


def test_best_leaves_out_what_would_only_blur_the_mean():
    best = _track(face(0.5), face(0.5, side_px=25), face(0.5, sharpness=5)).best(3)
    assert [s.at_ms for s in best] == [0]


@pytest.mark.parametrize("unfit", [{"side_px": 12}, {"yaw": 0.9}, {"yaw": -0.9}])
def test_a_track_may_have_no_crop_fit_to_look_at(unfit):
    assert _track(face(0.5, **unfit), face(0.5, **unfit)).best(3) == []


def test_fewer_sightings_than_asked_are_all_there_are():
    assert len(_track(face(0.5), face(0.5)).best(3)) == 2


faces_somewhere = st.builds(face, st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.6))
videos = st.lists(st.tuples(st.integers(1, 900), st.lists(faces_somewhere, max_size=4)), max_size=25)
cuts = st.lists(st.integers(1, 10_000), max_size=6, unique=True).map(sorted)


@given(videos, cuts, st.integers(1, 500))
def test_every_sighting_is_in_one_track_and_every_track_in_one_shot(video, cuts, step):
    pictures, at_ms = [], 0
    for later, faces in video:
        at_ms += later
        pictures.append(picture(at_ms, *faces))
    shots = [span(start, end) for start, end in pairwise(cuts)]
    tracks = link(pictures, shots, step)

    linked = sorted((s.at_ms, id(s)) for track in tracks for s in track.sightings)
    assert linked == sorted((s.at_ms, id(s)) for one in pictures for s in one)
    assert [track.span.start_ms for track in tracks] == sorted(track.span.start_ms for track in tracks)
    for track in tracks:
        times = [s.at_ms for s in track.sightings]
        assert times == sorted(set(times)), "one face, one place at a time"
        assert all(track.span.contains(at) for at in times)
        assert track.span.end_ms < FOREVER_MS
        assert all(not track.span.overlap_ms(shot) or _within(track.span, shot) for shot in shots)


def _within(inner: Span, outer: Span) -> bool:
    return outer.start_ms <= inner.start_ms and inner.end_ms <= outer.end_ms
