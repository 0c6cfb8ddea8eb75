"""Questions in, seconds of video out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, UploadFile

from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.finding.address import Addressed
from gateway.finding.answers import ask, like
from gateway.finding.picture import read
from gateway.finding.suggesting import suggest
from gateway.library import past_questions
from gateway.people.errors import NotAPhotoError, PhotoTooLargeError
from gateway.people.photos import MAX_BYTES, MAX_PIXELS
from gateway.rest.doors import ByWhom
from gateway.rest.problems import problems
from kernel.contracts.errors import InvalidError, NotFoundError
from kernel.contracts.finding import AskedQuestion, ReadPicture, SearchAnswer, Suggestions
from kernel.contracts.search import SearchRequest
from kernel.web import language_of

router = APIRouter(tags=["search"])

BAD_CURSOR = InvalidError(reason="cursor")
TOO_LARGE = PhotoTooLargeError(source="a.png", megabytes=MAX_BYTES // 10**6, megapixels=MAX_PIXELS // 10**6)


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


@router.get(
    "/segments/{segment_id}/similar",
    summary="Scenes like one",
    responses=problems(gone=NotFoundError(what="segment")),
)
async def similar(
    segment_id: UUID, desk: AtDesk, who: AtWho, limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> SearchAnswer:
    """In meaning and in who is there, most alike first; the segment itself is not among them."""
    return await like(desk, segment_id, limit, who.sight)


@router.post(
    "/search/picture",
    summary="Ask by a picture",
    responses=problems(no_photo=NotAPhotoError(source="a.gif"), too_large=TOO_LARGE),
)
async def search_by_picture(
    request: Request,
    desk: AtDesk,
    who: AtWho,
    picture: Annotated[UploadFile, File(description="JPEG, PNG or WebP: a face, or a frame", examples=["face.jpg"])],
) -> ReadPicture:
    """The scenes it may be a frame of; whom its faces show and what is seen in it, as the address of a search.

    Nothing of the picture is kept.
    """
    content = await picture.read(MAX_BYTES + 1)
    return await read(desk, content, picture.filename or "picture", language_of(request), who.sight)


@router.get("/suggestions", summary="What a question being typed may become", responses=problems())
async def suggestions(
    desk: AtDesk,
    by: ByWhom,
    who: AtWho,
    q: Annotated[str, Query(max_length=500, description="What is typed so far", examples=["하니랑 민"])] = "",
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Suggestions:
    """People and groups that the last words may become (half a syllable and initial consonants will do), titles,
    and questions asked before.
    """
    return Suggestions(items=await suggest(desk, q, limit, by.actor, who.sight))


@router.put("/past-questions", status_code=204, summary="Remember a question", responses=problems())
async def remember(asked: AskedQuestion, desk: AtDesk, by: ByWhom) -> None:
    """It is suggested to whoever asked it from now on. The latest 200 are kept; again changes only which is latest."""
    async with desk.database.transaction() as connection:
        await past_questions.note(connection, by.actor, asked.query)


@router.delete("/past-questions", status_code=204, summary="Forget all questions", responses=problems())
async def forget_questions(desk: AtDesk, by: ByWhom) -> None:
    """Of whoever asks this."""
    async with desk.database.transaction() as connection:
        await past_questions.clear(connection, by.actor)
