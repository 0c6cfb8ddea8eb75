"""People who turned out to be one: the merged one points to the other, and everything that reads follows.

Nothing of the merged person is moved: references, rulings, tracks and segments keep their id. So un-merging is
taking the pointer away, and exact. See docs/decisions/0092-merging-is-a-pointer.md.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.library import people
from gateway.pipeline.merge import together
from kernel.contracts.library import Segment, Track


async def resolved(connection: AsyncConnection) -> Mapping[UUID, UUID]:
    """Merged people to whom they turned out to be in the end, chains followed. Everybody else is not in it."""
    return followed(await people.redirects(connection))


def followed(redirects: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Pointers followed to their end. Merging never makes a circle."""
    ends: dict[UUID, UUID] = {}
    for person_id, into in redirects.items():
        end = into
        while end in redirects:
            end = redirects[end]
        ends[person_id] = end
    return ends


def all_of(person_id: UUID, redirects: Mapping[UUID, UUID]) -> set[UUID]:
    """The person and everybody merged into them, over however many steps."""
    found = {person_id}
    while more := {one for one, into in redirects.items() if into in found} - found:
        found |= more
    return found


def same_as(person_id: UUID, redirects: Mapping[UUID, UUID]) -> set[UUID]:
    """Everybody who is the same person: whom they turned out to be, and all who were merged into that one."""
    return all_of(followed(redirects).get(person_id, person_id), redirects)


def canonical(ids: Iterable[UUID], resolved: Mapping[UUID, UUID]) -> list[UUID]:
    """Each person once, in order, as whom they turned out to be."""
    return list(dict.fromkeys(resolved.get(one, one) for one in ids))


def shown_segment(segment: Segment, resolved: Mapping[UUID, UUID]) -> Segment:
    """A segment as people read it: on it are those whom the merged ones turned out to be, each once."""
    if not any(person.person_id in resolved for person in segment.people):
        return segment
    return segment.model_copy(update={"people": together(segment.people, resolved)})


def shown_track(track: Track, resolved: Mapping[UUID, UUID]) -> Track:
    """A track as people read it."""
    who, nearest = track.person_id, track.nearest_person_id
    if who not in resolved and nearest not in resolved:
        return track
    return track.model_copy(
        update={
            "person_id": resolved.get(who, who) if who else None,
            "nearest_person_id": resolved.get(nearest, nearest) if nearest else None,
        }
    )
