"""A question as an address: what a page's link, a share link and `GET /v1/search` say. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Self
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kernel.contracts.captions import ShotScale
from kernel.contracts.embeddings import CaptionOrigin
from kernel.contracts.malformed import MalformedError
from kernel.contracts.search import People, SearchRequest

Pairs = list[tuple[str, str]]

# Parameters of an address to fields of a question; a form sends what was left empty as "".
LISTS = {
    "person": "people",
    "group": "groups",
    "without": "without",
    "video": "videos",
    "scale": "scales",
    "origin": "origins",
    "ignored": "ignored",
    "meant": "meant",
}
SINGLE = {"q": "query", "since": "since", "until": "until", "certain": "certain", "only": "only"}


def _said(value: Any) -> Any:
    """Without what a form left empty."""
    return [one for one in value if one != ""] if isinstance(value, list) else value


def _or_none(value: Any) -> Any:
    return None if value == "" else value


def _or_zero(value: Any) -> Any:
    return 0.0 if value == "" else value


Filled = BeforeValidator(_said)


class Addressed(BaseModel):
    """The parameters of an address. Others are left alone: a link may carry more than a question."""

    model_config = ConfigDict(frozen=True)

    q: str = Field(default="", max_length=500, description="The question", examples=["민지가 자는 장면"])
    person: Annotated[People, Filled] = Field(default=[], description="All of them must be in the scene")
    group: Annotated[People, Filled] = Field(default=[], description="Somebody of each must be in the scene")
    without: Annotated[People, Filled] = Field(default=[], description="None of them may be in the scene")
    only: bool = Field(default=False, description="Nobody but those asked for may be in the scene")
    video: Annotated[list[UUID], Filled] = Field(default=[], max_length=500, description="Only these videos")
    scale: Annotated[list[ShotScale], Filled] = Field(default=[], description="Only shots of these scales")
    origin: Annotated[list[CaptionOrigin], Filled] = Field(default=[], description="Only captions from these")
    since: Annotated[date | None, BeforeValidator(_or_none)] = Field(
        default=None, description="Only videos of this day or later", examples=["2026-07-01"]
    )
    until: Annotated[date | None, BeforeValidator(_or_none)] = Field(
        default=None, description="Only videos of this day or earlier", examples=["2026-07-31"]
    )
    certain: Annotated[float, BeforeValidator(_or_zero)] = Field(
        default=0.0, ge=0, le=1, description="Least probability with which somebody is recognised"
    )
    ignored: Annotated[list[str], Filled] = Field(
        default=[], max_length=32, description="Keys of chips that were taken away", examples=[["person:민지"]]
    )
    meant: Annotated[People, Filled] = Field(default=[], description="Of people who share a name, those that are meant")
    plain: bool = Field(default=False, description="Read nothing out of the question: its words are words")

    def question(self, limit: int = 10, cursor: str | None = None) -> SearchRequest:
        """What it asks. Raises MalformedError."""
        fields: dict[str, Any] = {field: getattr(self, name) for name, field in (LISTS | SINGLE).items()}
        try:
            return SearchRequest(**fields, understand=not self.plain, limit=limit, cursor=cursor)
        except ValidationError as error:
            raise MalformedError(error.errors()) from error

    @classmethod
    def of(cls, question: SearchRequest) -> Self:
        fields = {name: getattr(question, field) for name, field in (LISTS | SINGLE).items()}
        return cls(**fields, plain=not question.understand)

    @property
    def pairs(self) -> Pairs:
        """Parameters and their values, those that say nothing left out; equal questions have equal pairs."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        return [(name, one) for name, value in plain.items() for one in _texts(value)]

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        narrowed = (self.person, self.group, self.without, self.video, self.scale, self.origin)
        return bool(self.q.strip() or any(narrowed) or self.since or self.until)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        return map(str, value)
    return ["true" if value is True else str(value)]


def address(path: str, pairs: Pairs) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


def changed(pairs: Pairs, *, add: Pairs | None = None, remove: Pairs | None = None, drop: Iterable[str] = ()) -> Pairs:
    """The same question a little differently: without `remove`, without all of `drop`, with `add` once."""
    gone, names = set(remove or []), set(drop)
    kept = [pair for pair in pairs if pair not in gone and pair[0] not in names]
    return [*kept, *(pair for pair in add or [] if pair not in kept)]
