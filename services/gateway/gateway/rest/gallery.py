"""The gallery as it decides now."""

from fastapi import APIRouter, Request, Response

from gateway.desk import AtDesk
from gateway.identity import schooling
from gateway.identity.confusion import drawn
from gateway.identity.gallery import open_gallery
from gateway.identity.trials import LEAST_PEOPLE, LEAST_PHOTOS
from gateway.library import people
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, NotFoundError, UnavailableError
from kernel.contracts.people import GalleryVersion
from kernel.contracts.training import Training
from kernel.web import language_of

router = APIRouter(tags=["people"])

NO_MODEL = UnavailableError(what="face-service", reason="no face model.", remedy="scenedesk models pull edgeface")

NO_TRAINING = NotFoundError(what="training")
TOO_FEW = schooling.TooFewError(people=LEAST_PEOPLE, photos=LEAST_PHOTOS, there=3)
CHANGED = ConflictError(reason=schooling.CHANGED)


@router.get("/gallery", summary="What names people now", responses=problems(unavailable=NO_MODEL))
async def get_gallery(desk: AtDesk) -> GalleryVersion:
    """How many people and references are compared, by which scorer, from which threshold on, and where that is from.

    A gallery that has changed is calibrated anew here, once.
    """
    model = await desk.services.faces.model()
    opened = await open_gallery(desk.database, desk.services.faces, desk.settings, model.embedder.model_id)
    return opened.version


@router.post(
    "/gallery/train",
    summary="Train a head on the gallery",
    response_model=Training,
    responses=problems(too_few=TOO_FEW, changed=CHANGED, unavailable=NO_MODEL),
)
async def train(desk: AtDesk, once: AtOnce) -> Response:
    """Seconds. It names people only if it does so better than centroids on photos from other sources than it learnt,
    strangers counted; otherwise centroids stay, and `report.reason` says why.
    """

    async def work() -> tuple[int, Training]:
        return 200, await schooling.teach(desk)

    return await once.answer(digest("train"), work)


@router.get(
    "/gallery/training",
    summary="The newest training",
    responses=problems(no_training=NO_TRAINING, unavailable=NO_MODEL),
)
async def get_training(desk: AtDesk) -> Training:
    """With the figures of both ways of naming. `stale` when the gallery has changed since: centroids name again."""
    return await schooling.newest(desk)


@router.get(
    "/gallery/training/confusion.svg",
    summary="Who is taken for whom, as a picture",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **problems(no_training=NO_TRAINING, unavailable=NO_MODEL)},
)
async def get_confusion(desk: AtDesk, request: Request) -> Response:
    """Rows are true people, columns whom the trained head named; the darker, the more of a person's photos."""
    training = await schooling.newest(desk)
    async with desk.database.transaction() as connection:
        names = {one.id: one.name for one in await people.all_people(connection)}
    unknown = "모름" if language_of(request) == "ko" else "unknown"
    picture = drawn(training.report.confusion, names, unknown)
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})
