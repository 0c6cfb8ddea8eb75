"""Which models speak: each room's answer, and why one gave none."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from gateway.desk import Desk
from kernel.contracts.captions import CaptionModel
from kernel.contracts.embeddings import IndexModels
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.faces import FaceModel
from kernel.contracts.model import Value

Answer = TypeVar("Answer")


class Models(Value):
    """What is in use. A room that can't answer is null, and `missing` says why."""

    faces: FaceModel | None
    captions: CaptionModel | None
    texts: IndexModels | None
    missing: dict[str, str] = {}


async def models_in_use(desk: Desk) -> Models:
    missing: dict[str, str] = {}

    async def told(room: str, asking: Awaitable[Answer]) -> Answer | None:
        try:
            return await asking
        except ScenedeskError as error:
            missing[room] = error.problem("en").detail
            return None

    faces, captions, texts = await asyncio.gather(
        told("faces", desk.services.faces.model()),
        told("captions", desk.services.captions.model()),
        told("texts", desk.services.embed.models()),
    )
    return Models(faces=faces, captions=captions, texts=texts, missing=missing)
