"""Shot scale, which detections are believed, which pictures are looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caption_service.scene import Detection, Scene, Trust, evenly, seen_objects
from kernel.contracts.captions import Clip, ClipPicture, SeenPerson
from kernel.contracts.faces import Box
from kernel.contracts.time import Span


def found(label: str, score: float, height: float = 0.5) -> Detection:
    return Detection(label, score, Box(left=0, top=0, right=0.5, bottom=height))


def scene(*detections: Detection, **clip: object) -> Scene:
    whole = Clip(key="k", span=Span(start_ms=0, end_ms=1), pictures=[ClipPicture(name="a", at_ms=0)], **clip)
    return Scene(whole, (), seen_objects([("a", detections)], Trust()))


@pytest.mark.parametrize(
    ("face", "scale"),
    [(0.9, "extreme_close_up"), (0.7, "extreme_close_up"), (0.5, "close_up"), (0.33, "close_up"), (0.2, "medium"),
     (0.1, "full"), (0.05, "wide"), (0.0, "wide")],
)  # fmt: skip
def test_the_largest_face_gives_the_scale(face: float, scale: str) -> None:
    assert scene(largest_face=face).scale == scale


def test_without_a_face_the_largest_body_gives_the_scale() -> None:
    assert scene(found("person", 0.9, 0.99)).scale == "medium"
    assert scene(found("person", 0.9, 0.8)).scale == "full"
    assert scene(found("person", 0.9, 0.2)).scale == "wide"


def test_without_people_there_is_no_scale_to_give() -> None:
    assert scene(found("cup", 0.9)).scale == "no_person"
    assert scene(unknown_faces=1).scale is None
    assert scene(people=[SeenPerson(name_ko="하니", name_en="Hanni", share=1)]).scale is None


def test_whoever_a_screen_shows_again_is_nobody_else() -> None:
    pair = (found("person", 0.9), found("person", 0.8))
    hanni = [SeenPerson(name_ko="하니", name_en="Hanni", share=1)]
    assert scene(*pair, people=hanni).unnamed == 1
    assert scene(*pair, people=hanni, copies=1).unnamed == 0
    assert scene(*pair, people=hanni, copies=1, unknown_faces=1).unnamed == 1


def test_a_weak_detection_needs_a_second_picture() -> None:
    weak = [found("cup", 0.5)]
    assert seen_objects([("a", weak)], Trust()) == ()
    assert [one.label for one in seen_objects([("a", weak), ("b", weak)], Trust())] == ["cup"]
    assert seen_objects([("a", [found("cup", 0.4)])] * 4, Trust()) == ()


def test_a_thing_the_other_pictures_do_not_show_must_be_surer() -> None:
    ball = [found("sports ball", 0.7)]
    assert [one.label for one in seen_objects([("a", ball)], Trust())] == ["sports ball"]
    assert seen_objects([("a", ball), ("b", []), ("c", [])], Trust()) == ()
    assert seen_objects([("a", [found("sports ball", 0.8)]), ("b", [])], Trust()) != ()


def test_the_count_is_the_most_at_once_and_the_box_is_the_surest() -> None:
    (cup,) = seen_objects([("a", [found("cup", 0.7)]), ("b", [found("cup", 0.9, 0.3), found("cup", 0.5)])], Trust())
    assert (cup.count, cup.score, cup.picture, cup.box.bottom) == (2, 0.9, "b", 0.3)


def test_the_surest_thing_comes_first_and_ties_keep_one_order() -> None:
    seen = seen_objects([("a", [found("book", 0.8), found("cup", 0.9), found("bed", 0.8)])], Trust())
    assert [one.label for one in seen] == ["cup", "bed", "book"]


def test_pictures_are_spread_from_the_first_to_the_last() -> None:
    assert evenly(list(range(50)), 8) == [0, 7, 14, 21, 28, 35, 42, 49]
    assert evenly([1, 2, 3], 8) == [1, 1, 1, 1, 2, 2, 2, 3]
    assert evenly([1, 2, 3], 1) == [2]
    assert evenly([], 4) == []


@given(st.lists(st.integers(), min_size=1, max_size=100), st.integers(1, 16))
def test_a_spread_has_its_length_and_the_given_order(items: list[int], count: int) -> None:
    ranks = evenly(range(len(items)), count)
    assert len(ranks) == count
    assert ranks == sorted(ranks)
