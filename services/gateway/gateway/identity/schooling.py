"""A gallery goes to school: the trial, the report, and a head that is kept only for the gallery it learnt."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import PurePath
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.desk import Desk
from gateway.identity.evaluation import NOBODY
from gateway.identity.gallery import fingerprint, vectors_by_person, whole
from gateway.identity.heads import Head, head_of
from gateway.identity.threads import one_thread
from gateway.identity.trials import (
    BETTER_BY,
    LEAST_PEOPLE,
    LEAST_PHOTOS,
    ROUNDS,
    Figures,
    Photos,
    Trial,
    enough,
    trial,
)
from gateway.library import people as people_sql
from gateway.library import references as rows
from gateway.library import track_vectors, trainings
from gateway.library.trainings import Kept, Origin
from gateway.people.merging import resolved
from kernel.contracts.errors import ConflictError, Language, NotFoundError, ScenedeskError, Words
from kernel.contracts.training import Confusion, NamingFigures, OpenSetFigure, TrainedPerson, Training, TrainingReport
from kernel.vectors import Matrix

MOST_HIDDEN = 500
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
CHANGED = Words("the gallery has changed while it was learnt", "학습하는 동안 등록된 인물이 바뀌었습니다")


class TooFewError(ScenedeskError):
    """A split of so few people or photos would show nothing."""

    status = 422
    code = "too_few_to_train"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Training needs {people} people with {photos} usable pictures each; there are {there}.",
        "ko": "학습하려면 쓸 수 있는 사진이 {photos}장 이상인 인물이 {people}명 필요합니다. 지금은 {there}명입니다.",
    }


class Lesson:
    """What is learnt: photos with their sources, groups, and faces of hidden strangers."""

    def __init__(
        self, people: Mapping[UUID, Photos], groups: Mapping[UUID, UUID], strangers: Matrix | None, otherwise: float
    ) -> None:
        self.people, self.groups, self.strangers, self.otherwise = people, groups, strangers, otherwise


async def teach(desk: Desk) -> Training:
    """Train a head and put it on trial. Raises TooFewError; ConflictError when the gallery changes meanwhile."""
    faces = desk.services.faces
    model = await faces.model()
    model_id = model.embedder.model_id
    await vectors_by_person(desk.database, faces, model_id)
    async with desk.database.transaction() as connection:
        vectors = await _vectors(connection, model_id)
        lesson = await _lesson(connection, model_id, vectors, model.default_threshold)
    if enough(lesson.people) < LEAST_PEOPLE:
        raise TooFewError(people=LEAST_PEOPLE, photos=LEAST_PHOTOS, there=enough(lesson.people))
    fixed = desk.settings.faces.threshold is not None
    report, head = await asyncio.to_thread(_learnt, lesson, model_id, fixed=fixed)
    row = {
        "id": uuid4(),
        "model_id": model_id,
        "fingerprint": fingerprint(vectors),
        "live": head is not None,
        "report": report.model_dump(mode="json")
        | ({"calibration": head.calibration.as_json(), "threshold": head.calibration.threshold} if head else {}),
        "weights": head.packed() if head else None,
    }
    async with desk.database.transaction() as connection:
        # Whoever is forgotten or withdrawn while it learns is in no weights.
        await people_sql.lock(connection)
        if fingerprint(await _vectors(connection, model_id)) != row["fingerprint"]:
            raise ConflictError(reason=CHANGED)
        await trainings.put(connection, row)
    return await newest(desk)


async def newest(desk: Desk) -> Training:
    """The newest training of the present model. Raises NotFoundError."""
    model_id = (await desk.services.faces.model()).embedder.model_id
    async with desk.database.transaction() as connection:
        kept = await trainings.newest(connection, model_id)
        if kept is None:
            raise NotFoundError(what="training")
        now = fingerprint(await _vectors(connection, model_id))
    return _shown(kept, stale=kept.fingerprint != now)


def _shown(kept: Kept, *, stale: bool) -> Training:
    report = TrainingReport.model_validate({name: kept.report[name] for name in TrainingReport.model_fields})
    return Training(
        id=kept.id, model_id=kept.model_id, live=kept.live, stale=stale, report=report, created_at=kept.created_at
    )


async def _vectors(connection: AsyncConnection, model_id: str) -> dict[UUID, Matrix]:
    return whole(await rows.vectors_of(connection, model_id), await resolved(connection))


async def _lesson(
    connection: AsyncConnection, model_id: str, vectors: Mapping[UUID, Matrix], otherwise: float
) -> Lesson:
    merged = await resolved(connection)
    gathered: dict[UUID, list[str | None]] = defaultdict(list)
    origins = await trainings.origins(connection, model_id)
    for person in sorted(origins):
        gathered[merged.get(person, person)] += map(source_of, origins[person])
    people = {person: Photos(its, tuple(gathered[person])) for person, its in vectors.items()}
    found = await track_vectors.of_tracks(connection, model_id, await trainings.hidden(connection, MOST_HIDDEN))
    strangers = np.stack([found[one] for one in sorted(found)]) if found else None
    return Lesson(people, await trainings.groups(connection), strangers, otherwise)


def source_of(origin: Origin) -> str | None:
    """A video, a site, or what was written; the name of a picture's file says nothing of where it is from."""
    if origin.video_id is not None:
        return f"video {origin.video_id}"
    if origin.address and (host := urlsplit(origin.address).hostname):
        return host
    return None if PurePath(origin.source).suffix.lower() in PICTURES | {""} else origin.source


