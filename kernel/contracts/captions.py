"""Words of caption-service: what is seen in a clip, said in a sentence."""

from typing import Literal

from pydantic import Field

from kernel.contracts.faces import Box
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Milliseconds, Span

ShotScale = Literal["extreme_close_up", "close_up", "medium", "full", "wide", "no_person"]


class ClipPicture(Value):
    """One sampled frame of a clip: its name in the shared store and its time."""

    name: str
    at_ms: Milliseconds


class SeenPerson(Value):
    """A person the face tracks support in this clip. Only such people may be named in a caption."""

    name_ko: str
    name_en: str
    share: float = Field(ge=0, le=1, description="Share of the clip's duration in which the face was tracked")


class Clip(Value):
    """A span to caption, with what other models already know of it."""

    key: str = Field(description="Comes back unchanged with the caption")
    span: Span
    pictures: list[ClipPicture] = Field(min_length=1)
    people: list[SeenPerson] = []
    unknown_faces: int = Field(default=0, ge=0, description="Tracked faces without a name")
    copies: int = Field(default=0, ge=0, description="Most faces at once that show somebody a second time (a screen)")
    largest_face: float | None = Field(
        default=None, description="Height of the largest tracked face as a fraction of the picture's height"
    )
    motion: float | None = Field(default=None, ge=0, description="Mean absolute luma difference between samples, 0-255")


class CaptionRequest(Value):
    clips: list[Clip] = Field(min_length=1, max_length=64)


class SeenObject(Value):
    """An object a detector found in a clip: COCO class name, the most seen at once, and one place it was."""

    label: str = Field(examples=["cup"])
    label_ko: str = Field(examples=["컵"])
    count: int = Field(ge=1)
    score: float = Field(ge=0, le=1)
    picture: str
    box: Box


class Caption(Value):
    """What a machine says of a clip. `observed` captions are composed from detections and labelled so."""

    key: str
    text_en: str
    text_ko: str | None = None
    kind: Literal["generated", "observed"]
    model: ModelCard
    objects: list[SeenObject] = []
    scale: ShotScale | None = None


class CaptionResponse(Value):
    captions: list[Caption]


class CaptionModel(Value):
    """The caption backend in use, and the object detector beside it when there is one."""

    captioner: ModelCard
    detector: ModelCard | None = None
