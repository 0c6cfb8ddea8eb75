"""Who shows on what another showed: so that an id, however old, opens what it stood for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from kernel.contracts.history import Succession
from kernel.contracts.library import Segment


def by_time(gone: Iterable[Segment], new: Sequence[Segment]) -> list[Succession]:
    """Who shows on what the gone ones showed, where nobody said so: every new one that overlaps."""
    return [
        Succession(parent_id=old.id, child_id=one.id) for old in gone for one in new if one.span.overlap_ms(old.span)
    ]


def heirs(segment_id: UUID, ended: Mapping[UUID, Sequence[Succession]], alive: Iterable[UUID]) -> list[UUID]:
    """The living segments that show what this one did, through however many merges and splits, in no order.

    `ended`: each gone segment to the lineage of the edit that ended it.
    """
    living = set(alive)
    found: dict[UUID, None] = {}
    seen: set[UUID] = set()
    open_ones = [segment_id]
    while open_ones:
        one = open_ones.pop(0)
        if one in seen:
            continue
        seen.add(one)
        if one in living:
            found[one] = None
        else:
            open_ones += [step.child_id for step in ended.get(one, ()) if step.parent_id == one]
    return list(found)
