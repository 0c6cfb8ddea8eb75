"""Which models speak."""

from fastapi import APIRouter

from gateway.desk import AtDesk
from gateway.models import Models, models_in_use
from gateway.rest.problems import problems

router = APIRouter(tags=["models"])


@router.get("/models", summary="Models in use", responses=problems())
async def models(desk: AtDesk) -> Models:
    """The models that name faces, write captions and read texts: whose they are, and whether they are weak."""
    return await models_in_use(desk)
