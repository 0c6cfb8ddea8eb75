"""History as it was written by earlier versions of the product, brought to the form it has now. Pure.

An entry says the number of its form. It is never rewritten: whoever reads it brings it up, a step a number.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.time import Span

SCHEMA = 2

Row = dict[str, Any]
"""An edit's fields as plain JSON."""


class NewerHistoryError(ScenedeskError):
    """The database was written to by a newer version."""

    status = 500
    code = "newer_history"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This history was written by a newer version of Scenedesk (form {schema}). Please update.",
        "ko": "더 새로운 버전의 Scenedesk가 기록한 이력입니다(형식 {schema}). 업데이트해 주세요.",
    }


def upcast(row: Mapping[str, Any], schema: int) -> Row:
    """The entry in form SCHEMA. Raises NewerHistoryError."""
    if schema > SCHEMA:
        raise NewerHistoryError(schema=schema)
    now = dict(row)
    for number in range(schema, SCHEMA):
        now = _STEPS[number](now)
    return now


def _with_lineage(row: Row) -> Row:
    """Form 1 did not say who shows on what a gone segment showed: whoever is new and overlaps it does."""
    were, are = {one["id"] for one in row["before"]}, {one["id"] for one in row["after"]}
    gone = [one for one in row["before"] if one["id"] not in are]
    new = [one for one in row["after"] if one["id"] not in were]
    lineage = [
        {"parent_id": old["id"], "child_id": one["id"]}
        for old in gone
        for one in new
        if Span(**one["span"]).overlap_ms(Span(**old["span"]))
    ]
    return {**row, "lineage": lineage, "of_version": None, "withheld": []}


_STEPS: dict[int, Callable[[Row], Row]] = {1: _with_lineage}
