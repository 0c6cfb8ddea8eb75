"""From moments to hits with their reasons. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kernel.contracts.search import Hit
from kernel.contracts.time import Span
from search_service import paging
from search_service.asked import Asked
from search_service.evidence import Asking, Scene, certainty, evidence
from search_service.moments import Timeline, moments, union
from search_service.passages import Passage
from search_service.rank import Candidate, Weights, missing, probability


def hits(
    page: Sequence[Passage],
    scenes: Mapping[UUID, Scene],
    asked: Asked,
    weights: Weights,
    floor: float,
    ends: Mapping[UUID, int],
) -> list[Hit]:
    """A hit for each moment whose best document is still there. `ends`: of videos, for what counts from there."""
    asking = Asking(asked.gallery, asked.scope.who, weights, floor, asked.language, content=bool(asked.reading.rest))
    return [
        _hit(one, scenes[one.at.segment_id], asking, _moments(one, asked, scenes, ends))
        for one in page
        if one.at.segment_id in scenes
    ]


def _probability(best: Candidate, scene: Scene, asking: Asking) -> float | None:
    """That this scene is meant: what it shows and who is there; None when neither was asked for."""
    if not asking.content and not asking.who:
        return None
    shown = probability(best, asking.weights) if asking.content else 1.0
    return round(shown * certainty(scene, asking.who), 4)


def _hit(passage: Passage, scene: Scene, asking: Asking, when: list[Span]) -> Hit:
    return Hit(
        segment_id=passage.at.segment_id,
        video_id=passage.at.video_id,
        title=scene.title,
        span=passage.span,
        segments=list(passage.segments),
        moments=when,
        text_ko=scene.text_ko,
        text_en=scene.text_en,
        origin=scene.origin,
        observed=scene.observed,
        caption_model=scene.caption_model,
        people=list(scene.people),
        unknown_faces=scene.unknown_faces,
        score=min(1.0, -passage.at.minus_score / paging.MILLIONTHS),
        probability=_probability(passage.best, scene, asking),
        evidence=evidence(passage.best, scene, asking),
        missing=missing(passage.best, asking.weights),
    )


def _moments(passage: Passage, asked: Asked, scenes: Mapping[UUID, Scene], ends: Mapping[UUID, int]) -> list[Span]:
    """When exactly what was asked of people holds, over all of a passage; of the first or last only that one."""
    meaning = asked.scope.asked
    if not meaning.of_people:
        return []
    there = [_timeline(scenes[one], meaning.certain, ends) for one in passage.segments if one in scenes]
    found = union(span for timeline in there for span in moments(meaning, timeline))
    return found[:1] if asked.edge == "first" else found[-1:] if asked.edge == "last" else found


def _timeline(scene: Scene, certain: float, ends: Mapping[UUID, int]) -> Timeline:
    doubted = (one.person_id for one in scene.people if not one.human and one.probability < certain)
    return Timeline(
        span=scene.span,
        seen={mention.person_id: mention.seen for mention in scene.people},
        strangers=scene.strangers,
        video_end_ms=ends.get(scene.video_id, 0),
        doubted=frozenset(doubted),
    )
