"""The OpenAPI document: FastAPI's, with our problems in place of its validation errors."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.rest.examples import add_examples
from gateway.rest.problems import problem_schema

TAGS = [
    {"name": "videos", "description": "Videos, their segments, their face tracks."},
    {"name": "editing", "description": "Changing a timeline, and its history: nothing is lost, all can be taken back."},
    {"name": "runs", "description": "Indexing in progress: watch it, cancel it."},
    {"name": "search", "description": "Questions in Korean or English, answered with seconds of video and why."},
    {
        "name": "answers",
        "description": "Questions answered and videos summed up in words, each sentence citing its scenes.",
    },
    {"name": "people", "description": "People, groups, and the pictures people are known by."},
    {"name": "rulings", "description": "What people say of faces: it stands, whatever models say later, until undone."},
    {"name": "strangers", "description": "Faces nobody has named, over all videos, and which to ask about first."},
    {"name": "line-ups", "description": "Who may be in a video or a series: only they are compared."},
    {"name": "collecting", "description": "Pictures and videos from the web; each waits for somebody's yes."},
    {"name": "media", "description": "The picture itself: media with byte ranges, thumbnails, previews, portraits."},
    {"name": "import", "description": "Metadata that an older pipeline stored."},
    {"name": "access", "description": "Who may come in, by what, and who may see which video."},
    {"name": "models", "description": "Which models speak, how good they are, whose they are."},
]
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "`scenedesk accounts token`, or My account."},
    "session": {"type": "apiKey", "in": "cookie", "name": "scenedesk", "description": "Of a browser: signed in."},
}
DESCRIPTION = """\
Find and fix scenes in video: who is on screen, what happens, and the seconds it happens in.

Times are integer milliseconds of the container's own presentation timestamps; spans are half-open
`[start_ms, end_ms)`. Listings are paged by opaque cursors. Every POST that creates takes an
`Idempotency-Key`. Refusals are RFC 9457 problems in the reader's language (`Accept-Language`, or `?lang=`).
"""


def document(app: FastAPI) -> dict[str, Any]:
    """The document of an app's `/v1` routes, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="Scenedesk",
            version="1",
            openapi_version="3.1.0",
            summary="Find and fix scenes in video.",
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = problem_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        add_examples(made)
        made["components"]["securitySchemes"] = SECURITY
        made["security"] = [{"token": []}, {"session": []}]
        app.openapi_schema = made
    return app.openapi_schema
