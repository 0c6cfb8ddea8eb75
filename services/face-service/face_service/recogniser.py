"""What a face backend answers with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from face_service.align import Landmarks, Template, crop
from kernel.contracts.faces import Face, FaceModel
from kernel.contracts.models import ModelCard
from kernel.pictures import Pixels
from kernel.vectors import unit

# A vector must keep a direction, however little its crops agree.
LEAST_AGREEMENT = 0.5


class Options(BaseModel):
    """Where a backend may look for weights: in `model_dir` alone when that is set, else in `packs_dir`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    packs_dir: Path
    model_dir: Path | None = None
    device: str = "cpu"


class Detector(Protocol):
    """Finds faces: as many lists out as pictures in, in order."""

    card: ModelCard

    def predict(self, batch: list[Pixels]) -> list[list[Face]]: ...


class Embedder(Protocol):
    """Tells faces apart: a crop made by `align.crop` with its `template` becomes a unit vector."""

    card: ModelCard
    template: Template

    def predict(self, batch: list[Pixels]) -> NDArray[np.float32]:
        """`[count, dimension]`, rows of length 1, in order."""
        ...


def as_found(_: Pixels, landmarks: Landmarks) -> Landmarks:
    return landmarks


@dataclass(frozen=True)
class Recogniser:
    """A loaded face backend. Each half may be called from any thread, `callers` of them at a time.

    `default_threshold`: the cosine above which it may name anybody, unless the settings say another.
    `second_look`: better landmarks for a face of a picture that is about to be embedded.
    `framings`: a face is embedded in a crop of each, and the mean counts; none means the embedder's template.
    """

    detector: Detector
    embedder: Embedder
    default_threshold: float
    second_look: Callable[[Pixels, Landmarks], Landmarks] = as_found
    framings: tuple[Template, ...] = ()
    callers: int = 1

    def crops(self, picture: Pixels, landmarks: Landmarks) -> list[Pixels]:
        """A crop for each framing. Raises LandmarksError when the landmarks lie in one point."""
        better = self.second_look(picture, landmarks)
        return [crop(picture, better, framing) for framing in self.framings or (self.embedder.template,)]

    def embed(self, faces: list[list[Pixels]]) -> NDArray[np.float32]:
        """`[count, dimension]`, in order: the direction of the mean vector of each face's crops, as long as the mean
        cosine between two of them (at least `LEAST_AGREEMENT`): 1 for one crop, less the harder the face is to read.
        """
        rows = self.embedder.predict([crop for crops in faces for crop in crops])
        if not faces:
            return rows
        means = rows.reshape(len(faces), -1, rows.shape[1]).mean(axis=1)
        crops = len(rows) // len(faces)
        if crops == 1:
            return unit(means)
        # Of unit vectors, the squared length of the mean is the mean of all products, those with themselves included.
        agreement = (crops * (means * means).sum(axis=1, keepdims=True) - 1) / (crops - 1)
        return np.asarray(unit(means) * np.clip(agreement, LEAST_AGREEMENT, 1), np.float32)

    @property
    def model(self) -> FaceModel:
        return FaceModel(
            detector=self.detector.card, embedder=self.embedder.card, default_threshold=self.default_threshold
        )
