"""Refusals of caption-service that a person can act on."""

from typing import ClassVar

from kernel.contracts.errors import Language, ScenedeskError


class ModelLoadingError(ScenedeskError):
    """The caption model is still being loaded; large ones take minutes."""

    status = 503
    code = "model_loading"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The caption model is still loading.",
        "ko": "장면 설명 모델을 아직 불러오는 중입니다.",
    }

    @property
    def retry_after_s(self) -> int | None:
        return 5
