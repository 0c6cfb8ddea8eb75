"""From moments to hits with their reasons. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kernel.contracts.search import Hit
from search_service import paging
from search_service.asked import Asked
from search_service.evidence import Asking, Scene, evidence
from search_service.passages import Passage
from search_service.rank import Weights


def hits(
    page: Sequence[Passage],
    scenes: Mapping[UUID, Scene],
    asked: Asked,
    weights: Weights,
    floor: float,
) -> list[Hit]:
    """A hit for each moment whose best document is still there."""
    asking = Asking(asked.gallery, asked.scope.who, weights, floor, asked.language)
    return [_hit(one, scenes[one.at.segment_id], asking) for one in page if one.at.segment_id in scenes]


def _hit(passage: Passage, scene: Scene, asking: Asking) -> Hit:
    return Hit(
        segment_id=passage.at.segment_id,
        video_id=passage.at.video_id,
        title=scene.title,
        span=passage.span,
        segments=list(passage.segments),
        text_ko=scene.text_ko,
        text_en=scene.text_en,
        origin=scene.origin,
        observed=scene.observed,
        caption_model=scene.caption_model,
        people=list(scene.people),
        unknown_faces=scene.unknown_faces,
        score=min(1.0, -passage.at.minus_score / paging.MILLIONTHS),
        evidence=evidence(passage.best, scene, asking),
    )
