"""What a caption backend answers with."""

from dataclasses import dataclass
from typing import Literal, Protocol

from caption_service.scene import Scene
from kernel.contracts.models import ModelCard

Kind = Literal["generated", "observed"]


@dataclass(frozen=True)
class Sentence:
    """One caption in English, and in Korean where the backend speaks it."""

    en: str
    ko: str | None = None


class Captioner(Protocol):
    """A loaded caption backend. `kind` says whether a model wrote the words or a template did."""

    card: ModelCard
    kind: Kind

    def predict(self, batch: list[Scene]) -> list[Sentence]: ...
