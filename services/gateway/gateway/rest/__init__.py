"""The public REST of `/v1`."""

from fastapi import Depends, FastAPI

from gateway.access.admission import admitted
from gateway.rest import (
    accounts,
    answers,
    audit,
    collecting,
    editing,
    forgetting,
    gallery,
    groups,
    imports,
    links,
    look_back,
    me,
    media,
    merging,
    models,
    openapi,
    people,
    placements,
    references,
    rulings,
    runs,
    saved_searches,
    search,
    segments,
    series,
    strangers,
    videos,
    visibility,
)


def include(app: FastAPI) -> None:
    """Add every route of `/v1` and its OpenAPI document."""
    for module in (
        videos,
        segments,
        editing,
        runs,
        search,
        answers,
        saved_searches,
        people,
        merging,
        forgetting,
        groups,
        references,
        audit,
        gallery,
        rulings,
        series,
        look_back,
        strangers,
        collecting,
        media,
        imports,
        models,
        visibility,
        me,
        links,
        placements,
        accounts,
    ):
        app.include_router(module.router, prefix="/v1", dependencies=[Depends(admitted("/v1"))])
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
