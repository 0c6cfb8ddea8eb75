"""Errors as sentences with a status, and their form on the wire (RFC 9457 problem details)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")


class Words(NamedTuple):
    """A phrase in both languages, where an error's parameter is itself read. In an f-string it is the English one."""

    en: str
    ko: str

    @classmethod
    def made(cls, phrase: Callable[[Language], str]) -> Self:
        """What `phrase` says in each language."""
        return cls(en=phrase("en"), ko=phrase("ko"))

    def __str__(self) -> str:
        return self.en

    def __format__(self, spec: str) -> str:
        return format(self.en, spec)


def spoken(value: object, language: Language) -> Any:
    """A parameter as a reader of that language reads it."""
    if isinstance(value, Words):
        return value.ko if language == "ko" else value.en
    return value


class Problem(BaseModel):
    """RFC 9457 problem details. `type`, `code` and `title` are stable; `detail` is in the reader's language."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None = None


class ScenedeskError(Exception):
    """A refusal a person can act on.

    Subclasses set `status`, `code` and one sentence per language; the sentence may name constructor
    parameters in braces: `NotFoundError(what="video")`. A parameter of more than a name is `Words`.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Something went wrong on our side. It has been logged.",
        "ko": "내부 오류가 발생했습니다. 기록해 두었습니다.",
    }

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.sentence("en"))

    def sentence(self, language: Language) -> str:
        return self.sentences[language].format_map({name: spoken(each, language) for name, each in self.params.items()})

    @property
    def retry_after_s(self) -> int | None:
        """Seconds after which trying again may help, or None."""
        return None

    def problem(self, language: Language) -> Problem:
        return Problem(
            type=f"urn:scenedesk:problem:{self.code}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            code=self.code,
            detail=self.sentence(language),
        )

    def in_every_language(self, language: Language) -> Problem:
        """The problem with all its `sentences`, for whoever keeps it or passes it on to readers of either language."""
        sentences = {each: self.problem(each).detail for each in LANGUAGES}
        return self.problem(language).model_copy(update={"sentences": sentences})


NOUNS_KO = {
    "account": "계정",
    "candidate": "후보",
    "collection": "수집",
    "decision": "결정",
    "edit": "편집",
    "face": "얼굴",
    "file": "파일",
    "group": "그룹",
    "invitation": "초대",
    "link": "연결",
    "media": "영상 파일",
    "model": "모델",
    "page": "페이지",
    "placement": "표시한 곳",
    "person": "인물",
    "picture": "사진",
    "portrait": "인물 사진",
    "reference": "등록된 사진",
    "run": "작업",
    "saved search": "저장된 검색",
    "segment": "구간",
    "series": "시리즈",
    "session": "로그인 기록",
    "stranger": "모르는 얼굴",
    "token": "토큰",
    "text model": "텍스트 모델",
    "track": "얼굴 추적",
    "training": "학습",
    "video": "영상",
}


class NotFoundError(ScenedeskError):
    """`what` is a noun in English, which may be followed by a colon and a name: `person: Hanni`."""

    status = 404
    code = "not_found"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "There is no such {what}.",
        "ko": "해당 항목이 없습니다: {what}",
    }

    def sentence(self, language: Language) -> str:
        noun, colon, name = str(self.params["what"]).partition(":")
        what = f"{NOUNS_KO.get(noun, noun) if language == 'ko' else noun}{colon}{name}"
        return self.sentences[language].format(what=what)


class InvalidError(ScenedeskError):
    """Input that is well-formed but means nothing here; `reason` says which part."""

    status = 422
    code = "invalid"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That can't be used: {reason}",
        "ko": "사용할 수 없는 입력입니다: {reason}",
    }


class ConflictError(ScenedeskError):
    status = 409
    code = "conflict"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That conflicts with what is there: {reason}",
        "ko": "이미 있는 내용과 충돌합니다: {reason}",
    }


class BusyError(ScenedeskError):
    """A bounded queue is full. Nothing was started."""

    status = 503
    code = "busy"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{service} is busy. Please try again in a moment.",
        "ko": "{service}이(가) 바쁩니다. 잠시 뒤에 다시 시도해 주세요.",
    }

    @property
    def retry_after_s(self) -> int | None:
        return int(self.params.get("retry_after_s", 1))


class UnavailableError(ScenedeskError):
    """Something needed is not there: a model, a service. `remedy` is the command or step that mends it."""

    status = 503
    code = "unavailable"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{what} is not available: {reason} {remedy}",
        "ko": "{what}을(를) 사용할 수 없습니다: {reason} {remedy}",
    }


class DatabaseAwayError(BusyError):
    """The database can't be reached, or all connections to it have long been in use. Nothing was changed."""

    code = "database_away"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The database does not answer right now. Please try again in a moment.",
        "ko": "데이터베이스가 지금 응답하지 않습니다. 잠시 뒤에 다시 시도해 주세요.",
    }


class UpstreamError(ScenedeskError):
    """Another service refused or could not be reached; its own problem is passed on unchanged."""

    code = "upstream"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{service}: {detail}",
        "ko": "{service}: {detail}",
    }

    def __init__(self, *, service: str, problem: Problem) -> None:
        plain = problem.model_dump(exclude_none=True)
        said = plain.pop("sentences", {})
        self.upstream = Problem.model_validate(plain)
        detail = Words(said.get("en", problem.detail), said.get("ko", problem.detail))
        super().__init__(service=service, detail=detail)

    def problem(self, language: Language) -> Problem:
        return self.upstream.model_copy(update={"detail": spoken(self.params["detail"], language)})