def _learnt(lesson: Lesson, model_id: str, *, fixed: bool) -> tuple[TrainingReport, Head | None]:
    with one_thread():
        began = time.perf_counter()
        found = trial(lesson.people, lesson.groups, model_id, otherwise=lesson.otherwise, strangers=lesson.strangers)
        better = found.reason == "better" and not fixed
        vectors = {person: photos.vectors for person, photos in lesson.people.items()}
        head = head_of(vectors, lesson.groups) if better else None
        return _report(found, lesson, fixed=fixed, seconds=time.perf_counter() - began), head


def _report(found: Trial, lesson: Lesson, *, fixed: bool, seconds: float) -> TrainingReport:
    plain = {outcome.label: outcome.f1 for outcome in found.centroids.outcomes}
    splits = [split.by if split else None for split in found.splits]
    pairs = Counter(zip(found.truth.tolist(), found.trained.named.tolist(), strict=True))
    who = [*found.people, None]  # NOBODY is -1, the last
    return TrainingReport(
        reason="fixed_threshold" if fixed else found.reason,
        better_by=BETTER_BY,
        centroids=_figures(found.centroids.figures),
        trained=_figures(found.trained.figures),
        people=[
            TrainedPerson(
                person_id=who[one.label], photos=one.true, precision=round(one.precision, 4),
                recall=round(one.recall, 4), f1=round(one.f1, 4), centroids_f1=round(plain[one.label], 4),
                split=None if one.label == NOBODY else splits[one.label],
            )
            for one in found.trained.outcomes
        ],
        confusion=[Confusion(person_id=who[a], named=who[b], photos=n) for (a, b), n in sorted(pairs.items())],
        references=sum(len(photos.vectors) for photos in lesson.people.values()),
        probes=len(found.truth),
        strangers=int((found.truth == NOBODY).sum()),
        hidden_strangers=found.hidden,
        by_source=splits.count("source"),
        by_picture=splits.count("picture"),
        rounds=ROUNDS,
        seconds=round(seconds, 2),
    )  # fmt: skip


def _figures(figures: Figures) -> NamingFigures:
    values = {name: round(value, 4) for name, value in figures._asdict().items() if name != "curve"}
    curve = [
        OpenSetFigure(strangers_named=round(one.strangers_named, 4), known_right=round(one.known_right, 4))
        for one in figures.curve
    ]
    return NamingFigures.model_validate({**values, "curve": curve})
