"""Training: how a trained head and centroids did on the same photos."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.model import Value


class OpenSetFigure(Value):
    """At a line: the part of strangers' photos named anybody, and of known people's photos named rightly."""

    strangers_named: float
    known_right: float


class NamingFigures(Value):
    """How one way of naming did. F1s are over true members or groups, unknown being a class; parts are of one."""

    member_macro_f1: float
    group_macro_f1: float
    map: float
    roc_auc: float
    strangers_named: float
    curve: list[OpenSetFigure]


class TrainedPerson(Value):
    """A person of the trial; null is unknown. `split`: what held learnt and named photos apart; null learnt all."""

    person_id: UUID | None
    photos: int
    precision: float
    recall: float
    f1: float
    centroids_f1: float
    split: Literal["source", "picture"] | None


class Confusion(Value):
    """So many photos of one were named as another by the trained head; null is unknown."""

    person_id: UUID | None
    named: UUID | None
    photos: int


class TrainingReport(Value):
    """Both ways of naming on the same photos, none of which either had learnt."""

    reason: Literal["better", "not_better", "strangers", "no_threshold", "fixed_threshold"] = Field(
        description="Why the head is live, or why centroids stay"
    )
    better_by: float = Field(description="How much better the member F1 must be, with no more strangers named")
    centroids: NamingFigures
    trained: NamingFigures
    people: list[TrainedPerson]
    confusion: list[Confusion]
    references: int
    probes: int
    strangers: int = Field(description="Photos of people kept out, and faces of hidden strangers")
    hidden_strangers: int
    by_source: int = Field(description="People split by source")
    by_picture: int = Field(description="People split by picture: their photos share a source, or have none known")
    rounds: int
    seconds: float


class Training(Value):
    """A head that was trained. `stale`: the gallery has changed since, so centroids name people again."""

    id: UUID
    model_id: str
    live: bool
    stale: bool
    report: TrainingReport
    created_at: datetime
