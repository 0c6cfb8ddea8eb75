"""Face-service's pure rooms: alignment, quality, what a detector's grids mean."""

from math import cos, radians, sin

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_service import align, quality
from face_service.align import ARCFACE
from face_service.detect import COPIES, Found, Grid, faces_in, from_afar, letterboxed, once, scrfd, together, yunet
from face_service.errors import LandmarksError
from face_service.landmarks import MIRRORED, SIDE, TILE, VIEWS, SecondLook


@given(
    scale=st.floats(0.05, 20),
    degrees=st.floats(-180, 180),
    shift=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_similarity_undoes_any_move_turn_and_scaling(scale, degrees, shift):
    template = np.array(ARCFACE.points)
    angle = radians(degrees)
    turned = template @ np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]]) * scale + shift
    matrix = align.similarity(turned, template)
    np.testing.assert_allclose(turned @ matrix[:, :2].T + matrix[:, 2], template, atol=1e-6)


def test_similarity_never_mirrors():
    template = np.array(ARCFACE.points)
    matrix = align.similarity(template * (-1, 1), template)
    assert np.linalg.det(matrix[:, :2]) > 0


def test_a_crop_shows_the_landmarks_where_the_template_has_them():
    picture = np.zeros((300, 400, 3), np.uint8)
    landmarks = [(150.0, 100.0), (200.0, 110.0), (170.0, 140.0), (145.0, 160.0), (190.0, 170.0)]
    for x, y in landmarks[:2]:
        cv2.circle(picture, (int(x), int(y)), 4, (255, 255, 255), -1)
    crop = align.crop(picture, tuple((x / 400, y / 300) for x, y in landmarks), ARCFACE)
    assert crop.shape == (112, 112, 3)
    for x, y in ARCFACE.points[:2]:
        assert crop[round(y) - 3 : round(y) + 4, round(x) - 3 : round(x) + 4].max() > 200


@pytest.mark.parametrize("point", [0.5, float("nan"), float("inf")])
def test_landmarks_in_one_point_or_nowhere_are_refused(point):
    with np.errstate(invalid="ignore"), pytest.raises(LandmarksError):
        align.crop(np.zeros((10, 10, 3), np.uint8), ((point, point),) * 5, ARCFACE)


def _turned(degrees: float, roll: float = 0.0):
    """Landmarks of a head turned to the picture's right: eyes in the head's plane, the nose before it."""
    eyes, nose = 0.5 * cos(radians(degrees)), 0.5 * sin(radians(degrees))
    turn = complex(cos(radians(roll)), sin(radians(roll)))
    points = [p * turn for p in (complex(-eyes, 0), complex(eyes, 0), complex(nose, 0.5), -0.3 + 1j, 0.3 + 1j)]
    return tuple((p.real, p.imag) for p in points)


@pytest.mark.parametrize("degrees", [-80, -45, 0, 30, 60])
@pytest.mark.parametrize("roll", [-30, 0, 90])
def test_yaw_is_the_angle_whatever_the_roll(degrees, roll):
    assert quality.yaw(_turned(degrees, roll), 1.0) * 90 == pytest.approx(degrees, abs=0.01)


def test_yaw_knows_that_pictures_are_not_square():
    wide = tuple((x / 2, y) for x, y in _turned(40, roll=30))
    assert quality.yaw(wide, 2.0) * 90 == pytest.approx(40, abs=0.01)


def test_eyes_in_one_point_are_a_profile():
    assert quality.yaw(((0.5, 0.5),) * 5, 1.0) == 1.0


def test_blur_is_less_sharp():
    crop = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    assert quality.sharpness(cv2.GaussianBlur(crop, (0, 0), 3)) < quality.sharpness(crop) / 10


@given(st.integers(1, 900), st.integers(1, 900))
def test_a_letterboxed_picture_keeps_its_shape(width, height):
    square, factor = letterboxed(np.full((height, width, 3), 255, np.uint8), 64)
    assert square.shape == (64, 64, 3)
    lit = (square.max(axis=2) > 0).nonzero()
    assert abs(lit[1].max() + 1 - width * factor) <= 1
    assert abs(lit[0].max() + 1 - height * factor) <= 1


