"""A collection as a job: taken up again from where it was, ended by its own end, a refusal, or somebody's word."""

from uuid import UUID

from gateway.collecting import portraits
from gateway.collecting import videos as footage
from gateway.collecting.asking import open_web
from gateway.collecting.errand import Errand
from gateway.collecting.errors import OfflineError
from gateway.library import collections
from gateway.media.errors import MediaError
from gateway.people.photos import MAX_BYTES
from kernel.clients import Services
from kernel.contracts.errors import ScenedeskError
from kernel.contracts.people import Collection
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.store import Store


async def collect(settings: Settings, database: Database, services: Services, collection_id: UUID) -> None:
    """Everything a collection asks for. Raises what may pass later; what will not pass ends it."""
    async with database.transaction() as connection:
        collection = await collections.take(connection, collection_id)
    if collection is None:
        return
    errand = Errand(settings, database, Store(settings.store_dir), services.faces, collection_id)
    problem: ScenedeskError | None = None
    try:
        await _work(errand, collection)
    except (MediaError, OfflineError) as error:
        problem = error
    async with database.transaction() as connection:
        await collections.finish(connection, collection_id, "failed" if problem else "done", problem)


async def _work(errand: Errand, collection: Collection) -> None:
    if errand.settings.offline:
        raise OfflineError
    work = portraits.collect if collection.kind == "people" else footage.collect
    folder = errand.store.path(errand.folder)
    async with errand.until_cancelled():
        with open_web(errand.settings, folder, MAX_BYTES, errand.stopped) as web:
            await work(errand, collection, web)
