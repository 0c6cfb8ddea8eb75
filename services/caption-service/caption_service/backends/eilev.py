"""EILEV (VideoBLIP v2): a sentence on what happens in a clip, from eight of its frames, with examples if wished.

Yu and others, "Eliciting In-Context Learning in Vision-Language Models for Videos Through Curated Data
Distributional Properties", EMNLP 2024. Weights: kpyu/eilev-blip2-opt-2.7b (default) or
kpyu/eilev-blip2-flan-t5-xl from the Hugging Face hub, or any BLIP-2 checkpoint directory. 3.7 billion
parameters: 14 GiB of memory in float32, 7 in bfloat16 or float16. Licence: MIT; OPT-2.7B inside it is
licensed for research, Flan-T5 under Apache-2.0.
Input: Scene; 8 pictures spread over the clip are scaled to 224x224, mean and deviation of CLIP. Output: English.

The models are tuned on first-person video and say "the camera wearer"; that is rewritten to "a person". A
file of examples of your own footage (setting `captions.examples`) teaches them the third person.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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
from caption_service.wording import cleaned, third_person
from kernel.contracts.errors import Words
from kernel.contracts.models import ModelCard
from kernel.inference.backend import BackendUnavailableError, unreadable

FRAMES = 8
ASKED = "Question: {question} Answer:"


class Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "kpyu/eilev-blip2-opt-2.7b"
    device: str = "cpu"
    dtype: Dtype = "float32"
    examples: Path | None = None
    """JSON file of a Lesson; picture paths in it are relative to it."""


class Example(BaseModel):
    """A clip by its pictures, and what one would say of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pictures: tuple[Path, ...] = Field(min_length=1)
    answer: str


class Lesson(BaseModel):
    """The question put to the model, and answered examples shown before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = "What is the camera wearer doing?"
    examples: tuple[Example, ...] = ()

    @property
    def asked(self) -> str:
        return ASKED.format(question=self.question)

    @property
    def texts(self) -> list[str]:
        """The text after each clip: answered for the examples, open for the clip to caption."""
        return [*(f"{self.asked} {example.answer}" for example in self.examples), self.asked]


class Eilev:
    kind: Kind = "generated"

    def __init__(self, blip: Blip, lesson: Lesson, card: ModelCard) -> None:
        self._blip, self._lesson, self.card = blip, lesson, card
        self._prompt = interleaved(blip, lesson.texts)
        shown = [example.pictures for example in lesson.examples]
        self._shown = blip.see(shown, FRAMES).flatten(0, 1) if shown else None

    def predict(self, batch: list[Scene]) -> list[Sentence]:
        if not batch:
            return []
        visual = self._blip.see([scene.pictures for scene in batch], FRAMES)
        texts = self._blip.write(self._prompt, visual, Generation(), self._shown)
        return [Sentence(en=third_person(cleaned(text, self._lesson.asked))) for text in texts]


def interleaved(blip: Blip, texts: list[str]) -> Prompt:
    """EILEV's prompt: for each text the places of a clip's visual tokens, a new line, the text."""
    prompt: Prompt = list(blip.begin)
    for text in texts[:-1]:
        prompt += [*[VISUAL] * blip.queries, blip.newline, *blip.ids(f"{text}\n")]
    return [*prompt, *[VISUAL] * blip.queries, blip.newline, *blip.ids(texts[-1]), *blip.end]


NO_EXAMPLES = Words(
    "mend or unset SCENEDESK_CAPTIONS__EXAMPLES", "SCENEDESK_CAPTIONS__EXAMPLES의 파일을 고치거나 설정을 비우기"
)


def load(options: Options) -> Eilev:
    """Raises BackendUnavailableError naming what is missing and the command that brings it."""
    lesson = _lesson(options.examples)
    blip = open_blip("eilev", options.model, options.device, options.dtype)
    mark = fingerprint(checkpoint_directory("eilev", options.model), options.dtype, lesson.model_dump_json())
    card = ModelCard(
        backend="eilev",
        model_id=f"{Path(options.model).name}@{mark}",
        licence="MIT; the language model inside has its own",
        source=f"EILEV, {options.model}",
        notice_en="Written by a model tuned on first-person video; it may be wrong.",
        notice_ko="1인칭 영상으로 학습한 모델이 쓴 문장으로, 틀릴 수 있습니다.",
    )
    return Eilev(blip, lesson, card)


def _lesson(file: Path | None) -> Lesson:
    if file is None:
        return Lesson()
    try:
        read = Lesson.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise BackendUnavailableError(backend="eilev", reason=unreadable(file, error), remedy=NO_EXAMPLES) from error
    placed = (
        example.model_copy(update={"pictures": tuple(file.parent / picture for picture in example.pictures)})
        for example in read.examples
    )
    return read.model_copy(update={"examples": tuple(placed)})
