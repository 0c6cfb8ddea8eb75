"""What of a request is written, and which vectors are refused; without a database."""

import asyncio
from uuid import UUID

import numpy as np
import pytest

from embed_service.documents import Stored, plan
from embed_service.embedding import BadVectorsError, Embedder, checked
from embed_service.texts import fingerprint, parts
from kernel.contracts.embeddings import Document
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span
from kernel.vectors import Matrix, unit

CARD = ModelCard(backend="fake", model_id="fake@1", licence="none", source="this test", dimension=3)
ONE = Document(
    segment_id=UUID(int=1),
    video_id=UUID(int=2),
    version=3,
    span=Span(start_ms=0, end_ms=1),
    title="",
    text_ko="자고 있다",
    text_en="sleeping",
    origin="machine",
)


def stored(document: Document, version: int | None = None) -> dict[UUID, Stored]:
    known = Stored(document.version if version is None else version, fingerprint(document), parts(document))
    return {document.segment_id: known}


def test_a_new_document_needs_all_its_texts() -> None:
    work = plan([ONE], {})
    assert work.changed == (ONE,)
    assert work.texts == ["자고 있다", "sleeping"]


def test_what_is_the_same_is_left_alone_whatever_its_version() -> None:
    assert plan([ONE], stored(ONE)).changed == ()
    assert plan([ONE], stored(ONE)).newer == ()
    assert plan([ONE], stored(ONE, version=2)).newer == (ONE,)
    assert plan([ONE], stored(ONE, version=4)).newer == ()


def test_only_new_texts_are_embedded() -> None:
    moved = ONE.model_copy(update={"title": "다른 제목"})
    assert plan([moved], stored(ONE)).texts == []
    said = ONE.model_copy(update={"text_en": "asleep"})
    assert plan([said], stored(ONE)).texts == ["asleep"]


def test_older_versions_and_those_removed_stay_away() -> None:
    other = ONE.model_copy(update={"text_en": "asleep"})
    assert plan([other], stored(ONE, version=4)).changed == ()
    assert plan([ONE], {ONE.segment_id: Stored(3, None, {})}).changed == ()
    assert plan([ONE], {ONE.segment_id: Stored(2, None, {})}).changed == (ONE,)


@pytest.mark.parametrize(
    "vectors",
    [
        np.full((2, 3), np.nan, dtype=np.float32),
        np.full((2, 3), np.inf, dtype=np.float32),
        np.zeros((2, 3), dtype=np.float32),
        np.ones((2, 3), dtype=np.float32),
        unit(np.ones((2, 4), dtype=np.float32)),
        unit(np.ones((1, 3), dtype=np.float32)),
    ],
)
def test_vectors_that_must_not_be_stored_are_refused(vectors: Matrix) -> None:
    with pytest.raises(BadVectorsError, match="fake@1"):
        checked(vectors, 2, CARD)


class Sometimes:
    """A model that answers NaN to one text, and counts what it was asked."""

    card = CARD

    def __init__(self) -> None:
        self.asked: list[str] = []

    def predict(self, batch: list[str]) -> Matrix:
        self.asked += batch
        return unit(np.array([[np.nan if text == "bad" else 1, len(text), 2] for text in batch], dtype=np.float32))


async def test_a_bad_answer_refuses_its_own_batch_and_the_next_is_fine() -> None:
    embedder = Embedder(Sometimes())
    with pytest.raises(BadVectorsError):
        await embedder.embed(["bad"])
    assert (await embedder.embed(["a", "bb"])).shape == (2, 3)
    embedder.close()


async def test_equal_texts_are_embedded_once_and_come_back_in_place() -> None:
    model = Sometimes()
    embedder = Embedder(model)
    vectors = await embedder.embed(["a", "bb", "a"])
    assert sorted(model.asked) == ["a", "bb"]
    assert (vectors[0] == vectors[2]).all()
    assert (await embedder.embed([])).shape == (0, 3)
    embedder.close()


async def test_many_callers_at_once_each_get_their_own() -> None:
    embedder = Embedder(Sometimes())
    answers = await asyncio.gather(*(embedder.embed(["x" * (number + 1)]) for number in range(200)))
    expected = [unit(np.array([[1, number + 1, 2]], dtype=np.float32)) for number in range(200)]
    assert np.concatenate(answers) == pytest.approx(np.concatenate(expected))
    embedder.close()
