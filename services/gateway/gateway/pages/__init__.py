"""Pages for people: rendered here, kept alive by small scripts of our own."""

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from gateway.access.admission import admitted
from gateway.pages import (
    account,
    assets,
    choosing,
    entering,
    gallery,
    history,
    inspector,
    library,
    linking,
    look_back,
    people,
    person,
    previews,
    questions,
    review,
    saved,
    search,
    strangers,
    video,
)
from gateway.pages.models_known import ModelsKnown
from gateway.pages.rendering import Renderer
from kernel.contracts.errors import NotFoundError
from kernel.settings import Settings

PAGES = (
    library,
    linking,
    previews,
    video,
    inspector,
    history,
    search,
    saved,
    strangers,
    questions,
    review,
    look_back,
    gallery,
    people,
    person,
    choosing,
    entering,
    account,
)


def include(app: FastAPI, settings: Settings) -> None:
    """Add every page and what they are made of."""
    app.state.renderer = Renderer(settings)
    app.state.models_known = ModelsKnown()
    for module in PAGES:
        app.include_router(module.router, dependencies=[Depends(admitted(""))])
    app.mount("/static", assets.Files(), name="static")
    _answer_404_as_page(app)


def _answer_404_as_page(app: FastAPI) -> None:
    """An address that leads nowhere is a page for browsers, a problem document for everybody else."""
    otherwise = app.exception_handlers[HTTPException]

    async def not_found(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
            answered: Response = await otherwise(request, error)  # type: ignore[misc]
            return answered
        renderer: Renderer = request.app.state.renderer
        return renderer.problem(request, NotFoundError(what="page").problem(renderer.language(request)))

    app.add_exception_handler(404, not_found)  # type: ignore[arg-type]
