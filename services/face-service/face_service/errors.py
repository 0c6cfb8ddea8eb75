"""Refusals of face-service that a person can act on."""

from typing import ClassVar

from kernel.contracts.errors import Language, ScenedeskError


class LandmarksError(ScenedeskError):
    """Five landmarks in one point give no face to align."""

    status = 422
    code = "landmarks"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The landmarks of a face lie in one point.",
        "ko": "얼굴의 특징점이 한 점에 모여 있습니다.",
    }
