"""From clips to captions: look at the pictures, let the captioner speak, put both together."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from caption_service import packs
from caption_service.backends import _yolox
from caption_service.captioner import Captioner, Sentence
from caption_service.scene import Detection, Scene, Trust, evenly, seen_objects
from kernel import pictures
from kernel.contracts.captions import Caption, CaptionModel, Clip
from kernel.contracts.errors import ScenedeskError
from kernel.inference import weights
from kernel.inference.backend import BackendUnavailableError, load_backend
from kernel.inference.onnx import callers
from kernel.settings import Captions, Settings
from kernel.store import Store
from kernel.telemetry import logger

PICTURES_LOOKED_AT = 4


class Describer:
    """A captioner, and the object detector beside it when its pack is there."""

    def __init__(self, store: Store, captioner: Captioner, detector: _yolox.Detector | None) -> None:
        self._store, self._captioner, self._detector = store, captioner, detector
        self._lookers = ThreadPoolExecutor(callers(), thread_name_prefix="caption-detector")
        self.model = CaptionModel(captioner=captioner.card, detector=detector.card if detector else None)

    def predict(self, batch: list[Clip]) -> Sequence[Caption | ScenedeskError]:
        """One caption a clip, in order; a clip whose pictures can't be read gets its own error, no other does."""
        looked = list(self._lookers.map(self._look, batch))
        scenes = [found for found in looked if isinstance(found, Scene)]
        said = iter(self._say(scenes))
        return [self._caption(found, next(said)) if isinstance(found, Scene) else found for found in looked]

    def close(self) -> None:
        self._lookers.shutdown()

    def _say(self, scenes: list[Scene]) -> list[Sentence | ScenedeskError]:
        """All together; one by one when one of them can't be captioned, so that it alone fails."""
        try:
            return [*self._captioner.predict(scenes)]
        except ScenedeskError as error:
            return [error] if len(scenes) == 1 else [said for scene in scenes for said in self._say([scene])]

    def _look(self, clip: Clip) -> Scene | ScenedeskError:
        try:
            files = tuple(self._store.path(picture.name) for picture in clip.pictures)
            return Scene(clip, files, seen_objects(self._detections(clip), Trust()))
        except ScenedeskError as error:
            return error

    def _detections(self, clip: Clip) -> list[tuple[str, list[Detection]]]:
        if self._detector is None:
            return []
        chosen = sorted(set(evenly(range(len(clip.pictures)), PICTURES_LOOKED_AT)))
        names = [clip.pictures[index].name for index in chosen]
        found = self._detector.predict([pictures.read(self._store.path(name)) for name in names])
        return list(zip(names, found, strict=True))

    def _caption(self, scene: Scene, sentence: Sentence | ScenedeskError) -> Caption | ScenedeskError:
        if isinstance(sentence, ScenedeskError):
            return sentence
        return Caption(
            key=scene.clip.key,
            text_en=sentence.en,
            text_ko=sentence.ko,
            kind=self._captioner.kind,
            model=self._captioner.card,
            objects=list(scene.objects),
            scale=scene.scale,
        )


def open_describer(settings: Settings) -> Describer:
    """Load what the settings ask for; takes from milliseconds (observed) to minutes (eilev).

    Raises BackendUnavailableError when the captioner can't be had; a missing detector is only logged.
    """
    detector = _open_detector(settings)
    options = _options(settings.captions, detector)
    captioner = load_backend("caption_service", settings.captions.backend, **options)
    return Describer(Store(settings.store_dir), captioner, detector)


def _options(wanted: Captions, detector: _yolox.Detector | None) -> dict[str, Any]:
    if wanted.backend == "observed":
        return {"detector_id": detector.card.model_id if detector else None}
    names = {"device", "dtype"} | ({"examples"} if wanted.backend == "eilev" else set())
    return wanted.model_dump(include=names | ({"model"} if wanted.model else set()))


def _open_detector(settings: Settings) -> _yolox.Detector | None:
    try:
        directory = weights.find(packs.YOLOX_NANO, settings.captions.detector_dir, settings.packs_dir)
        return _yolox.load(directory)
    except BackendUnavailableError as error:
        logger("captions").warning("no_object_detector", reason=str(error))
        return None
