"""Why a file or an address can't become a video, said so that a person can act on it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from kernel.contracts.errors import Language, ScenedeskError


class MediaError(ScenedeskError):
    """Media that can't be taken. Nothing of it was kept."""

    status = 422
    code = "media"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This can't be used as a video.",
        "ko": "동영상으로 사용할 수 없습니다.",
    }


class EmptyFileError(MediaError):
    code = "media_empty"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The file is empty. Please send it again.",
        "ko": "빈 파일입니다. 다시 보내 주세요.",
    }


class NotVideoError(MediaError):
    code = "media_not_video"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This file is not a video, whatever its name says.",
        "ko": "확장자와 관계없이 이 파일은 동영상이 아닙니다.",
    }


class StillImageError(MediaError):
    code = "media_still_image"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This file is a still picture, not a video.",
        "ko": "이 파일은 동영상이 아니라 정지 사진입니다.",
    }


class PlaylistError(MediaError):
    """A list of other files or addresses; none of them was opened."""

    code = "media_playlist"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This file is a playlist that names other files, not a video. None of them was opened.",
        "ko": "이 파일은 동영상이 아니라 다른 파일을 가리키는 재생 목록입니다. 가리키는 파일은 열지 않았습니다.",
    }


class NoPictureError(MediaError):
    code = "media_no_picture"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This file has sound but no moving pictures.",
        "ko": "이 파일에는 소리만 있고 영상이 없습니다.",
    }


class UnsupportedError(MediaError):
    code = "media_unsupported"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Videos of the kind {kind} are not taken. MP4, MOV, MKV, WebM, TS, MPEG and AVI are.",
        "ko": "{kind} 형식은 지원하지 않습니다. MP4, MOV, MKV, WebM, TS, MPEG, AVI 파일을 사용해 주세요.",
    }


class TooLargePictureError(MediaError):
    code = "media_picture_too_large"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The picture is too large: {width} x {height}. At most {most:,} pixels are taken.",
        "ko": "화면이 너무 큽니다: {width} x {height}. 최대 {most:,}픽셀까지 지원합니다.",
    }


class TooLongError(MediaError):
    code = "media_too_long"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The video is too long: {minutes:,} minutes. At most {most_minutes:,} minutes are taken.",
        "ko": "동영상이 너무 깁니다: {minutes:,}분. 최대 {most_minutes:,}분까지 지원합니다.",
    }


class TooManyBytesError(MediaError):
    status = 413
    code = "media_too_many_bytes"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The file is too big. At most {most:,} bytes are taken.",
        "ko": "파일이 너무 큽니다. 최대 {most:,}바이트까지 지원합니다.",
    }


class BrokenVideoError(MediaError):
    code = "media_broken"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The video is damaged or cut off: not one picture of it can be read.",
        "ko": "동영상이 손상되었거나 중간에 잘렸습니다. 읽을 수 있는 화면이 없습니다.",
    }


class TooCostlyError(MediaError):
    """Reading one picture already took more memory or time than is allowed."""

    code = "media_too_costly"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Reading the first picture of this video takes more memory or time than is allowed.",
        "ko": "이 동영상은 첫 화면을 읽는 데 허용된 것보다 많은 메모리나 시간이 필요합니다.",
    }


class MissingFileError(MediaError):
    status = 404
    code = "media_missing"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "There is no readable file there: {path}",
        "ko": "읽을 수 있는 파일이 없습니다: {path}",
    }


class OutsideRootsError(MediaError):
    status = 403
    code = "media_outside_roots"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Videos may not be taken from there. Allowed folders: {roots}",
        "ko": "해당 위치의 동영상은 사용할 수 없습니다. 허용된 폴더: {roots}",
    }


class AddressError(MediaError):
    """A URL that is no plain http or https address."""

    code = "address_invalid"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That is no web address a video can be fetched from. It must start with http:// or https://.",
        "ko": "동영상을 가져올 수 있는 주소가 아닙니다. http:// 또는 https:// 주소를 입력해 주세요.",
    }


class PrivateAddressError(MediaError):
    """The address, or one it led to, is inside a private network. Nothing was connected to."""

    status = 403
    code = "address_private"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That address leads into a private network, so it was not opened.",
        "ko": "사설 네트워크로 연결되는 주소라서 열지 않았습니다.",
    }


class FetchError(MediaError):
    """The site's own refusal, in its own words."""

    status = 502
    code = "address_failed"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The video could not be fetched. The site says: {reason}",
        "ko": "동영상을 가져오지 못했습니다. 사이트의 응답: {reason}",
    }


class UnreachableAddressError(MediaError):
    status = 502
    code = "address_unreachable"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Nothing answers at that address. Please check it.",
        "ko": "해당 주소에서 응답이 없습니다. 주소를 확인해 주세요.",
    }


class SilentServerError(MediaError):
    status = 504
    code = "address_silent"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The server stopped sending. Try again: what has come so far is kept.",
        "ko": "서버가 전송을 멈췄습니다. 다시 시도하면 받은 부분부터 이어집니다.",
    }


class IncompleteFetchError(MediaError):
    status = 502
    code = "address_incomplete"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The connection broke off again and again before the whole video had come.",
        "ko": "동영상을 모두 받기 전에 연결이 계속 끊어졌습니다.",
    }


class NoVideoThereError(MediaError):
    code = "address_no_video"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "There is no video at that address. Give the address of the video itself, or of a page of a known site.",
        "ko": "해당 주소에 동영상이 없습니다. 동영상 파일의 주소나 지원하는 사이트의 주소를 입력해 주세요.",
    }


class CancelledFetchError(MediaError):
    status = 409
    code = "address_cancelled"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Fetching was cancelled.",
        "ko": "가져오기가 취소되었습니다.",
    }


def of_code(code: str, params: Mapping[str, Any]) -> MediaError:
    """The error a child process named."""
    known = {kind.code: kind for kind in MediaError.__subclasses__()}
    return known.get(code, MediaError)(**params)