def test_yunet_reads_a_planted_face():
    cells = 80 * 80
    cls, obj = np.zeros((cells, 1), np.float32), np.zeros((cells, 1), np.float32)
    boxes, landmarks = np.zeros((cells, 4), np.float32), np.zeros((cells, 10), np.float32)
    row, column = 30, 20
    cell = row * 80 + column
    cls[cell], obj[cell] = 0.81, 1.0
    boxes[cell] = (0.5, 0.25, np.log(4), np.log(6))
    landmarks[cell, :2] = (1, -1)
    found = yunet(Grid(640, 8), [cls, obj, boxes, landmarks], 0.6)
    np.testing.assert_allclose(found.scores, [0.9], rtol=1e-6)
    np.testing.assert_allclose(found.boxes, [[148, 218, 180, 266]], rtol=1e-6)
    np.testing.assert_allclose(found.landmarks[0, 0], [168, 232])


def test_scrfd_reads_a_planted_face_of_the_second_anchor():
    cells = 20 * 20 * 2
    scores, edges = np.zeros((cells, 1), np.float32), np.zeros((cells, 4), np.float32)
    landmarks = np.zeros((cells, 10), np.float32)
    cell = (7 * 20 + 5) * 2 + 1
    scores[cell], edges[cell], landmarks[cell, 8:] = 0.7, (1, 2, 3, 4), (0.5, 1)
    found = scrfd(Grid(640, 32, 2), [scores, edges, landmarks], 0.5)
    np.testing.assert_allclose(found.boxes, [[4 * 32, 5 * 32, 8 * 32, 11 * 32]])
    np.testing.assert_allclose(found.landmarks[0, 4], [5.5 * 32, 8 * 32])
    np.testing.assert_allclose(found.scores, [0.7])


def _found(boxes, scores) -> Found:
    return Found(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.zeros((len(scores), 5, 2), np.float32),
        np.array(scores, np.float32),
    )


def test_a_face_found_twice_is_kept_once_with_its_better_score():
    found = together([_found([(0, 0, 10, 10), (50, 50, 60, 60)], [0.7, 0.6]), _found([(1, 0, 11, 10)], [0.9])])
    kept = once(found, 0.4)
    np.testing.assert_allclose(kept.scores, [0.9, 0.6])
    np.testing.assert_allclose(kept.boxes[0], [1, 0, 11, 10])


def test_no_faces_are_no_faces():
    assert once(_found([], []), 0.4).scores.shape == (0,)
    assert faces_in(np.zeros((5, 5, 3), np.uint8), _found([], [])) == []


def test_faces_are_clipped_to_the_picture_and_dropped_outside_it():
    landmarks = np.tile(np.array(ARCFACE.points, np.float32), (2, 1, 1))
    found = Found(np.array([(-20, 10, 40, 60), (120, 0, 130, 10)], np.float32), landmarks, np.ones(2, np.float32))
    (face,) = faces_in(np.zeros((100, 100, 3), np.uint8), found)
    assert (face.box.left, face.box.top, face.box.right, face.box.bottom) == pytest.approx((0, 0.1, 0.4, 0.6))
    assert face.side_px == pytest.approx(40)


@pytest.mark.parametrize("scale", [0.03, 0.11, 0.3, 0.49, 0.51, 1.7])
def test_a_shrunk_crop_is_an_average_and_lies_where_it_should(scale):
    """Stripes of single pixels turn grey, and a dot stays where the matrix puts it."""
    stripes = np.zeros((1500, 1800, 3), np.uint8)
    stripes[:, ::2] = 255
    at = np.array([901.0, 744.0])
    matrix = np.column_stack([np.eye(2) * scale, (56, 56) - at * scale])
    if scale < 0.5:
        shown = align.warped(stripes, matrix, 112)[40:72, 40:72]
        assert abs(shown.mean() - 127.5) < 10
        assert shown.std() < 45
    dot = np.zeros_like(stripes)
    half = max(2, int(3 / scale))
    dot[744 - half : 745 + half, 901 - half : 902 + half] = 255
    lit = align.warped(dot, matrix, 112)[:, :, 0].astype(float)
    rows, columns = np.mgrid[:112, :112]
    assert ((columns * lit).sum() / lit.sum(), (rows * lit).sum() / lit.sum()) == pytest.approx((56, 56), abs=0.2)


def test_a_crop_beside_the_picture_is_black():
    picture = np.full((200, 200, 3), 255, np.uint8)
    assert not align.warped(picture, np.array([[0.1, 0, 500.0], [0, 0.1, 500.0]]), 112).any()


