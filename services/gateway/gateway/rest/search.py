"""Questions in, seconds of video out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import ValidationError

from gateway.answers import ask
from gateway.desk import AtDesk
from gateway.rest.problems import problems
from kernel.contracts.library import SearchAnswer
from kernel.contracts.malformed import MalformedError
from kernel.contracts.search import SearchRequest

router = APIRouter(tags=["search"])


@router.post("/search", summary="Ask for scenes", responses=problems())
async def search(question: SearchRequest, desk: AtDesk) -> SearchAnswer:
    """Segments that answer a question, best first, each with its reasons. Nothing found is said, never padded."""
    return await ask(desk, question)


@router.get("/search", summary="Ask for scenes by address", responses=problems())
async def search_by_address(  # noqa: PLR0913 - the filters of a question
    desk: AtDesk,
    *,
    q: Annotated[str, Query(max_length=500, examples=["민지가 자는 장면"])] = "",
    person: Annotated[list[UUID], Query(description="All of them must be in the segment")] = [],  # noqa: B006
    group: Annotated[list[UUID], Query(description="Somebody of each must be in the segment")] = [],  # noqa: B006
    video: Annotated[list[UUID], Query(description="Only these videos")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    cursor: str | None = None,
) -> SearchAnswer:
    """The same as the POST, as an address that can be shared."""
    try:
        question = SearchRequest(query=q, people=person, groups=group, videos=video, limit=limit, cursor=cursor)
    except ValidationError as error:
        raise MalformedError(error.errors()) from error
    return await ask(desk, question)
