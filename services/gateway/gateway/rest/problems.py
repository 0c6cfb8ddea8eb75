"""How refusals are documented: every operation names the problems it answers with."""

from typing import Any

from gateway.access.errors import NotAllowedError, NotSignedInError
from kernel.contracts.errors import (
    BusyError,
    ConflictError,
    InvalidError,
    NotFoundError,
    Problem,
    ScenedeskError,
)

MEDIA_TYPE = "application/problem+json"

_TYPICAL: dict[int, tuple[str, ScenedeskError]] = {
    401: ("Whoever asks has not signed in.", NotSignedInError()),
    403: ("Their role does not allow it.", NotAllowedError(role="editor")),
    404: ("It is not there.", NotFoundError(what="video")),
    409: ("It conflicts with what is there.", ConflictError(reason="person 김민지")),
    422: ("It can't be used.", InvalidError(reason="cursor")),
    503: (
        "Too busy, or something needed is not there. Retry-After says when to try again.",
        BusyError(service="gateway"),
    ),
}
_EXTRA: dict[int, str] = {
    412: "Somebody changed the same meanwhile: both sides are told, nothing is done.",
    413: "It is larger than what is taken.",
    415: "It is not of a kind that is taken.",
    416: "The range lies outside of the file.",
    428: "It must be said which version was looked at.",
}


def problems(*statuses: int, **examples: ScenedeskError) -> dict[int | str, dict[str, Any]]:
    """Documented responses for these statuses; 401, 403, 422 and 503 are always among them."""
    wanted = sorted({*statuses, 401, 403, 422, 503, *(error.status for error in examples.values())})
    return {status: _response(status, examples) for status in wanted}


def _response(status: int, examples: dict[str, ScenedeskError]) -> dict[str, Any]:
    description, typical = _TYPICAL.get(status, (_EXTRA.get(status, "Refused."), None))
    shown = {name: error for name, error in examples.items() if error.status == status}
    if not shown and typical is not None:
        shown = {typical.code: typical}
    return {
        "description": description,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {name: {"value": as_example(error)} for name, error in shown.items()},
            }
        },
    }


def as_example(error: ScenedeskError) -> dict[str, Any]:
    return error.problem("en").model_dump(exclude_none=True)


def problem_schema() -> dict[str, Any]:
    return Problem.model_json_schema(ref_template="#/components/schemas/{model}")
