"""Refusals of face-service that a person can act on."""

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


class LandmarksError(ScenedeskError):
    """Five landmarks in one point give no face to align."""

    status = 422
    code = "landmarks"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The landmarks of a face lie in one point.",
        "ko": "얼굴의 특징점이 한 점에 모여 있습니다.",
    }
