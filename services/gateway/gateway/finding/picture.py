"""A picture as the question: which scene it is a frame of, whom its faces show, what is seen in it. It is not kept."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID, uuid4

import numpy as np
from PIL import Image, ImageOps

from gateway.desk import Desk
from gateway.finding.address import Addressed, address
from gateway.identity.matching import Gallery
from gateway.identity.present import present_gallery
from gateway.library import frame_hashes
from gateway.library.sight import Sight
from gateway.people.photos import from_left, normal
from gateway.people.portraits import square
from gateway.pipeline.frame_hashes import NEAR_BITS, hash_of
from kernel.contracts.captions import Caption, CaptionRequest, Clip, ClipPicture
from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, Face, FaceCrop
from kernel.contracts.finding import FaceInPicture, FrameFound, ReadPicture
from kernel.contracts.people import Nearest
from kernel.contracts.time import Span
from kernel.vectors import Matrix, unpack

SUGGESTED = 3
# Of a picture whose largest face is higher than this share of it, the face is what is asked for, not the scene.
A_PORTRAIT = 0.3

Likeness = tuple[UUID | None, list[Nearest]]


async def read(desk: Desk, content: bytes, source: str, language: Language, sight: Sight) -> ReadPicture:
    """Where it is from; who is recognised in it, by the same gallery and threshold as videos; what question it asks.

    Raises PhotoError for what is no picture, UnavailableError while face-service is away.
    """
    jpeg, _ = await asyncio.to_thread(normal, content, source)
    frames = await _taken_from(desk, jpeg, sight)
    async with _kept(desk, jpeg) as name:
        found = (await desk.services.faces.detect(DetectRequest(pictures=[name]))).faces[0]
        faces = from_left(found)
        nearest = await _nearest(desk, name, faces)
        seen = None if _is_portrait(faces) else await _seen(desk, name, len(faces))
    people = [
        FaceInPicture(box=face.box, person_id=who, nearest=near)
        for face, (who, near) in zip(faces, nearest, strict=True)
    ]
    words = _words(seen, language) if seen else ""
    asks = Addressed(q=words, person=list(dict.fromkeys(one.person_id for one in people if one.person_id)))
    return ReadPicture(
        faces=people,
        frames=frames,
        words=words,
        words_model=seen.model if seen and words else None,
        search=address("/search", asks.pairs) if asks.asks else None,
    )


async def _taken_from(desk: Desk, jpeg: bytes, sight: Sight) -> list[FrameFound]:
    bits = await asyncio.to_thread(_hash, jpeg)
    if bits is None:
        return []
    async with desk.database.transaction() as connection:
        found = await frame_hashes.like(connection, bits, NEAR_BITS, SUGGESTED, sight)
    return [
        FrameFound(
            segment_id=one.segment_id,
            video_id=one.video_id,
            title=one.title,
            at_ms=one.at_ms,
            likeness=1 - one.bits / 64,
        )
        for one in found
    ]


def _hash(jpeg: bytes) -> int | None:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return hash_of(np.asarray(picture.convert("L")))


@asynccontextmanager
async def _kept(desk: Desk, jpeg: bytes) -> AsyncIterator[str]:
    """The picture in the store, for as long as the services look at it."""
    name = f"incoming/{uuid4().hex}.jpg"  # what a process that dies leaves there is swept
    try:
        with desk.store.writing(name) as partial:
            await asyncio.to_thread(partial.write_bytes, jpeg)
        yield name
    finally:
        desk.store.path(name).unlink(missing_ok=True)


async def _nearest(desk: Desk, name: str, faces: Sequence[Face]) -> list[Likeness]:
    """Of each face: who it is, when somebody is above the gallery's threshold, and whom it is nearest to."""
    if not faces:
        return []
    crops = [FaceCrop(picture=name, landmarks=face.landmarks) for face in faces]
    vectors = unpack((await desk.services.faces.embed(EmbedFacesRequest(crops=crops))).vectors)
    gallery = await present_gallery(desk)
    return await asyncio.to_thread(_by_gallery, vectors, gallery)


def _by_gallery(vectors: Matrix, gallery: Gallery) -> list[Likeness]:
    scores = gallery.scores(vectors)
    return [_of_face(row, gallery) for row in scores]


def _of_face(scores: Matrix, gallery: Gallery) -> Likeness:
    order = np.argsort(-scores, kind="stable")[:SUGGESTED].tolist()
    near = [
        Nearest(person_id=gallery.people[at], similarity=float(scores[at]), probability=gallery.probability(scores[at]))
        for at in order
    ]
    named: UUID | None = near[0].person_id if near and near[0].similarity > gallery.threshold else None
    return named, near


def _is_portrait(faces: Sequence[Face]) -> bool:
    return any(face.box.height > A_PORTRAIT for face in faces)


async def _seen(desk: Desk, name: str, faces: int) -> Caption | None:
    """What caption-service says of it; None while it is away: the faces are then all there is to go by."""
    clip = Clip(
        key="asked",
        span=Span(start_ms=0, end_ms=1000),
        pictures=[ClipPicture(name=name, at_ms=0)],
        unknown_faces=faces,
    )
    try:
        return (await desk.services.captions.caption(CaptionRequest(clips=[clip]))).captions[0]
    except ScenedeskError:
        return None


def _words(seen: Caption, language: Language) -> str:
    """Of an observed caption only the things seen, as words: its sentence tells of the framing too."""
    if seen.kind == "observed":
        return ", ".join(dict.fromkeys(one.label_ko if language == "ko" else one.label for one in seen.objects))
    return (seen.text_ko or seen.text_en) if language == "ko" else seen.text_en


class Shown(NamedTuple):
    """A picture as a `data:` address, and its size in pixels."""

    address: str
    width: int
    height: int


def to_choose_from(
    content: bytes, faces: Sequence[FaceInPicture], side: int = 160, whole: int = 960
) -> tuple[Shown, list[str]]:
    """The picture, no longer than `whole` pixels, and each face, `side` wide, as `data:` addresses: to be looked at
    while it is asked who is meant.
    """
    with Image.open(io.BytesIO(content)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    cut = [picture.crop(square(face.box, picture.size)).resize((side, side)) for face in faces]
    picture.thumbnail((whole, whole))
    return Shown(_address_of(picture), *picture.size), [_address_of(face) for face in cut]


def _address_of(picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
