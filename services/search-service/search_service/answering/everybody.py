"""Who is seen in all of a moment: a hit says only who is in its best document. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from kernel.contracts.embeddings import PersonMention
from kernel.contracts.search import Hit
from search_service.evidence import Scene
from search_service.moments import union


def with_everybody(hits: Iterable[Hit], scenes: Mapping[UUID, Scene]) -> list[Hit]:
    """The hits with the people of all their segments, those of the best document first."""
    return [hit.model_copy(update={"people": _everybody(hit, scenes)}) for hit in hits]


def _everybody(hit: Hit, scenes: Mapping[UUID, Scene]) -> list[PersonMention]:
    every: dict[UUID, list[PersonMention]] = defaultdict(list)
    others = (scenes[one].people for one in hit.segments if one in scenes and one != hit.segment_id)
    for mention in (*hit.people, *(mention for people in others for mention in people)):
        every[mention.person_id].append(mention)
    return [_together(mentions) for mentions in every.values()]


def _together(mentions: Sequence[PersonMention]) -> PersonMention:
    if len(mentions) == 1:
        return mentions[0]
    return mentions[0].model_copy(
        update={
            "probability": max(one.probability for one in mentions),
            "seen_ms": sum(one.seen_ms for one in mentions),
            "seen": union(span for one in mentions for span in one.seen),
            "human": any(one.human for one in mentions),
        }
    )
