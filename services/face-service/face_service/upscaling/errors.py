"""Why a picture is not enlarged."""

from typing import ClassVar

from kernel.contracts.errors import Language, ScenedeskError


class TooLargeToEnlargeError(ScenedeskError):
    status = 422
    code = "too_large_to_enlarge"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "A part of {width} x {height} pixels can't be enlarged.",
        "ko": "{width} x {height}픽셀 영역은 확대할 수 없습니다.",
    }
