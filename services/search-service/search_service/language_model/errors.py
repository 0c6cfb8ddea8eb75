"""Why a language model did not answer, in sentences people can act on."""

from typing import ClassVar

from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.search import WhyExtractive


class LanguageModelError(ScenedeskError):
    """`why` is what a caller tells beside the answer it gives without the model."""

    status = 502
    code = "language_model_failed"
    why: ClassVar[WhyExtractive] = "failed"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The language model {model} did not answer: {reason}",
        "ko": "언어 모델 {model}이(가) 응답하지 않았습니다: {reason}",
    }


class NotConfiguredError(LanguageModelError):
    status = 503
    code = "language_model_not_configured"
    why = "not_configured"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "No language model is configured. Set GEMINI_API_KEY, and install scenedesk[llm].",
        "ko": "언어 모델이 설정되어 있지 않습니다. GEMINI_API_KEY를 설정하고 scenedesk[llm]을 설치해 주세요.",
    }


class TooSlowError(LanguageModelError):
    status = 504
    code = "language_model_timeout"
    why = "timeout"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The language model {model} did not answer within {seconds:g} s.",
        "ko": "언어 모델 {model}이(가) {seconds:g}초 안에 응답하지 않았습니다.",
    }


class BudgetSpentError(LanguageModelError):
    status = 429
    code = "language_model_budget"
    why = "budget"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Today's budget for the language model is spent. It begins anew at 00:00 UTC, or raise "
        "SCENEDESK_LANGUAGE_MODEL__REQUESTS_A_DAY and SCENEDESK_LANGUAGE_MODEL__TOKENS_A_DAY.",
        "ko": "오늘 언어 모델 예산을 모두 썼습니다. 00:00 UTC에 다시 시작하며, "
        "SCENEDESK_LANGUAGE_MODEL__REQUESTS_A_DAY와 SCENEDESK_LANGUAGE_MODEL__TOKENS_A_DAY로 늘릴 수 있습니다.",
    }


class RefusedError(LanguageModelError):
    code = "language_model_refused"
    why = "refused"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The language model {model} refused: {reason}",
        "ko": "언어 모델 {model}이(가) 거절했습니다: {reason}",
    }


class ModelGoneError(LanguageModelError):
    code = "language_model_gone"
    why = "model_gone"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "There is no language model {model} any more: such names expire. "
        "Set SCENEDESK_LANGUAGE_MODEL__MODEL to one that is offered now.",
        "ko": "언어 모델 {model}은(는) 더 이상 제공되지 않습니다. 모델 이름은 만료됩니다. "
        "SCENEDESK_LANGUAGE_MODEL__MODEL을 지금 제공되는 모델로 바꿔 주세요.",
    }


class MalformedAnswerError(LanguageModelError):
    code = "language_model_malformed"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The language model {model} answered in another form than it was asked for.",
        "ko": "언어 모델 {model}의 응답 형식이 요청한 것과 다릅니다.",
    }


class UnsupportedError(LanguageModelError):
    """It wrote something, and nothing of it was borne out."""

    code = "language_model_unsupported"
    why = "unsupported"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Nothing that the language model {model} wrote was borne out by the scenes it cited.",
        "ko": "언어 모델 {model}이(가) 쓴 내용은 근거로 든 장면에서 확인되지 않았습니다.",
    }


class UncheckedError(LanguageModelError):
    """The text model by which sentences are checked did not answer."""

    code = "language_model_unchecked"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "What the language model {model} wrote could not be checked against the scenes.",
        "ko": "언어 모델 {model}이(가) 쓴 내용을 장면과 대조할 수 없었습니다.",
    }
