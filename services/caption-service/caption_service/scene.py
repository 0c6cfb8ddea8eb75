"""What was seen in a clip, before anything is said of it. Pure: pictures are named, not opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from caption_service.coco import BY_LABEL, PERSON
from kernel.contracts.captions import Clip, SeenObject, SeenPerson, ShotScale
from kernel.contracts.faces import Box

Item = TypeVar("Item")

# Face heights, as fractions of the picture's, at which a shot gets its name. An adult's face is about
# a ninth of the body: it fills 0.7 when only it is shown, 0.33 with the shoulders, 0.14 from the waist.
FACE_SCALES: tuple[tuple[float, ShotScale], ...] = (
    (0.70, "extreme_close_up"),
    (0.33, "close_up"),
    (0.14, "medium"),
    (0.07, "full"),
    (0.0, "wide"),
)
# Used where no face was tracked: a large body that reaches the lower edge is cut off there, so not shown in full.
LARGE_BODY, LOWER_EDGE = 0.5, 0.97


@dataclass(frozen=True)
class Detection:
    """One object in one picture; `score` 0..1, `box` in fractions of the picture."""

    label: str
    score: float
    box: Box


@dataclass(frozen=True)
class Scene:
    """A clip with its picture files and what a detector found in some of them (nothing, when there is none)."""

    clip: Clip
    pictures: tuple[Path, ...]
    objects: tuple[SeenObject, ...] = ()

    @property
    def named(self) -> tuple[SeenPerson, ...]:
        """Tracked people with a name, longest on screen first, each once."""
        by_share = sorted(self.clip.people, key=lambda person: -person.share)
        unique = {(one.name_ko.strip(), one.name_en.strip()): one for one in by_share if one.name_ko.strip()}
        return tuple(unique.values())

    @property
    def bodies(self) -> int:
        """The most people the detector saw at once."""
        return max((seen.count for seen in self.objects if seen.label == PERSON), default=0)

    @property
    def unnamed(self) -> int:
        """People on screen without a name: tracked faces, or bodies beyond those who have one or are shown again."""
        return max(self.clip.unknown_faces, self.bodies - len(self.named) - self.clip.copies)

    @property
    def scale(self) -> ShotScale | None:
        """How near people are, by the largest face, else by the surest body; None when neither is measured."""
        if self.clip.largest_face is not None:
            return next(name for least, name in FACE_SCALES if self.clip.largest_face >= least or least == 0)
        for seen in self.objects:
            if seen.label == PERSON:
                return _body_scale(seen.box)
        return None if self.named or self.clip.unknown_faces else "no_person"


def _body_scale(body: Box) -> ShotScale:
    if body.height < LARGE_BODY:
        return "wide"
    return "medium" if body.bottom >= LOWER_EDGE else "full"


def evenly(items: Sequence[Item], count: int) -> list[Item]:
    """`count` items spread from the first to the last, in order; some come twice when there are fewer.

    One item is taken from the middle. The spread is that of numpy.linspace over indices, rounded down,
    as the captioners' training took its frames.
    """
    if not items:
        return []
    if count == 1:
        return [items[len(items) // 2]]
    last = len(items) - 1
    return [items[last * step // (count - 1)] for step in range(count)]


@dataclass(frozen=True)
class Trust:
    """Scores at which a thing is believed: in the only picture there is, against the other pictures, and with
    another picture's support. Lower ones are mostly a small detector's imagination (a hard hat is a ball).
    """

    alone: float = 0.6
    against: float = 0.75
    supported: float = 0.45


def seen_objects(looked: Sequence[tuple[str, Sequence[Detection]]], trust: Trust) -> tuple[SeenObject, ...]:
    """What may be said to be there, from the detections of each picture looked at: (name, detections).

    Ordered by how surely each was seen; `count` is the most at once.
    """
    needed = trust.alone if len(looked) == 1 else trust.against
    sightings: dict[str, list[tuple[str, list[Detection]]]] = {}
    for name, detections in looked:
        for label in {found.label for found in detections if found.score >= trust.supported}:
            here = [found for found in detections if found.label == label and found.score >= trust.supported]
            sightings.setdefault(label, []).append((name, here))
    seen = [_seen_object(label, pictures) for label, pictures in sightings.items()]
    believed = [one for one in seen if one.score >= needed or len(sightings[one.label]) > 1]
    return tuple(sorted(believed, key=lambda one: (-one.score, one.label)))


def _seen_object(label: str, pictures: list[tuple[str, list[Detection]]]) -> SeenObject:
    picture, best = max(((name, one) for name, found in pictures for one in found), key=lambda pair: pair[1].score)
    return SeenObject(
        label=label,
        label_ko=BY_LABEL[label].ko,
        count=max(len(found) for _, found in pictures),
        score=best.score,
        picture=picture,
        box=best.box,
    )
