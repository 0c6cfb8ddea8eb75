"""BLIP-2: a sentence on one key frame of a clip, its middle picture. Sees what is there; no motion.

Li and others, "BLIP-2: Bootstrapping Language-Image Pre-training with Frozen Image Encoders and Large
Language Models", ICML 2023. Weights: Salesforce/blip2-opt-2.7b (default) or Salesforce/blip2-flan-t5-xl from
the Hugging Face hub, or any BLIP-2 checkpoint directory. 3.7 billion parameters: 14 GiB of memory in
float32, 7 in bfloat16 or float16. Licence: MIT; OPT-2.7B inside it is licensed for research, Flan-T5 under
Apache-2.0. Third person by training: the better choice for stage, drama and interviews without examples.
Input: Scene; one picture is scaled to 224x224, mean and deviation of CLIP. Output: English.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from caption_service.backends._blip import (
    VISUAL,
    Blip,
    Dtype,
    Generation,
    Prompt,
    checkpoint_directory,
    fingerprint,
    open_blip,
)
from caption_service.captioner import Kind, Sentence
from caption_service.scene import Scene
from caption_service.wording import cleaned
from kernel.contracts.models import ModelCard

KEY_FRAMES = 1
# The prompt of the authors' own captioning evaluation.
PROMPT = "a photo of"
HOW = Generation(longest=30, length_penalty=1.0)


class Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "Salesforce/blip2-opt-2.7b"
    device: str = "cpu"
    dtype: Dtype = "float32"


class Blip2:
    kind: Kind = "generated"

    def __init__(self, blip: Blip, card: ModelCard) -> None:
        self._blip, self.card = blip, card
        self._prompt: Prompt = [*[VISUAL] * blip.queries, *blip.begin, *blip.ids(PROMPT), *blip.end]

    def predict(self, batch: list[Scene]) -> list[Sentence]:
        if not batch:
            return []
        visual = self._blip.see([scene.pictures for scene in batch], KEY_FRAMES)
        return [Sentence(en=cleaned(text, PROMPT)) for text in self._blip.write(self._prompt, visual, HOW)]


def load(options: Options) -> Blip2:
    """Raises BackendUnavailableError naming what is missing and the command that brings it."""
    blip = open_blip("blip2", options.model, options.device, options.dtype)
    mark = fingerprint(checkpoint_directory("blip2", options.model), options.dtype, PROMPT)
    card = ModelCard(
        backend="blip2",
        model_id=f"{Path(options.model).name}@{mark}",
        licence="MIT; the language model inside has its own",
        source=f"BLIP-2, {options.model}",
        notice_en="Written by a model from one picture of the scene; it may be wrong.",
        notice_ko="장면의 한 화면을 보고 모델이 쓴 문장으로, 틀릴 수 있습니다.",
    )
    return Blip2(blip, card)
