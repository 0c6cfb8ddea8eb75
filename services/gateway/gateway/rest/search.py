"""Questions in, seconds of video out."""

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.finding.address import Addressed
from gateway.finding.answers import ask
from gateway.finding.suggesting import suggest
from gateway.rest.problems import problems
from kernel.contracts.errors import InvalidError
from kernel.contracts.finding import SearchAnswer, Suggestions
from kernel.contracts.search import SearchRequest

router = APIRouter(tags=["search"])

BAD_CURSOR = InvalidError(reason="cursor")


class Page(Addressed):
    """An addressed question, and which part of its answer."""

    limit: int = Query(default=10, ge=1, le=100, description="At most so many hits")
    cursor: str | None = Query(default=None, max_length=1000, description="`next_cursor` of the answer before")


@router.post("/search", summary="Ask for scenes", responses=problems(bad_cursor=BAD_CURSOR))
async def search(question: SearchRequest, desk: AtDesk, who: AtWho) -> SearchAnswer:
    """Moments that answer a question, best first, each with its reasons. Nothing found is said, never padded.

    `chips` say how the question was read; each is taken away by sending its key in `ignored`, and of people who
    share a name those in `meant` are meant. When nothing fits, `missing` says which part of the question nothing
    has, and `nearest` offers what comes nearest.
    """
    return await ask(desk, question, who.sight)


@router.get("/search", summary="Ask for scenes by address", responses=problems(bad_cursor=BAD_CURSOR))
async def search_by_address(desk: AtDesk, who: AtWho, asked: Annotated[Page, Query()]) -> SearchAnswer:
    """The same as the POST with every filter, as an address that can be shared."""
    return await ask(desk, asked.question(asked.limit, asked.cursor), who.sight)


@router.get("/suggestions", summary="What a question being typed may become", responses=problems())
async def suggestions(
    desk: AtDesk,
    who: AtWho,
    q: Annotated[str, Query(max_length=500, description="What is typed so far", examples=["하니랑 민"])] = "",
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Suggestions:
    """People and groups that the last words may become (half a syllable and initial consonants will do), titles,
    and questions asked before.
    """
    return Suggestions(items=await suggest(desk, q, limit, who.sight))
