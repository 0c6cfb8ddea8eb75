"""Caption-service: what is seen in a clip, said in a sentence."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request

from caption_service.describer import Describer, open_describer
from caption_service.errors import ModelLoadingError
from kernel.contracts.captions import Caption, CaptionModel, CaptionRequest, CaptionResponse, Clip
from kernel.contracts.errors import Problem, ScenedeskError
from kernel.inference.batching import Batcher
from kernel.settings import Settings
from kernel.telemetry import logger
from kernel.web import create_service

CLIPS_A_BATCH, CLIPS_WAITING = 8, 512
REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (422, 503)}


class Captions:
    """The describer, loading beside a service that already answers, and the queue in front of it."""

    def __init__(self, settings: Settings) -> None:
        self._loading = asyncio.create_task(asyncio.to_thread(open_describer, settings))
        self._loading.add_done_callback(_report)
        self._batcher = Batcher[Clip, Caption | ScenedeskError](
            lambda clips: self._loading.result().predict(clips),
            service="caption-service",
            batch=CLIPS_A_BATCH,
            queue=CLIPS_WAITING,
        )

    async def describer(self) -> Describer:
        """Waits while the model loads. Raises BackendUnavailableError when it can't be loaded."""
        return await asyncio.shield(self._loading)

    async def describe(self, clips: list[Clip]) -> list[Caption]:
        """Raises BusyError when too many clips wait, PictureUnreadableError for the first unreadable one."""
        await self.describer()
        captions: list[Caption] = []
        for outcome in await self._batcher.submit(clips):
            if isinstance(outcome, ScenedeskError):
                raise outcome
            captions.append(outcome)
        return captions

    async def check(self) -> None:
        if not self._loading.done():
            raise ModelLoadingError
        self._loading.result()

    async def close(self) -> None:
        """Waits for the batch at work, in a thread: its answers still have to leave through the loop."""
        self._loading.cancel()
        await asyncio.to_thread(self._batcher.close)
        [describer] = await asyncio.gather(self._loading, return_exceptions=True)
        if isinstance(describer, Describer):
            await asyncio.to_thread(describer.close)


def _report(loading: asyncio.Task[Describer]) -> None:
    if not loading.cancelled() and (error := loading.exception()):
        logger("captions").error("no_captioner", reason=str(error))


def _captions(request: Request) -> Captions:
    captions: Captions = request.app.state.captions
    return captions


InUse = Annotated[Captions, Depends(_captions)]


def create_app(settings: Settings) -> FastAPI:
    """The service starts whatever happens to its model; routes and readiness say what is wrong with it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        captions = app.state.captions = Captions(settings)
        app.state.readiness.checks["captioner"] = captions.check
        try:
            yield
        finally:
            await captions.close()

    app = create_service("caption-service", lifespan=lifespan)
    _add_routes(app)
    return app


def _add_routes(app: FastAPI) -> None:
    @app.get("/v1/model", responses=REFUSALS)
    async def model(captions: InUse) -> CaptionModel:
        """The caption backend in use, and the object detector beside it when there is one."""
        return (await captions.describer()).model

    @app.post("/v1/captions", responses=REFUSALS)
    async def caption(request: CaptionRequest, captions: InUse) -> CaptionResponse:
        """One caption a clip, in the order asked. Pictures are named in the shared store, never sent."""
        return CaptionResponse(captions=await captions.describe(request.clips))
