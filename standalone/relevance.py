"""How well scenes are found: which rows of an older pipeline answer a question, and what ranked rows are worth. Pure.

p10 is capped: hits among the first ten, of as many as there could be. Gains of ndcg10 are 0 or 1.
"""

import math
import re
import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from kernel.contracts.errors import LANGUAGES, Language
from kernel.spelling import key, normal

FIRST = 10
FIGURES = ("p10", "ndcg10", "mrr")

Figure = Literal["p10", "ndcg10", "mrr"]
Scores = Mapping[str, float]
Moment = tuple[str, int]  # video id as the file has it, start in ms


class Query(BaseModel):
    """A question in one or both languages, and what the rows that answer it have: all that is given."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    ko: str | None = Field(default=None, max_length=500)
    en: str | None = Field(default=None, max_length=500)
    caption: str | None = None
    members: tuple[str, ...] = ()
    only: bool = False
    without: tuple[str, ...] = ()

    @field_validator("ko", "en", "caption", mode="before")
    @classmethod
    def _nothing(cls, given: Any) -> Any:
        """An empty text says no more than one that is left out."""
        return None if isinstance(given, str) and not given.strip() else given

    @field_validator("members", "without", mode="before")
    @classmethod
    def _nobody(cls, given: Any) -> Any:
        return () if given is None else given

    @field_validator("only", mode="before")
    @classmethod
    def _not_said(cls, given: Any) -> Any:
        return False if given is None else given

    @field_validator("caption")
    @classmethod
    def _pattern(cls, given: str | None) -> str | None:
        if given is not None:
            try:
                re.compile(given)
            except re.error as error:
                raise PydanticCustomError("regular_expression", "{error}", {"error": str(error)}) from error
        return given

    @model_validator(mode="after")
    def _asks(self) -> "Query":
        if self.ko is None and self.en is None:
            raise PydanticCustomError("no_question", "neither ko nor en")
        return self

    @property
    def names_people(self) -> bool:
        return bool(self.members or self.without)

    def written(self, language: Language) -> str | None:
        return self.ko if language == "ko" else self.en


class Queries(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    queries: tuple[Query, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Seen:
    """A row: its English caption, empty when it has none, and who is known in it."""

    moment: Moment
    caption: str
    members: frozenset[str]


class Cast:
    """Who is meant by a name: the one written by any of their names, case and spaces aside."""

    def __init__(self, called: Mapping[str, Iterable[str]]) -> None:
        self._known = {key(alias): key(member) for member, aliases in called.items() for alias in aliases}
        self._known |= {key(member): key(member) for member in called}

    def of(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(self._known.get(key(name), key(name)) for name in names)


def true_rows(query: Query, rows: Iterable[Seen], cast: Cast) -> frozenset[Moment]:
    """Moments of the rows that match all that is given; none for a question that says of nothing what is right."""
    if query.caption is None and not query.names_people:
        return frozenset()
    pattern = re.compile(query.caption, re.IGNORECASE) if query.caption else None
    members, without = cast.of(query.members), cast.of(query.without)
    return frozenset(
        row.moment
        for row in rows
        if (pattern is None or (row.caption and pattern.search(normal(row.caption))))
        and (row.members == members if query.only else members <= row.members)
        and not without & row.members
    )


def scores(found: Sequence[Moment], true: Collection[Moment]) -> dict[str, float]:
    """p10, ndcg10 and mrr of rows in order. `true` must not be empty."""
    hits = [moment in true for moment in found]
    possible = min(FIRST, len(true))
    gained = sum(1 / math.log2(rank + 2) for rank, hit in enumerate(hits[:FIRST]) if hit)
    ideal = sum(1 / math.log2(rank + 2) for rank in range(possible))
    first = next((rank for rank, hit in enumerate(hits) if hit), None)
    return {
        "p10": sum(hits[:FIRST]) / possible,
        "ndcg10": gained / ideal,
        "mrr": 0.0 if first is None else 1 / (first + 1),
    }


def overlap(one: Sequence[Moment], other: Sequence[Moment]) -> float | None:
    """Share of the first ten rows that both languages found; None when neither found anything."""
    first, second = set(one[:FIRST]), set(other[:FIRST])
    longest = max(len(first), len(second))
    return len(first & second) / longest if longest else None


@dataclass(frozen=True)
class Outcome:
    """What one question found, by language; a language in which it was not asked is not in it."""

    query: Query
    true: frozenset[Moment]
    found: Mapping[Language, Sequence[Moment]]

    @property
    def scores(self) -> dict[Language, dict[str, float]]:
        return {language: scores(rows, self.true) for language, rows in self.found.items()} if self.true else {}

    @property
    def overlap(self) -> float | None:
        return overlap(self.found["ko"], self.found["en"]) if self.found.keys() >= {"ko", "en"} else None


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Means over the questions that have true rows; `people` over those that name somebody. None: nothing to count."""
    naming = [outcome for outcome in outcomes if outcome.query.names_people]
    shared = [outcome.overlap for outcome in outcomes if outcome.overlap is not None]
    return {
        **_by_language(outcomes),
        "people": _by_language(naming),
        "overlap10": _mean(shared),
        "without_truth": sum(not outcome.true for outcome in outcomes),
    }


def _by_language(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float | None]]:
    return {
        language: {
            figure: _mean([one.scores[language][figure] for one in outcomes if language in one.scores])
            for figure in FIGURES
        }
        for language in LANGUAGES
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 4) if values else None


def distinct(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Each once, in order: neighbouring passages may share rows."""
    return iter(dict.fromkeys(moments))
