"""Where people have replaced the machine's cuts: spans that indexing again must not cut as it did before. Pure.

A machine's segment that somebody splits, merges, moves or deletes is settled with the span the machine gave it, until
it is back as it was. A function of each edit alone: kept beside the timeline, never computed from all history.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from gateway.editor.timeline import Edit
from kernel.contracts.library import Segment
from kernel.contracts.time import Span

MACHINES = ("publish", "import", "identify", "rename")


class Settling(NamedTuple):
    """What an edit settles, and what it opens again."""

    settled: Mapping[UUID, Span]
    opened: frozenset[UUID]


def settling(edit: Edit) -> Settling:
    after = {segment.id: segment for segment in edit.after}
    opened = frozenset(segment.id for segment in edit.after if segment.span_origin != "human")
    if edit.kind in MACHINES:
        return Settling({}, opened)
    settled = {old.id: old.span for old in edit.before if _replaced(old, after.get(old.id))}
    return Settling(settled, opened)


def _replaced(old: Segment, new: Segment | None) -> bool:
    return old.span_origin != "human" and (new is None or new.span_origin == "human")


def all_settled(edits: Iterable[Edit]) -> dict[UUID, Span]:
    """What a whole history settles."""
    found: dict[UUID, Span] = {}
    for edit in edits:
        settled, opened = settling(edit)
        found = {one: span for one, span in {**found, **settled}.items() if one not in opened}
    return found
