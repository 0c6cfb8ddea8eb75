"""Videos of a search, a channel or a playlist: known ones left alone, the others fetched by runs of their own."""

import asyncio
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.collecting.asking import Web
from gateway.collecting.errand import Errand
from gateway.collecting.questions import Listed
from gateway.library import candidates, collections, runs, videos
from gateway.library.candidates import NewCandidate
from gateway.media import fetch
from gateway.media.errors import MediaError
from kernel.contracts.people import Collection


async def collect(errand: Errand, collection: Collection, web: Web) -> None:
    """One row and one run a video, in one transaction each: killed and begun again, none comes twice."""
    listed = await asyncio.to_thread(web.videos, collection.query, collection.limit)
    await errand.tell_found(len({each.address for each in listed}))
    for each in listed:
        problem = _refused(errand, each)
        async with errand.database.transaction() as connection:
            if not await collections.goes_on(connection, collection.id, lock=True):
                return
            await _take(connection, collection, each, problem)


def _refused(errand: Errand, listed: Listed) -> str | None:
    try:
        fetch.check(listed.address, errand.settings.media)
    except MediaError as error:
        return error.code
    return None


async def _take(connection: AsyncConnection, collection: Collection, listed: Listed, problem: str | None) -> None:
    if listed.address in await candidates.addresses_of(connection, collection.id):
        return
    new = NewCandidate(collection.id, listed.address, title=listed.title)
    if problem:
        await candidates.add(connection, _as(new, state="failed", reason=problem))
    elif known := await candidates.video_at(connection, listed.address, listed.site_id):
        await candidates.add(connection, _as(new, state="existing", reason="same", video_id=known))
    elif await candidates.was_rejected(connection, listed.address):
        await candidates.add(connection, _as(new, state="existing", reason="rejected"))
    elif collection.review:
        await candidates.add(connection, _as(new, page=listed.site_id))
    else:
        video_id = await begin(connection, listed)
        await candidates.add(connection, _as(new, state="approved", video_id=video_id))


def _as(new: NewCandidate, **changed: object) -> NewCandidate:
    return NewCandidate(**{**new.__dict__, **changed})


async def begin(connection: AsyncConnection, listed: Listed) -> UUID:
    """The video at an address and its run, as when somebody gives the address; the one that is there stays."""
    new = videos.NewVideo(
        id=uuid4(),
        title=listed.title or listed.address,
        source="url",
        origin=listed.address,
        external_id=listed.site_id,
    )
    video, is_new = await videos.add(connection, new)
    if is_new:
        await runs.start(connection, video.id)
    return video.id
