"""What observed captions say of real photographs, and of a film with known people and things."""

from pathlib import Path

import av
import pytest

from caption_service import packs, sentences
from caption_service.backends import _yolox
from caption_service.scene import Scene, Trust, seen_objects
from kernel import pictures
from kernel.contracts.captions import Clip, ClipPicture, SeenPerson
from kernel.contracts.time import Span
from kernel.inference.weights import find

COLLINS = SeenPerson(name_ko="아일린 콜린스", name_en="Eileen Collins", share=1.0)


@pytest.fixture(scope="module")
def detector(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> _yolox.Detector:
    assert shared.is_dir()
    return _yolox.load(find(packs.YOLOX_NANO, None, tmp_path_factory.mktemp("models")))


def _scene(detector: _yolox.Detector, file: Path, **clip: object) -> Scene:
    found = detector.predict([pictures.read(file)])
    seen = seen_objects([(file.name, found[0])], Trust())
    taken = [ClipPicture(name=file.name, at_ms=0)]
    return Scene(Clip(key="k", span=Span(start_ms=0, end_ms=1), pictures=taken, **clip), (file,), seen)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("photo", "english", "korean"),
    [
        ("chelsea.png", "A cat is in the picture.", "화면에 고양이가 있다."),
        ("coffee.png", "A cup and a dining table are in the picture.", "화면에 컵과 식탁이 있다."),
        ("camera.png", "A person is on screen in a medium shot.", "한 사람이 미디엄 숏으로 보인다."),
        ("store-aisle.jpg", "Two people are on screen in a medium shot.", "두 사람이 미디엄 숏으로 보인다."),
        ("two-people-heads.jpg", "Two people are on screen in a medium shot.", "두 사람이 미디엄 숏으로 보인다."),
        ("worker.jpg", "A person is on screen in a medium shot.", "한 사람이 미디엄 숏으로 보인다."),
        ("woman-signing-book.jpg", "A person is on screen in a medium shot.", "한 사람이 미디엄 숏으로 보인다."),
        (
            "classroom.jpg",
            "Four people are on screen in a wide shot. Several chairs are in the picture.",
            "네 사람이 와이드 숏으로 보인다. 화면에 의자 여러 개가 있다.",
        ),
        ("rocket.jpg", "Nothing was recognised in this scene.", "알아본 것이 없는 장면이다."),
    ],
)
def test_photographs_are_described_as_they_are(
    detector: _yolox.Detector, shared: Path, photo: str, english: str, korean: str
) -> None:
    scene = _scene(detector, shared / "media/photos" / photo)
    assert (sentences.english(scene), sentences.korean(scene)) == (english, korean)


def test_an_astronaut_is_named_when_her_face_was(detector: _yolox.Detector, shared: Path) -> None:
    photo = shared / "media/photos/astronaut.png"
    assert sentences.korean(_scene(detector, photo)) == "한 사람이 미디엄 숏으로 보인다."
    named = _scene(detector, photo, people=[COLLINS], largest_face=0.25)
    assert sentences.korean(named) == "아일린 콜린스가 미디엄 숏으로 보인다."


@pytest.mark.parametrize("side", [(1, 1), (2000, 3), (7, 900)])
def test_a_picture_of_any_shape_can_be_looked_at(detector: _yolox.Detector, side: tuple[int, int]) -> None:
    import numpy as np  # noqa: PLC0415 - only here

    (found,) = detector.predict([np.zeros((*side, 3), np.uint8)])
    assert all(0 <= edge <= 1 for one in found for edge in (one.box.left, one.box.top, one.box.right, one.box.bottom))


@pytest.mark.parametrize(("clip", "count"), [("book", 1), ("help", 1), ("again", 1), ("bird", 2)])
def test_the_boxes_are_where_the_person_is(detector: _yolox.Detector, shared: Path, clip: str, count: int) -> None:
    """One person stands in the middle of the picture; in one clip another leans in from the right edge."""
    with av.open(str(shared / "media/people-signing" / f"{clip}.mkv")) as video:
        frame = next(video.decode(video=0)).to_ndarray(format="bgr24")
    (found,) = detector.predict([frame])
    people = [one for one in found if one.label == "person" and one.score >= Trust().alone]
    assert len(people) == count
    assert people[0].box.left < 0.5 < people[0].box.right
    assert people[0].box.height > 0.5
