"""Metadata that an older pipeline stored."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from pydantic import WithJsonSchema

from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.imports.run import Importing, import_rows
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.problems import problems
from kernel.contracts.library import ImportReport
from kernel.web import language_of

router = APIRouter(tags=["import"])

ROW: dict[str, Any] = {
    "timestamp": 100,
    "video_id": "camp-day2",
    "caption": "민지가 잔디밭에서 자고 있다.",
    "faces": [{"group": "NJZ", "member": "Kim Minji", "confidence": 0.75, "bbox": [410, 120, 560, 310]}],
}
NAMED: dict[str, Any] = {"member": "Kim Minji", "group": "NJZ", "aliases": ["김민지", "민지"]}
# Not validated as a whole: what is wrong with a row is for that row to answer.
FORM: dict[str, Any] = {"anyOf": [{"type": "array", "items": {"type": "object"}}, {"type": "object"}]}
FORMS: dict[str, Any] = {
    "rows": {"summary": "A list of one-second rows", "value": [ROW]},
    "rows_and_people": {"summary": "Rows, and what people are called", "value": {"rows": [ROW], "people": [NAMED]}},
}


@router.post("/import", summary="Import metadata", response_model=ImportReport, responses=problems())
@router.post("/imports", include_in_schema=False)
async def import_metadata(
    payload: Annotated[Any, Body(openapi_examples=FORMS), WithJsonSchema(FORM)],
    request: Request,
    desk: AtDesk,
    once: AtOnce,
    by: ByWhom,
    who: AtWho,
) -> Response:
    """Makes videos, people and segments searchable at once, without the video files.

    Rows that mean nothing are refused one by one, each with its reason. Again with the same file changes nothing.
    """

    async def work() -> tuple[int, ImportReport]:
        return 200, await import_rows(
            desk.database,
            desk.services.embed,
            payload,
            language_of(request),
            Importing(by.actor, who.sight, who.account_id),
        )

    return await once.answer(digest(json.dumps(payload, sort_keys=True)), work)
