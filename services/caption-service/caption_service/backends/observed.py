"""Observed: an honest sentence composed of what was seen. No weights of its own, no hub, no GPU.

What it says comes from other models' findings: people named by face tracks, objects of the detector
(YOLOX-Nano, Apache-2.0, see `_yolox.py`; without its pack sentences have no objects), shot scale from the
size of the largest face or body, motion between samples. Licence: Apache-2.0, this product's own code.
Input: Scene. Output: one English and one Korean text. It never says what anybody does, for it cannot know.
"""

from pydantic import BaseModel, ConfigDict

from caption_service import sentences
from caption_service.captioner import Kind, Sentence
from caption_service.scene import Scene
from kernel.contracts.models import ModelCard

# Raise it with every change of wording: stored captions are redone when the model id changes.
WORDING = 1


class Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    detector_id: str | None = None
    """Model id of the detector whose objects the scenes carry; None when there is none."""


class Observed:
    kind: Kind = "observed"

    def __init__(self, detector_id: str | None) -> None:
        self.card = _card(detector_id)

    def predict(self, batch: list[Scene]) -> list[Sentence]:
        return [Sentence(en=sentences.english(scene), ko=sentences.korean(scene)) for scene in batch]


def load(options: Options) -> Observed:
    return Observed(options.detector_id)


def _card(detector_id: str | None) -> ModelCard:
    notice_en = "Composed from detections, not written by a captioner: it can't tell what anybody does."
    notice_ko = "장면 설명 모델이 쓴 문장이 아니라 검출 결과를 엮은 문장입니다. 누가 무엇을 하는지는 알 수 없습니다."
    if detector_id is None:
        notice_en += " Objects are not looked for. To look: scenedesk models pull yolox-nano"
        notice_ko += " 사물은 찾지 않습니다. 찾으려면: scenedesk models pull yolox-nano"
    return ModelCard(
        backend="observed",
        model_id=f"observed-{WORDING}+{detector_id or 'no-detector'}",
        licence="Apache-2.0",
        source="Templates of this product over face tracks, object detections and motion",
        weak=True,
        notice_en=notice_en,
        notice_ko=notice_ko,
    )
