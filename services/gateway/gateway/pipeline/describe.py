"""Step `captions`: a sentence for every span, from caption-service."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from gateway.pipeline.frames import Look, Picture
from gateway.pipeline.merge import in_spans, key_of, most_at_once, people_in, unknown_faces
from kernel.clients import CaptionService
from kernel.contracts.captions import Caption, CaptionRequest, Clip, ClipPicture, SeenPerson
from kernel.contracts.library import PersonInSegment, Track
from kernel.contracts.model import Value
from kernel.contracts.time import Span

CLIPS_A_REQUEST = 8
PICTURES_A_CLIP = 8

Names = Mapping[UUID | None, tuple[str, str]]
"""Person id to Korean and English display name; unknown faces have none."""


class Described(Value):
    """Captions by the key of their span, and what each was made of: makers and clip, as a hash."""

    captions: dict[str, Caption]
    made_of: dict[str, str] = {}


async def describe(
    service: CaptionService,
    clips: Sequence[Clip],
    makers: Sequence[str],
    former: Described | None,
    report: Callable[[float], None],
) -> Described:
    """A caption a clip; those the `former` ones were made of by the same `makers` are not described again."""
    made_of = {clip.key: _made_of(clip, makers) for clip in clips}
    captions = _kept(former, made_of) if former else {}
    new = [clip for clip in clips if clip.key not in captions]
    for first in range(0, len(new), CLIPS_A_REQUEST):
        request = CaptionRequest(clips=new[first : first + CLIPS_A_REQUEST])
        captions |= {caption.key: caption for caption in (await service.caption(request)).captions}
        report(min(1, (first + CLIPS_A_REQUEST) / len(new)))
    ordered = {clip.key: captions[clip.key] for clip in clips if clip.key in captions}
    return Described(captions=ordered, made_of=made_of)


def _made_of(clip: Clip, makers: Sequence[str]) -> str:
    return sha256("\n".join([*makers, clip.model_dump_json()]).encode()).hexdigest()


def _kept(former: Described, made_of: Mapping[str, str]) -> dict[str, Caption]:
    same = (key for key, made in made_of.items() if former.made_of.get(key) == made)
    return {key: former.captions[key] for key in same if key in former.captions}


def clips_of(look: Look, spans: Sequence[Span], tracks: Sequence[Track], names: Names) -> list[Clip]:
    """What caption-service is asked: pictures of each span and what the face tracks say of it.

    A span too short to have been sampled has no clip, and so no caption.
    """
    times = [picture.at_ms for picture in look.pictures]
    inside = [look.pictures[bisect_left(times, s.start_ms) : bisect_left(times, s.end_ms)] for s in spans]
    return [
        _clip(span, pictures, its, names)
        for span, pictures, its in zip(spans, inside, in_spans(tracks, spans), strict=True)
        if pictures
    ]


def _clip(span: Span, pictures: Sequence[Picture], tracks: list[Track], names: Names) -> Clip:
    people = people_in(span, tracks)
    seen = [_seen(person, span, names[person.person_id]) for person in people if person.person_id in names]
    heights = (face.box.height for track in tracks for face in track.faces if span.contains(face.at_ms))
    return Clip(
        key=key_of(span),
        span=span,
        pictures=[ClipPicture(name=p.name, at_ms=p.at_ms) for p in evenly(pictures, PICTURES_A_CLIP)],
        people=seen,
        unknown_faces=unknown_faces(people),
        copies=most_at_once(track.span for track in tracks if track.copy_of is not None),
        largest_face=max(heights, default=None),
        motion=_motion(pictures),
    )


def _motion(pictures: Sequence[Picture]) -> float | None:
    """Mean change inside the span; the first picture's is the change to whatever came before the cut."""
    inside = [picture.motion for picture in pictures[1:]]
    return sum(inside) / len(inside) if inside else None


def _seen(person: PersonInSegment, span: Span, name: tuple[str, str]) -> SeenPerson:
    korean, english = name
    seen_ms = sum(seen.duration_ms for seen in person.seen)
    return SeenPerson(name_ko=korean, name_en=english, share=min(1.0, seen_ms / span.duration_ms))


def evenly(pictures: Sequence[Picture], count: int) -> list[Picture]:
    """At most `count` of them, from the middle of equal parts: cuts' first and last pictures say least."""
    if len(pictures) <= count:
        return list(pictures)
    return [pictures[int((index + 0.5) * len(pictures) / count)] for index in range(count)]
