"""Where a gallery draws the line between somebody it knows and nobody it knows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from gateway.people.matching import Gallery, gallery_of
from kernel.vectors import Matrix, unit


@dataclass(frozen=True)
class Calibration:
    """How a threshold was found. `method`: `fixed` by a setting, `default` of the model, else what it rests on."""

    method: str
    threshold: float
    strangers: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"method": self.method, "threshold": round(self.threshold, 4), "strangers": self.strangers}


def calibrated(
    references: Mapping[UUID, Matrix],
    model_id: str,
    *,
    otherwise: float,
    strangers: Matrix | None = None,
    fixed: float | None = None,
) -> tuple[Gallery, Calibration]:
    gallery = gallery_of(references, model_id, otherwise)
    if fixed is not None:
        return gallery_of(references, model_id, fixed), Calibration("fixed", fixed)
    if strangers is None or not len(strangers):
        return gallery, Calibration("default", otherwise)
    threshold = float(np.quantile(gallery.scores(unit(strangers)).max(axis=1), 0.95))
    return gallery_of(references, model_id, threshold), Calibration("strangers", threshold, len(strangers))
