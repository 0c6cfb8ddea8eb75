"""Refusals of caption-service that a person can act on."""

from typing import ClassVar

from kernel.contracts.errors import Language, ScenedeskError


class PictureUnreadableError(ScenedeskError):
    """A named picture is not in the store, or is no picture."""

    status = 422
    code = "picture_unreadable"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The picture {name} can't be read from the shared store.",
        "ko": "공유 저장소에서 사진을 읽을 수 없습니다: {name}",
    }


class ModelLoadingError(ScenedeskError):
    """The caption model is still being loaded; large ones take minutes."""

    status = 503
    code = "model_loading"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The caption model is still loading.",
        "ko": "캡션 모델을 아직 불러오는 중입니다.",
    }

    @property
    def retry_after_s(self) -> int | None:
        return 5
