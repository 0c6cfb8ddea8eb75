"""What was asked for is overtaken by what happened meanwhile."""

from typing import ClassVar

from kernel.contracts.errors import ConflictError, Language


class UndoneError(ConflictError):
    code = "undone_already"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This decision is undone already.",
        "ko": "이미 되돌린 결정입니다.",
    }


class LookBackChangedError(ConflictError):
    code = "look_back_changed"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "What would change is not what was listed any more. Please look at it again.",
        "ko": "목록을 본 뒤에 달라질 얼굴이 바뀌었습니다. 다시 확인해 주세요.",
    }


class MovedOnError(ConflictError):
    code = "moved_on"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The video's timeline has changed in the meantime. Please try again.",
        "ko": "그사이 영상의 타임라인이 바뀌었습니다. 다시 시도해 주세요.",
    }
