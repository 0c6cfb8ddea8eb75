"""From ranked documents to hits with their reasons. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kernel.contracts.search import Hit
from search_service import paging
from search_service.asked import Asked
from search_service.evidence import Asking, Scene, evidence
from search_service.paging import Place
from search_service.rank import Candidate, Weights


def hits(
    page: Sequence[tuple[Place, Candidate]],
    scenes: Mapping[UUID, Scene],
    asked: Asked,
    weights: Weights,
    floor: float,
) -> list[Hit]:
    asking = Asking(asked.gallery, asked.scope.who, weights, floor, asked.language)
    return [_hit(at, one, scenes[at.segment_id], asking) for at, one in page]


def _hit(at: Place, candidate: Candidate, scene: Scene, asking: Asking) -> Hit:
    return Hit(
        segment_id=at.segment_id,
        video_id=at.video_id,
        title=scene.title,
        span=scene.span,
        text_ko=scene.text_ko,
        text_en=scene.text_en,
        origin=scene.origin,
        observed=scene.observed,
        caption_model=scene.caption_model,
        people=list(scene.people),
        unknown_faces=scene.unknown_faces,
        score=min(1.0, -at.minus_score / paging.MILLIONTHS),
        evidence=evidence(candidate, scene, asking),
    )
