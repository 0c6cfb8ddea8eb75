"""Where in Slack a scene is shown, as Scenedesk notes it: shared cards, what is said under them, pictures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.contracts.errors import Language
from kernel.contracts.placements import NewPlacement, Placement
from kernel.contracts.time import Span


@dataclass(frozen=True)
class Place:
    """A shared card: where it stands, by whom, with which note; `span` where it shows more than its segment."""

    team: str
    channel: str
    message: str
    language: Language
    by: str
    note: str = ""
    span: Span | None = None
    picture: str | None = None  # its file's id
    shows: Span | None = None  # what that picture plays

    @classmethod
    def of(cls, placement: Placement) -> "Place":
        _, team, channel, message = placement.elsewhere.split(":")
        said = placement.details
        span, shows = (Span.model_validate_json(said[name]) if name in said else None for name in ("span", "shows"))
        language: Language = "en" if said.get("language") == "en" else "ko"
        by, note = said.get("by", ""), said.get("note", "")
        return cls(team, channel, message, language, by, note, span, said.get("picture"), shows)

    @property
    def elsewhere(self) -> str:
        return message_at(self.team, self.channel, self.message)

    def placed(self, video_id: UUID, segment_id: UUID, version: int, *, gone: bool) -> NewPlacement:
        said = {"language": self.language, "by": self.by, "note": self.note[:1000], "picture": self.picture or ""}
        spans = {"span": self.span, "shows": self.shows}
        said |= {name: span.model_dump_json() for name, span in spans.items() if span}
        return NewPlacement(
            elsewhere=self.elsewhere, kind="card", video_id=video_id, segment_id=segment_id, version=version, gone=gone,
            details={name: one for name, one in said.items() if one},
        )  # fmt: skip


def message_at(team: str, channel: str, message: str) -> str:
    return f"slack:{team}:{channel}:{message}"


def file_at(file: str) -> str:
    return f"slack:{file}"


def said_under(team: str, channel: str, message: str, card: str, video_id: UUID, segment_id: UUID) -> NewPlacement:
    """A message in a card's thread that tells of its scene."""
    where = message_at(team, channel, message)
    return NewPlacement(
        elsewhere=where, kind="message", video_id=video_id, segment_id=segment_id, details={"card": card}
    )


def a_file(
    file: str, video_id: UUID, segment_id: UUID | None, *, until: datetime | None = None, card: str | None = None
) -> NewPlacement:
    """`until` for what one person was shown; `card` for a clip under that card."""
    its: Mapping[str, Any] = {"details": {"card": card}} if card else {}
    return NewPlacement(
        elsewhere=file_at(file), kind="file", video_id=video_id, segment_id=segment_id, until=until, **its
    )
