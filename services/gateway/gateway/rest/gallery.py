"""The gallery as it decides now."""

from fastapi import APIRouter

from gateway.desk import AtDesk
from gateway.people.gallery import open_gallery
from gateway.rest.problems import problems
from kernel.contracts.errors import UnavailableError
from kernel.contracts.people import GalleryVersion

router = APIRouter(tags=["people"])

NO_MODEL = UnavailableError(what="face-service", reason="no face model.", remedy="scenedesk models pull edgeface")


@router.get("/gallery", summary="What names people now", responses=problems(unavailable=NO_MODEL))
async def get_gallery(desk: AtDesk) -> GalleryVersion:
    """How many people and references are compared, by which scorer, from which threshold on, and where that is from.

    A gallery that has changed is calibrated anew here, once.
    """
    model = await desk.services.faces.model()
    opened = await open_gallery(desk.database, desk.services.faces, desk.settings, model.embedder.model_id)
    return opened.version
