"""One suite for every face backend: whatever file is in `face_service/backends` is held to it."""

import importlib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from random_packs import write_pack

from face_service.align import REVISION, Template
from face_service.recogniser import LEAST_AGREEMENT, Recogniser
from kernel.inference.backend import BackendUnavailableError, backend_names, load_backend
from kernel.pictures import Pixels
from kernel.vectors import unit

NAMES = backend_names("face_service")
# Height, width: a pixel, a line, odd numbers, the networks' own size, more than it.
SIZES = [(1, 1), (1, 400), (333, 77), (640, 640), (721, 1281)]


def _noise(seed: int, height: int, width: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _crops(count: int, template: Template) -> list[Pixels]:
    return [_noise(seed, template.side, template.side) for seed in range(count)]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recogniser | BackendUnavailableError]:
    """Every backend once. InsightFace's weights may not be shipped: a random pack of their shapes stands in."""
    folder = tmp_path_factory.mktemp("packs")
    pack = {"insightface": write_pack(folder / "random")}

    def load(name: str) -> Recogniser | BackendUnavailableError:
        try:
            backend: Recogniser = load_backend(
                "face_service", name, packs_dir=folder / "none", model_dir=pack.get(name)
            )
        except BackendUnavailableError as error:
            return error
        return backend

    return {name: load(name) for name in NAMES}


@pytest.fixture
def backend(name: str, loaded: dict[str, Recogniser | BackendUnavailableError]) -> Recogniser:
    outcome = loaded[name]
    if isinstance(outcome, BackendUnavailableError):
        pytest.skip(str(outcome))
    return outcome


def test_says_what_it_is(name: str) -> None:
    said = (importlib.import_module(f"face_service.backends.{name}").__doc__ or "").lower()
    for word in ("weights", "licence", "detector: ", "embedder: ", "output"):
        assert word in said, f"the docstring of {name} does not say its {word}"


def test_refuses_an_option_it_does_not_know(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="tresh"):
        load_backend("face_service", name, packs_dir=tmp_path, tresh=0.3)


def test_without_its_weights_says_what_brings_them(name: str, tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError) as refusal:
        load_backend("face_service", name, packs_dir=tmp_path, model_dir=tmp_path)
    assert refusal.value.params["backend"] == name
    assert refusal.value.params["reason"]
    assert refusal.value.params["remedy"]


def test_cards_are_complete(name: str, backend: Recogniser) -> None:
    for card in (backend.detector.card, backend.embedder.card):
        assert card.backend == name
        assert "@" in card.model_id
        assert card.licence
        assert card.source
        assert bool(card.notice_en) == bool(card.notice_ko)
        assert card.notice_en or not card.weak
    assert backend.embedder.card.dimension
    assert 0 < backend.default_threshold < 1


def test_detects_in_order_whatever_the_batch(backend: Recogniser) -> None:
    pictures = [_noise(seed, height, width) for seed, (height, width) in enumerate(SIZES)]
    together = backend.detector.predict(pictures)
    assert together == [backend.detector.predict([picture])[0] for picture in pictures]
    assert together[::-1] == backend.detector.predict(pictures[::-1])


def test_faces_are_inside_their_picture(backend: Recogniser) -> None:
    for faces in backend.detector.predict([_noise(3, 333, 77), _noise(4, 480, 640)]):
        for face in faces:
            assert 0 <= face.box.left < face.box.right <= 1
            assert 0 <= face.box.top < face.box.bottom <= 1
            assert face.side_px > 0
            assert face.sharpness >= 0
            assert 0 <= face.quality <= 1


def test_embeds_in_order_whatever_the_batch(backend: Recogniser) -> None:
    crops = _crops(5, backend.embedder.template)
    together = backend.embedder.predict(crops)
    assert together.shape == (5, backend.embedder.card.dimension)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([backend.embedder.predict([crop]) for crop in crops])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_allclose(together[::-1], backend.embedder.predict(crops[::-1]), atol=1e-4)


LANDMARKS = ((0.4, 0.4), (0.6, 0.4), (0.5, 0.5), (0.42, 0.65), (0.58, 0.65))


def test_a_face_has_one_vector_whatever_it_comes_with(backend: Recogniser) -> None:
    faces = [backend.crops(_noise(seed, height, width), LANDMARKS) for seed, (height, width) in enumerate(SIZES[2:])]
    together = backend.embed(faces)
    assert together.shape == (3, backend.embedder.card.dimension)
    for number, face in enumerate(faces):
        each = backend.embedder.predict(face)
        alike = [float(one @ other) for one, other in combinations(each, 2)]
        agreed = np.clip(np.mean(alike), LEAST_AGREEMENT, 1) if alike else 1
        assert np.linalg.norm(together[number]) == pytest.approx(agreed, abs=1e-4)
        np.testing.assert_allclose(unit(together[number]), unit(each.mean(axis=0)), atol=1e-4)
        assert [crop.shape for crop in face] == [(backend.embedder.template.side,) * 2 + (3,)] * len(face)
        np.testing.assert_allclose(together[number], backend.embed([face])[0], atol=1e-4)
    assert backend.embed([]).shape == (0, backend.embedder.card.dimension)


def test_the_second_look_answers_the_same_twice(backend: Recogniser) -> None:
    picture = _noise(5, 480, 640)
    assert backend.second_look(picture, LANDMARKS) == backend.second_look(picture, LANDMARKS)


def test_vectors_of_other_crops_have_another_id(backend: Recogniser) -> None:
    assert backend.embedder.card.model_id.endswith(f"+{REVISION}")


def test_many_crops_at_once(backend: Recogniser) -> None:
    """More than any backend takes in one run of its network."""
    crops = _crops(3, backend.embedder.template)
    vectors = backend.embedder.predict(crops * 11)
    assert len(vectors) == 33
    np.testing.assert_allclose(vectors[:3], vectors[30:], atol=1e-4)


def test_nothing_in_nothing_out(backend: Recogniser) -> None:
    assert backend.detector.predict([]) == []
    assert backend.embedder.predict([]).shape == (0, backend.embedder.card.dimension)


def test_leaves_its_input_alone(backend: Recogniser) -> None:
    picture, crop = _noise(1, 300, 200), _crops(1, backend.embedder.template)[0]
    copies = picture.copy(), crop.copy()
    backend.detector.predict([picture])
    backend.embedder.predict([crop])
    assert (picture == copies[0]).all()
    assert (crop == copies[1]).all()


WEIGHTS = {
    "edge": lambda shared: shared / "faces" / "models" / "edge",
    "dlib": lambda _: Path(importlib.import_module("face_recognition_models").__file__ or "").parent / "models",
}


def test_weights_in_a_folder_with_korean_and_a_space(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = tmp_path / "얼굴 모델 é"
    if name in WEIGHTS:
        pytest.importorskip("face_recognition_models") if name == "dlib" else None
        folder.symlink_to(WEIGHTS[name](request.getfixturevalue("shared")))
    else:
        write_pack(folder)
    backend = load_backend("face_service", name, packs_dir=tmp_path, model_dir=folder)
    assert len(backend.embedder.predict(_crops(1, backend.embedder.template))) == 1
