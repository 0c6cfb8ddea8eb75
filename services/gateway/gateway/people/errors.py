"""Why a picture of a person is refused."""

from typing import ClassVar

from kernel.contracts.errors import Language, ScenedeskError


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


class SeveralFacesError(PhotoError):
    code = "several_faces"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{source} shows {count} faces and none clearly stands out. Crop it to the one that is meant.",
        "ko": "{source}: 얼굴이 {count}개라 누구인지 알 수 없습니다. 해당 인물만 나오게 잘라 주세요.",
    }
