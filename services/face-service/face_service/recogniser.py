"""What a face backend answers with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from face_service.align import Template
from kernel.contracts.faces import Face, FaceModel
from kernel.contracts.models import ModelCard
from kernel.pictures import Pixels


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


@dataclass(frozen=True)
class Recogniser:
    """A loaded face backend. Each half may be called from any thread, one call at a time.

    `default_threshold`: the cosine above which it may name anybody, unless the settings say another.
    """

    detector: Detector
    embedder: Embedder
    default_threshold: float

    @property
    def model(self) -> FaceModel:
        return FaceModel(
            detector=self.detector.card, embedder=self.embedder.card, default_threshold=self.default_threshold
        )