def test_a_framing_moves_and_scales_what_is_shown():
    framed = ARCFACE.framed(0.5, 3, -2)
    assert framed.side == ARCFACE.side
    for (x, y), (fx, fy) in zip(ARCFACE.points, framed.points, strict=True):
        assert (fx, fy) == pytest.approx((56 + (x - 56) / 2 + 3, 56 + (y - 56) / 2 - 2))


class Reader:
    """A network that reads dots: five of one colour each, in every tile, off by what is asked; blind in `blind`."""

    COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255))

    def __init__(self, *, off: float = 0.0, blind: frozenset[int] = frozenset()):
        self.off, self.blind = off, blind

    def __call__(self, sheet):
        boxes, landmarks = [], []
        for tile, view in enumerate(VIEWS):
            row, column = divmod(tile, SIDE // TILE)
            left, top = column * TILE, row * TILE
            shown = sheet[top : top + TILE, left : left + TILE].astype(int)
            points = np.array([self._middle(shown, colour) for colour in self.COLOURS]) + np.array([left, top])
            if tile in self.blind or not np.isfinite(points).all():
                continue
            # A detector names the eye on the image's left first, whosever it is.
            landmarks.append((points[MIRRORED] if view.mirrored else points) + self.off * (-1) ** tile)
            boxes.append((left + 40, top + 40, left + 120, top + 120))
        count = len(boxes)
        return Found(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.array(landmarks, np.float32).reshape(-1, 5, 2),
            np.full(count, 0.9, np.float32),
        )

    def _middle(self, shown, colour):
        weight = np.clip(255 - np.abs(shown - colour).sum(axis=2), 0, None)
        rows, columns = np.mgrid[:TILE, :TILE]
        with np.errstate(invalid="ignore"):
            return np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()


def _dotted(points, radius=9):
    picture = np.zeros((700, 900, 3), np.uint8)
    for (x, y), colour in zip(points, Reader.COLOURS, strict=True):
        cv2.circle(picture, (round(x), round(y)), radius, colour, -1)
    return picture


FACE = np.array([(400, 300), (500, 310), (455, 360), (410, 420), (490, 425)], float)


def _fractions(points):
    return tuple((x / 900, y / 700) for x, y in points)


@pytest.mark.parametrize("off", [0.0, 3.0])
def test_a_second_look_finds_where_landmarks_truly_are(off):
    """From landmarks that are 15 pixels off, through views that are turned, scaled, mirrored and read badly."""
    found = SecondLook(Reader(off=off))(_dotted(FACE), _fractions(FACE * 1.04 + (-28, 5)))
    np.testing.assert_allclose(np.array(found) * (900, 700), FACE, atol=1.5)


def test_views_that_show_nothing_are_left_out():
    found = SecondLook(Reader(blind=frozenset(range(1, 16))))(_dotted(FACE), _fractions(FACE + 6))
    np.testing.assert_allclose(np.array(found) * (900, 700), FACE, atol=1.5)


def test_a_face_that_is_not_seen_again_keeps_its_landmarks():
    landmarks = _fractions(FACE)
    assert SecondLook(Reader(blind=frozenset(range(16))))(_dotted(FACE), landmarks) == landmarks


def test_a_second_look_at_landmarks_in_one_point_is_refused():
    with pytest.raises(LandmarksError):
        SecondLook(Reader())(_dotted(FACE), ((0.5, 0.5),) * 5)


@given(st.integers(40, 900), st.integers(40, 900))
def test_a_face_in_any_copy_from_afar_is_the_same_face_of_the_picture(width, height):
    sheet, places = from_afar(np.full((height, width, 3), 255, np.uint8), 640)
    assert len(places) == len(COPIES)
    assert (sheet > 0).any(axis=2).sum() == pytest.approx(sum(p.factor**2 * width * height for p in places), rel=0.1)
    box = np.array([width * 0.1, height * 0.1, width * 0.9, height * 0.9], np.float32)
    for place in places:
        at = box * place.factor + np.array([place.left, place.top] * 2, np.float32)
        everywhere = Found(at[None], np.zeros((1, 5, 2), np.float32), np.ones(1, np.float32))
        seen = [other.found(everywhere) for other in places]
        big = min(width, height) * 0.8 * place.factor >= place.side / 4
        assert [len(f.scores) for f in seen] == [int(other is place and big) for other in places]
        if big:
            np.testing.assert_allclose(seen[places.index(place)].boxes[0], box, rtol=1e-3, atol=0.1)
