"""Why nothing was collected, or one finding was not taken."""

from typing import ClassVar

from gateway.media.errors import MediaError
from kernel.contracts.errors import Language, ScenedeskError


class OfflineError(ScenedeskError):
    status = 409
    code = "collecting_offline"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Scenedesk is set to stay offline (SCENEDESK_OFFLINE), so nothing is collected.",
        "ko": "오프라인 설정(SCENEDESK_OFFLINE) 때문에 수집할 수 없습니다.",
    }


class DecidedError(ScenedeskError):
    """Somebody has said yes or no already."""

    status = 409
    code = "candidate_decided"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This was decided already: {state}",
        "ko": "이미 결정되었습니다: {state}",
    }


class SearchFailedError(MediaError):
    status = 502
    code = "collecting_search"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The search gave no answer: {reason}",
        "ko": "검색이 응답하지 않았습니다: {reason}",
    }


class RobotsError(MediaError):
    """The site's robots.txt keeps programs away; nothing of it was read."""

    status = 403
    code = "address_robots"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{host} does not want programs there (robots.txt).",
        "ko": "{host}의 robots.txt가 프로그램의 접근을 허용하지 않습니다.",
    }


class NoPictureThereError(MediaError):
    code = "address_no_picture"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "There is no picture at that address: {reason}",
        "ko": "해당 주소에 사진이 없습니다: {reason}",
    }
