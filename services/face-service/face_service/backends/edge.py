"""Edge: YuNet-n finds faces, EdgeFace-XS tells them apart. Small, fast on a CPU, open; the default.

Weights (addresses and SHA-256 in `packs.py`): YuNet-n, 0.3 MB, ShiqiYu/libfacedetection.train, trained on WIDER FACE;
EdgeFace-XS, about 2 M parameters, George et al., IEEE T-BIOM 2024, trained on WebFace: either the pack `edgeface` (XS
gamma 0.6 as ONNX by yakhyo) or the pack `edge` (the authors' int8 file, dequantised; another model, other vectors).
Licences: Apache-2.0 (YuNet), BSD-3-Clause (EdgeFace).
Detector: input [1, 3, 640, 640] float32, BGR, 0-255, the picture in the upper left; for strides 8, 16 and 32 outputs
`cls`, `obj` [1, n, 1], `bbox` [1, n, 4], `kps` [1, n, 10] in strides relative to the cell.
Embedder: input [n, 3, 112, 112] float32, RGB, (x - 127.5) / 127.5; output [n, 512].
"""

from pathlib import Path
from typing import Any

import numpy as np

from face_service.align import ARCFACE
from face_service.backends._arcface import ArcFace
from face_service.detect import Found, Grid, faces_in, from_afar, letterboxed, once, planes, together, yunet
from face_service.landmarks import SecondLook
from face_service.packs import EDGE, EDGEFACE
from face_service.recogniser import Options, Recogniser
from kernel.contracts.errors import Words, spoken
from kernel.contracts.faces import Face
from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError
from kernel.inference.onnx import callers, open_session
from kernel.inference.weights import Pack, find
from kernel.pictures import Pixels

__all__ = ["Options", "load"]

SIDE = 640
GRIDS = tuple(Grid(SIDE, stride) for stride in (8, 16, 32))
LOWEST_SCORE, SAME_FACE_OVERLAP = 0.6, 0.3
# Best score in a picture without faces that asks for another look: half of pictures of nobody stay below it.
WORTH_ANOTHER_LOOK, LOWEST_SCORE_FROM_AFAR = 0.1, 0.7
# Of a face that is known to be there, an unlikely reading is worth its small weight.
LOWEST_SCORE_OF_A_VIEW = 0.3
# Two crops a little apart err differently; four bring nothing more (decision 0013).
FRAMINGS = (ARCFACE.framed(0.97, 1.5, 1.5), ARCFACE.framed(0.97, -1.5, -1.5))

# 0.41 let 5 % of photographs of look-alike performers pass as somebody else, with crops made by the detector's own
# landmarks. Crops made as here lift the hundredth-best stranger by 0.01 (bench/alignment.py), and so the threshold.
THRESHOLD = 0.42


class YuNet:
    def __init__(self, session: Any, card: ModelCard) -> None:
        self._session, self.card = session, card
        self._outputs = [f"{kind}_{grid.stride}" for grid in GRIDS for kind in ("cls", "obj", "bbox", "kps")]

    def predict(self, batch: list[Pixels]) -> list[list[Face]]:
        return [faces_in(picture, self._find(picture)) for picture in batch]

    def _find(self, picture: Pixels) -> Found:
        likely = self.at_once(picture, WORTH_ANOTHER_LOOK)
        found = likely.take(np.flatnonzero(likely.scores >= LOWEST_SCORE))
        return self._from_afar(picture) if len(likely.scores) and not len(found.scores) else found

    def at_once(self, picture: Pixels, lowest: float = LOWEST_SCORE) -> Found:
        """Faces of at least that score in one look at the whole picture."""
        square, factor = letterboxed(picture, SIDE)
        return self._look(square, lowest).scaled(1 / factor)

    def _from_afar(self, picture: Pixels) -> Found:
        """Faces that fill the picture, or are a few pixels in a tiny one: seen smaller, with room around them."""
        sheet, places = from_afar(picture, SIDE)
        found = self._look(sheet, LOWEST_SCORE_FROM_AFAR)
        return once(together([place.found(found) for place in places]), SAME_FACE_OVERLAP)

    def view(self, square: Pixels) -> Found:
        """Faces in a square of views, unlikely ones too."""
        return self._look(square, LOWEST_SCORE_OF_A_VIEW)

    def _look(self, square: Pixels, lowest: float) -> Found:
        outputs = self._session.run(self._outputs, {"input": planes(square)})
        founds = [
            yunet(grid, [output[0] for output in outputs[4 * index : 4 * index + 4]], lowest)
            for index, grid in enumerate(GRIDS)
        ]
        return once(together(founds), SAME_FACE_OVERLAP)


def load(options: Options) -> Recogniser:
    """Raises BackendUnavailableError when neither pack is whole where it may look."""
    pack, directory = _place(options)
    yunet_file, edgeface_file = pack.files
    detector = ModelCard(
        backend="edge",
        model_id=f"yunet-n@{yunet_file.sha256[:8]}+afar",
        licence="Apache-2.0",
        source="YuNet-n, ShiqiYu/libfacedetection.train",
    )
    embedder = ModelCard(
        backend="edge",
        model_id=f"edgeface-xs@{edgeface_file.sha256[:8]}",
        licence="BSD-3-Clause",
        source=pack.source,
    )
    yunet_n = YuNet(open_session(directory / yunet_file.name, options.device), detector)
    return Recogniser(
        detector=yunet_n,
        embedder=ArcFace(open_session(directory / edgeface_file.name, options.device), embedder),
        default_threshold=THRESHOLD,
        second_look=SecondLook(yunet_n.view),
        framings=FRAMINGS,
        callers=callers(options.device),
    )


def _place(options: Options) -> tuple[Pack, Path]:
    try:
        return EDGEFACE, find(EDGEFACE, options.model_dir, options.packs_dir)
    except BackendUnavailableError as first:
        try:
            return EDGE, find(EDGE, options.model_dir, options.packs_dir)
        except BackendUnavailableError as second:
            reasons = [first.params["reason"], second.params["reason"]]
            raise BackendUnavailableError(
                backend="edge",
                reason=Words.made(lambda language: "; ".join(spoken(each, language) for each in reasons)),
                remedy=first.params["remedy"],
            ) from second
