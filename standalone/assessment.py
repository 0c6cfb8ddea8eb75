"""A gallery made of some photos, judged by others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from gateway.identity import evaluation
from gateway.identity.calibration import Calibration, calibrated
from gateway.identity.evaluation import NOBODY, UNSEEN, Labels, Scores
from gateway.identity.matching import Gallery
from kernel.contracts.errors import InvalidError, Words
from kernel.settings import Settings
from kernel.vectors import Matrix
from standalone.evaluation import Seen, Shown, Studio, members_in, open_studio, strangers_in

NO_FACE = Words("no face was found in any photo of the gallery", "갤러리 사진에서 얼굴을 찾지 못했습니다")


@dataclass(frozen=True)
class Folders:
    """Where the photos are. `shots`: how many of each known person's may be learnt from, all when None."""

    gallery: Path
    probe: Path
    unknown: Path | None = None
    calibrate: Path | None = None
    shots: int | None = None


@dataclass(frozen=True)
class _Looks:
    known: list[Seen]
    probes: list[Seen]
    strangers: list[Seen]


async def assess(settings: Settings, folders: Folders) -> dict[str, Any]:
    """Every figure of `scenedesk eval faces`. Raises NoPhotosError, UpstreamError, InvalidError."""
    taken = members_in(folders.gallery, folders.shots)
    learnt_from = {photo.path.resolve() for photo in taken}
    # A photo that was learnt from proves nothing.
    probes = [photo for photo in members_in(folders.probe) if photo.path.resolve() not in learnt_from]
    unknown = strangers_in(folders.unknown) if folders.unknown else []
    calibrating = strangers_in(folders.calibrate) if folders.calibrate else []
    async with open_studio(settings) as studio:
        looks = _Looks(
            await studio.look_at(taken), await studio.look_at([*probes, *unknown]), await studio.look_at(calibrating)
        )
        gallery, calibration = _learnt(studio, settings, looks)
        return _figures(studio, gallery, calibration, looks)


def _learnt(studio: Studio, settings: Settings, looks: _Looks) -> tuple[Gallery, Calibration]:
    known = {
        _id(number): _stacked([seen for seen in looks.known if seen.photo.shown == shown])
        for number, shown in enumerate(_people(looks.known))
    }
    if not any(len(vectors) for vectors in known.values()):
        raise InvalidError(reason=NO_FACE)
    return calibrated(
        known,
        studio.model.embedder.model_id,
        otherwise=studio.model.default_threshold,
        strangers=_by_sitter(looks.strangers),
        fixed=settings.faces.threshold,
    )


def _id(number: int) -> UUID:
    return UUID(int=number)


def _people(known: Sequence[Seen]) -> list[Shown]:
    """Everybody of the gallery folder, in order, whether or not a face was found."""
    return list(dict.fromkeys(seen.photo.shown for seen in known if seen.photo.shown))


def _by_sitter(looks: Sequence[Seen]) -> list[Matrix]:
    """Folders inside the folder are never of the same person."""
    sitters = dict.fromkeys(seen.photo.sitter for seen in looks if seen.vector is not None)
    return [_stacked([seen for seen in looks if seen.photo.sitter == sitter]) for sitter in sitters]


def _stacked(looks: Sequence[Seen]) -> Matrix:
    found = [seen.vector for seen in looks if seen.vector is not None]
    return np.stack(found) if found else np.zeros((0, 0), np.float32)


def _scored(gallery: Gallery, people: int, probes: Sequence[Seen]) -> Scores:
    """`[probes, people]`; photos without a face, and people without a usable photo, are like nobody."""
    scores = np.full((len(probes), people), UNSEEN)
    seen = [row for row, probe in enumerate(probes) if probe.vector is not None]
    if seen:
        columns = [person.int for person in gallery.people]
        scores[np.ix_(seen, columns)] = gallery.scores(_stacked(probes))
    return scores


def _truth(people: Sequence[Shown], probes: Sequence[Seen]) -> Labels:
    numbers = {shown: number for number, shown in enumerate(people)}
    return np.array(
        [numbers.get(probe.photo.shown, NOBODY) if probe.photo.shown else NOBODY for probe in probes], np.intp
    )


def _figures(studio: Studio, gallery: Gallery, calibration: Calibration, looks: _Looks) -> dict[str, Any]:
    people = _people(looks.known)
    groups = list(dict.fromkeys(shown.group for shown in people))
    probes = [probe for probe in looks.probes if probe.unreadable is None]
    truth, scores = _truth(people, probes), _scored(gallery, len(people), probes)
    named = evaluation.named_by(scores, gallery.threshold)
    group_of = [groups.index(shown.group) for shown in people]
    strangers, known = truth == NOBODY, truth != NOBODY
    everything = [*looks.known, *looks.probes, *looks.strangers]
    readable = [seen for seen in everything if seen.unreadable is None]
    return {
        "member_macro_f1": _rounded(evaluation.macro_f1(truth, named)),
        "group_macro_f1": _rounded(
            evaluation.macro_f1(evaluation.grouped(truth, group_of), evaluation.grouped(named, group_of))
        ),
        "map": _rounded(evaluation.mean_average_precision(scores, truth)),
        "roc_auc": _rounded(evaluation.pairs_auc(scores, truth)),
        "unknown_accepted": _rounded((named[strangers] != NOBODY).mean()) if strangers.any() else None,
        "known_right": _rounded((named[known] == truth[known]).mean()) if known.any() else None,
        "threshold": _rounded(gallery.threshold),
        "calibration": calibration.as_json(),
        "detection_rate": _rounded(sum(seen.face is not None for seen in readable) / max(1, len(readable))),
        "ms_per_face": round(1000 * studio.cost.seconds / max(1, studio.cost.faces), 2),
        "backend": studio.model.embedder.backend,
        "model_id": studio.model.embedder.model_id,
        "photos": {
            "gallery": len(looks.known),
            "probe": int(known.sum()),
            "unknown": int(strangers.sum()),
            "calibrate": len(looks.strangers),
        },
        "undetected": [str(seen.photo.path) for seen in readable if seen.face is None],
        "unreadable": [str(seen.photo.path) for seen in everything if seen.unreadable],
        "open_set_curve": [
            point._asdict() for point in evaluation.open_set_curve(scores, truth, (0, 0.01, 0.02, 0.05, 0.1))
        ],
        "people": _per_person(people, looks, truth, named),
    }


def _per_person(people: Sequence[Shown], looks: _Looks, truth: Labels, named: Labels) -> list[dict[str, Any]]:
    return [
        {
            "name": "unknown" if outcome.label == NOBODY else people[outcome.label].name,
            "group": None if outcome.label == NOBODY else people[outcome.label].group,
            "photos": outcome.true,
            "references": sum(
                seen.photo.shown == people[outcome.label] and seen.vector is not None for seen in looks.known
            )
            if outcome.label != NOBODY
            else 0,
            "named": outcome.named,
            "right": outcome.right,
            "precision": _rounded(outcome.precision),
            "recall": _rounded(outcome.recall),
            "f1": _rounded(outcome.f1),
        }
        for outcome in evaluation.outcomes(truth, named)
    ]


def _rounded(figure: Any) -> float:
    return round(float(figure), 4)
