"""Small faces enlarged by a machine: kept beside the picture they are of, to be looked at, matched by nobody.

Why they are not matched: docs/decisions/0098-upscaling.md.
"""

import asyncio
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from PIL import Image

from gateway.desk import Desk
from gateway.library import references as rows
from gateway.library.references import Stored
from gateway.people.portraits import square
from kernel.contracts.errors import Language, NotFoundError, ScenedeskError
from kernel.contracts.faces import Box, EnlargeRequest
from kernel.store import Store

FOLDER = "upscaled"
SMALL_PX = 64
AROUND = 2.0  # times the face: what is enlarged stays small enough to be drawn in a second


class NotSmallError(ScenedeskError):
    status = 409
    code = "not_small"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Only faces of less than {least} pixels are enlarged; this one has {side}.",
        "ko": "{least}픽셀보다 작은 얼굴만 확대합니다. 이 얼굴은 {side}픽셀입니다.",
    }


async def enlarged(desk: Desk, reference_id: UUID) -> Path:
    """The face with some room around it, four times as wide and high; made when first asked for, then kept.

    Raises NotFoundError, NotSmallError, and what face-service says when it can't enlarge.
    """
    async with desk.database.transaction() as connection:
        stored = await rows.stored(connection, reference_id)
    if stored.face is None or stored.face.side_px >= SMALL_PX:
        raise NotSmallError(least=SMALL_PX, side=round(stored.face.side_px) if stored.face else "?")
    name = name_of(stored.content_hash, reference_id)
    path = desk.store.path(name)
    if not path.is_file():
        await _make(desk, stored, stored.face.box, name)
        await _drop_when_gone(desk, reference_id, path)
    return path


def name_of(content_hash: str, reference_id: UUID) -> str:
    """Found by its picture's hash, and by its reference's id where others need that picture too."""
    return f"{FOLDER}/{content_hash}-{reference_id}-x4.jpg"


def remove(store: Store, reference_id: UUID) -> int:
    """Remove what was made of a reference; how many files there were."""
    made = list(store.path(FOLDER).glob(f"*{reference_id}*"))
    for path in made:
        path.unlink(missing_ok=True)
    return len(made)


async def _make(desk: Desk, stored: Stored, box: Box, name: str) -> None:
    size = await asyncio.to_thread(_size, desk.store.path(stored.picture))
    left, top, right, bottom = square(box, size, AROUND)
    part = EnlargeRequest(picture=stored.picture, left=left, top=top, right=right, bottom=bottom, into=name)
    await desk.services.faces.enlarge(part)


def _size(path: Path) -> tuple[int, int]:
    if not path.is_file():
        raise NotFoundError(what="picture")
    with Image.open(path) as opened:
        return opened.size


async def _drop_when_gone(desk: Desk, reference_id: UUID, path: Path) -> None:
    """A reference removed or forgotten while its face was drawn leaves nothing behind."""
    try:
        async with desk.database.transaction() as connection:
            await rows.stored(connection, reference_id)
    except NotFoundError:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
