"""Scenes like one that is shown: in meaning, and in who is there.

A frame of a video stands for the document it lies in: pictures themselves are compared by nobody here, since no
model of pictures and texts comes in a wheel. What was seen in it (caption, people) is what is looked for.
"""

import time
from itertools import islice
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.contracts.errors import Language, NotFoundError
from kernel.contracts.search import Evidence, Hit, Moment, SearchResponse, SimilarRequest
from kernel.language import HANGUL
from kernel.settings import Search
from kernel.storage.database import Database, patiently
from search_service.evidence import Scene
from search_service.index import likeness
from search_service.index.candidates import Sought, candidates
from search_service.index.names import Names
from search_service.index.scenes import scenes
from search_service.index.scope import Scope
from search_service.index.state import State, States
from search_service.index.words import Choice
from search_service.paging import MILLIONTHS
from search_service.passages import Passage, passages
from search_service.rank import Candidate
from search_service.understanding.gallery import Gallery

MEANING, CAST = 0.8, 0.2  # where the scene has people
PATIENCE_S = 2.0
ALIKE = 0.5  # cosine of captions below which only who is there makes scenes alike


class Similar:
    """Finds scenes like one segment, or like the one on screen at some moment."""

    def __init__(self, database: Database, settings: Search) -> None:
        self._database, self._settings, self._states, self._names = database, settings, States(), Names()

    async def to_segment(self, request: SimilarRequest) -> SearchResponse:
        """Raises NotFoundError for a segment the index does not know."""
        started = time.perf_counter()
        return await patiently(lambda: self._to(request, started), PATIENCE_S)

    async def to_moment(self, moment: Moment) -> SearchResponse:
        """Raises NotFoundError where no segment of the video is on screen then."""
        async with self._database.autocommit() as connection:
            segment_id = await likeness.at(connection, moment.video_id, moment.at_ms)
        if segment_id is None:
            raise NotFoundError(what="segment")
        return await self.to_segment(SimilarRequest(segment_id=segment_id))

    async def _to(self, request: SimilarRequest, started: float) -> SearchResponse:
        async with self._database.autocommit() as connection:
            state = await self._states.now(connection)
            gallery = await self._names.current(connection)
            shown = await scenes(connection, [request.segment_id])
            if request.segment_id not in shown:
                raise NotFoundError(what="segment")
            cast = frozenset(mention.person_id for mention in shown[request.segment_id].people)
            page = await self._like(connection, request, cast, state)
            others = await scenes(connection, [one.at.segment_id for one in page])
        return SearchResponse(
            query="",
            hits=[_hit(one, others[one.at.segment_id], cast, gallery) for one in page if one.at.segment_id in others],
            nothing=None if page else "nothing_close",
            model=state.model,
            took_ms=round((time.perf_counter() - started) * 1000),
        )

    async def _like(
        self, connection: AsyncConnection, request: SimilarRequest, cast: frozenset[UUID], state: State
    ) -> list[Passage]:
        segment_id, hidden = request.segment_id, tuple(request.hidden)
        vector = await likeness.vector_of(connection, segment_id, state.model.model_id) if state.model else None
        near = await self._near(connection, Scope(hidden=hidden), vector, state)
        if cast:
            near += await self._near(connection, Scope(who=(cast,), hidden=hidden), vector, state)
        others = {one.segment_id: one for one in near if one.segment_id != segment_id}
        scored = [(one, _score(one, cast)) for one in others.values()]
        alike = [(one, score) for one, score in scored if score > 0]
        found = passages([one for one, _ in alike], np.array([score for _, score in alike], np.float64))
        return list(islice(found, request.limit))

    async def _near(
        self, connection: AsyncConnection, scope: Scope, vector: str | None, state: State
    ) -> list[Candidate]:
        if vector is None and not scope.who:
            return []
        sought = Sought(
            scope=scope,
            model=state.model if vector else None,
            vector=vector,
            lexemes=frozenset(),
            choice=Choice(),
            exact_below=self._settings.exact_below,
        )
        return [one._replace(presence=None) for one in await candidates(connection, sought, state.documents)]


def _score(one: Candidate, cast: frozenset[UUID]) -> float:
    """Cosine of captions and share of the people that both have; 0 for what is like in neither."""
    nearness = one.closest.cosine if one.closest else 0.0
    shared = len(cast.intersection(one.cast)) / len(cast.union(one.cast)) if cast or one.cast else 0.0
    if nearness < ALIKE and not shared:
        return 0.0
    return max(0.0, MEANING * nearness + CAST * shared if cast else nearness)


def _hit(passage: Passage, scene: Scene, cast: frozenset[UUID], gallery: Gallery) -> Hit:
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
        score=min(1.0, -passage.at.minus_score / MILLIONTHS),
        evidence=[*_caption(passage.best, scene), *_people(scene, cast, gallery)],
    )


def _caption(best: Candidate, scene: Scene) -> list[Evidence]:
    text = scene.text_ko or scene.text_en
    if best.closest is None or text is None:
        return []
    score = min(1.0, max(0.0, best.closest.cosine))
    return [Evidence(kind="similar", text=text, score=score, language="ko" if HANGUL.search(text) else "en")]


def _people(scene: Scene, cast: frozenset[UUID], gallery: Gallery) -> list[Evidence]:
    """Who is in both scenes, by name: in Korean where the scene is told in Korean."""
    language: Language = "ko" if scene.text_ko else "en"
    return [
        Evidence(
            kind="person",
            text=name.name_ko if language == "ko" else name.name_en,
            score=1.0 if mention.human else mention.probability,
            language=language,
        )
        for mention in scene.people
        if mention.person_id in cast and (name := gallery.by_id.get(mention.person_id))
    ]
