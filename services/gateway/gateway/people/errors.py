"""Why a picture of a person is refused, and a merging."""

from collections.abc import Sequence
from typing import ClassVar

from kernel.contracts.errors import ConflictError, InvalidError, Language, Problem, ScenedeskError
from kernel.contracts.faces import Box
from kernel.contracts.model import Value


class PhotoError(ScenedeskError):
    status = 422


class NotAPhotoError(PhotoError):
    code = "not_a_photo"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{source} is not a picture that can be read. JPEG, PNG and WebP can.",
        "ko": "{source}: 읽을 수 있는 사진이 아닙니다. JPEG, PNG, WebP를 쓸 수 있습니다.",
    }


class PhotoTooLargeError(PhotoError):
    status = 413
    code = "photo_too_large"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{source} is too large: at most {megabytes} MB and {megapixels} megapixels.",
        "ko": "{source}: 사진이 너무 큽니다. 최대 {megabytes} MB, {megapixels} 메가픽셀입니다.",
    }


class PhotoTooSmallError(PhotoError):
    code = "photo_too_small"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{source} is too small: {width}x{height} pixels. Both sides need {least}.",
        "ko": "{source}: 사진이 너무 작습니다({width}x{height}). 가로세로 모두 {least}픽셀 이상이어야 합니다.",
    }


class NoFaceError(PhotoError):
    code = "no_face"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "No face was found in {source}. A frontal picture works best.",
        "ko": "{source}: 얼굴을 찾지 못했습니다. 정면 사진이 가장 좋습니다.",
    }


class FoundFace(Value):
    """A face of a refused picture, as it can be chosen: by its number from the left, from 0."""

    face: int
    box: Box


class SeveralFacesError(PhotoError):
    """`faces` of the problem lists them; the same picture with one chosen is taken."""

    code = "several_faces"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{source} shows {count} faces and none clearly stands out. Choose one, or crop the picture to it.",
        "ko": "{source}: 얼굴이 {count}개라 누구인지 알 수 없습니다. 얼굴을 고르거나 해당 인물만 나오게 잘라 주세요.",
    }

    def __init__(self, *, source: str, faces: Sequence[Box]) -> None:
        self.faces = [FoundFace(face=number, box=box) for number, box in enumerate(faces)]
        super().__init__(source=source, count=len(faces))

    def problem(self, language: Language) -> Problem:
        listed = [face.model_dump(mode="json") for face in self.faces]
        return Problem.model_validate({**super().problem(language).model_dump(), "faces": listed})


class NoSuchFaceError(PhotoError):
    code = "no_such_face"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{source} has no face number {face}: it shows {count}, counted from the left from 0.",
        "ko": "{source}: {face}번 얼굴이 없습니다. 얼굴은 왼쪽부터 0번으로 세며 모두 {count}개입니다.",
    }


class LostFaceError(PhotoError):
    code = "lost_face"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The face is not found again in the exact picture of {source}.",
        "ko": "{source}의 정확한 화면에서 그 얼굴을 다시 찾지 못했습니다.",
    }


# ---- merging


class MergedAlreadyError(ConflictError):
    code = "merged_already"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This person was merged into somebody already. Un-merge them first.",
        "ko": "이미 다른 인물에 합쳐진 인물입니다. 먼저 합치기를 취소해 주세요.",
    }


class NotMergedError(ConflictError):
    code = "not_merged"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This person is not merged into anybody.",
        "ko": "다른 인물에 합쳐지지 않은 인물입니다.",
    }


class SamePersonError(InvalidError):
    code = "same_person"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That is the same person: nobody is merged into themselves.",
        "ko": "같은 인물입니다. 자기 자신에게는 합칠 수 없습니다.",
    }
