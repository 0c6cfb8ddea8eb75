"""What is wrong with input, said in the reader's language: pydantic's findings as sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.contracts.errors import InvalidError, Language

MOST = 5  # findings told of one input
NO_INTEGER: dict[Language, str] = {"en": "must be a whole number", "ko": "정수여야 합니다"}
NO_NUMBER: dict[Language, str] = {"en": "must be a number", "ko": "숫자여야 합니다"}
NO_LIST: dict[Language, str] = {"en": "must be a list", "ko": "목록이어야 합니다"}
NO_OBJECT: dict[Language, str] = {"en": "must be an object", "ko": "객체여야 합니다"}
NO_ID: dict[Language, str] = {"en": "must be an id (UUID)", "ko": "올바른 ID(UUID)가 아닙니다"}
NO_ADDRESS: dict[Language, str] = {"en": "is no web address", "ko": "올바른 웹 주소가 아닙니다"}
NO_BOOLEAN: dict[Language, str] = {"en": "must be true or false", "ko": "true 또는 false여야 합니다"}
NO_PATTERN: dict[Language, str] = {
    "en": "is no regular expression ({error})",
    "ko": "올바른 정규 표현식이 아닙니다({error})",
}
NO_QUESTION: dict[Language, str] = {"en": "has neither ko nor en", "ko": "ko와 en이 모두 없습니다"}
NO_CHOICE: dict[Language, str] = {"en": "must be one of {expected}", "ko": "다음 중 하나여야 합니다: {expected}"}
FINDINGS: dict[str, dict[Language, str]] = {
    "missing": {"en": "is missing", "ko": "빠져 있습니다"},
    "extra_forbidden": {"en": "is not known here", "ko": "쓰이지 않는 항목입니다"},
    "json_invalid": {"en": "is not valid JSON", "ko": "올바른 JSON이 아닙니다"},
    "string_type": {"en": "must be text", "ko": "문자열이어야 합니다"},
    "string_unicode": {"en": "is not valid Unicode text", "ko": "올바른 유니코드 문자열이 아닙니다"},
    "string_too_short": {"en": "is shorter than {min_length} characters", "ko": "{min_length}자 이상이어야 합니다"},
    "string_too_long": {"en": "is longer than {max_length} characters", "ko": "{max_length}자 이하여야 합니다"},
    "int_type": NO_INTEGER,
    "int_parsing": NO_INTEGER,
    "int_from_float": NO_INTEGER,
    "float_type": NO_NUMBER,
    "float_parsing": NO_NUMBER,
    "finite_number": {"en": "must be a finite number", "ko": "유한한 숫자여야 합니다"},
    "greater_than": {"en": "must be more than {gt}", "ko": "{gt}보다 커야 합니다"},
    "greater_than_equal": {"en": "must be at least {ge}", "ko": "{ge} 이상이어야 합니다"},
    "less_than": {"en": "must be less than {lt}", "ko": "{lt}보다 작아야 합니다"},
    "less_than_equal": {"en": "must be at most {le}", "ko": "{le} 이하여야 합니다"},
    "regular_expression": NO_PATTERN,
    "no_question": NO_QUESTION,
    "bool_type": NO_BOOLEAN,
    "bool_parsing": NO_BOOLEAN,
    "uuid_type": NO_ID,
    "uuid_parsing": NO_ID,
    "url_type": NO_ADDRESS,
    "url_parsing": NO_ADDRESS,
    "url_scheme": {"en": "must start with {expected_schemes}", "ko": "다음으로 시작해야 합니다: {expected_schemes}"},
    "literal_error": NO_CHOICE,
    "enum": NO_CHOICE,
    "list_type": NO_LIST,
    "tuple_type": NO_LIST,
    "dict_type": NO_OBJECT,
    "model_type": NO_OBJECT,
    "model_attributes_type": NO_OBJECT,
    "too_short": {"en": "is too short: at least {min_length}", "ko": "너무 짧습니다. {min_length} 이상이어야 합니다"},
    "too_long": {"en": "is too long: at most {max_length}", "ko": "너무 깁니다. {max_length} 이하여야 합니다"},
}


class MalformedError(InvalidError):
    """Input whose form is wrong; `findings` are those of a pydantic error."""

    def __init__(self, findings: Sequence[Any]) -> None:
        self._findings = findings[:MOST]
        super().__init__()

    def sentence(self, language: Language) -> str:
        reason = "; ".join(said(finding, language) for finding in self._findings)
        return self.sentences[language].format(reason=reason)


def said(finding: Mapping[str, Any], language: Language, whole: str = "") -> str:
    """One finding: where, and what is wrong there; `whole` names the place when it is the input itself."""
    known = FINDINGS.get(finding["type"])
    wrong = (
        known[language].format_map(finding.get("ctx", {})) if known else finding["msg"].removeprefix("Value error, ")
    )
    loc = finding["loc"][:1] if finding["type"] == "json_invalid" else finding["loc"]
    where = ".".join(map(str, loc)) or whole
    return f"{where}: {wrong}" if where else wrong
