"""Learning somebody from a video: the best faces of a track become references."""

import asyncio
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from uuid import UUID

from PIL import Image

from gateway.desk import Desk
from gateway.library import people, tracks, videos
from gateway.library.references import UNSTATED, Origin
from gateway.media.files import media_path
from gateway.people import references
from gateway.people.audit import By
from gateway.people.errors import PhotoError
from gateway.people.portraits import square
from gateway.pipeline.frames import picture_at
from kernel.contracts.faces import Box
from kernel.contracts.library import FaceAt, Reference, Rights, Track

CROPS = 3
WIDEST = 8192
# The face with so much around it is kept, not the whole picture: others on it have not been asked.
AROUND = 2.5
LONGEST_TITLE = 400


async def enrol_track(
    desk: Desk, track_id: UUID, person_id: UUID, count: int = CROPS, *, rights: Rights = UNSTATED, by: By = By()
) -> list[Reference]:
    """Up to `count` of the track's faces as references of the person, best first; from the exact pictures.

    They pass the same gate as photos do; the same face is not taken twice. Raises NotFoundError without media,
    PhotoError when the face is found in none of the pictures.
    """
    return [one for one, _ in await taken_from(desk, track_id, person_id, count, rights=rights, by=by)]


Taken = tuple[Reference, bool]
"""A reference, and whether it was there already."""


async def taken_from(
    desk: Desk, track_id: UUID, person_id: UUID, count: int = CROPS, *, rights: Rights = UNSTATED, by: By = By()
) -> list[Taken]:
    """As `enrol_track`, each with whether it was there already."""
    return await _taken(desk, track_id, person_id, lambda track: spread(track, count), rights, by)


async def taken_at(desk: Desk, track_id: UUID, person_id: UUID, times: Sequence[int], *, by: By = By()) -> list[Taken]:
    """As `taken_from`, of the track's faces seen nearest to these milliseconds."""
    return await _taken(desk, track_id, person_id, lambda track: nearest(track, times), UNSTATED, by)


async def _taken(
    desk: Desk, track_id: UUID, person_id: UUID, choose: Callable[[Track], list[FaceAt]], rights: Rights, by: By
) -> list[Taken]:
    async with desk.database.transaction() as connection:
        await people.get_person(connection, person_id)
        track = await tracks.get(connection, track_id)
        title = (await videos.get(connection, track.video_id)).title
    path = await media_path(desk, track.video_id)
    taken, refusal = [], None
    for face in choose(track):
        origin = Origin(
            source=f"{title[:LONGEST_TITLE]} {clock(face.at_ms)}",
            rights=rights,
            video_id=track.video_id,
            at_ms=face.at_ms,
        )
        picture, box = await asyncio.to_thread(_cut, path, face)
        try:
            taken.append(await references.take_photo(desk, person_id, picture, origin, by, box))
        except PhotoError as error:
            refusal = error
    if refusal is not None and not taken:
        raise refusal
    return taken


def spread(track: Track, count: int) -> list[FaceAt]:
    """The best face of a track, and the largest of each other part of it when its faces are cut into `count`."""
    faces = track.faces
    best = min(track.best, len(faces) - 1)
    parts = min(count, len(faces))
    bounds = [(part * len(faces) // parts, (part + 1) * len(faces) // parts) for part in range(parts)]
    others = [_largest(faces[first:last]) for first, last in bounds if not first <= best < last]
    return [faces[best], *others]


def nearest(track: Track, times: Iterable[int]) -> list[FaceAt]:
    """The faces of a track that are seen nearest to these milliseconds, each once."""
    found = [min(track.faces, key=lambda face: abs(face.at_ms - at_ms)) for at_ms in sorted(times)]
    return [face for place, face in enumerate(found) if face not in found[:place]]


def _largest(faces: Sequence[FaceAt]) -> FaceAt:
    return max(faces, key=lambda face: face.box.width * face.box.height)


def _cut(path: Path, face: FaceAt) -> tuple[bytes, Box]:
    """The picture on screen around a face as PNG, and where in it the face is. Raises MediaError."""
    with Image.open(io.BytesIO(picture_at(path, face.at_ms, WIDEST))) as opened:
        left, top, right, bottom = square(face.box, opened.size, AROUND)
        width, height = opened.size
        cut = opened.crop((left, top, right, bottom))
    side = right - left
    box = Box(
        left=(face.box.left * width - left) / side,
        top=(face.box.top * height - top) / side,
        right=(face.box.right * width - left) / side,
        bottom=(face.box.bottom * height - top) / side,
    )
    encoded = io.BytesIO()
    cut.save(encoded, "PNG")
    return encoded.getvalue(), box


def clock(at_ms: int) -> str:
    """A time in a video as people read it: 1:02:03.4."""
    minutes, seconds = divmod(at_ms / 1000, 60)
    hours, minutes = divmod(int(minutes), 60)
    shown = f"{minutes:02d}:{seconds:04.1f}" if hours else f"{minutes}:{seconds:04.1f}"
    return f"{hours}:{shown}" if hours else shown
