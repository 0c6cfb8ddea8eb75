"""The pictures people are known by: where they are from, on what ground they are kept, whether they match."""

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from fastapi.responses import FileResponse
from pydantic import Field

from gateway.access.admission import AtWho
from gateway.desk import AtDesk
from gateway.library import people as sql
from gateway.library import references as pictures
from gateway.people import references
from gateway.people.doubts import in_use
from gateway.people.enlarging import SMALL_PX, NotSmallError
from gateway.people.enlarging import enlarged as enlarged_by_machine
from gateway.people.enrolment import CROPS, enrol_track
from gateway.people.errors import (
    LostFaceError,
    NoFaceError,
    NoSuchFaceError,
    NotAPhotoError,
    PhotoTooLargeError,
    SeveralFacesError,
)
from gateway.people.references import Origin
from gateway.rest.doors import ByWhom
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import NotFoundError
from kernel.contracts.faces import Box
from kernel.contracts.library import Consent, Expiry, Page, Reference, Rights
from kernel.contracts.model import Value
from kernel.inference.backend import BackendUnavailableError

router = APIRouter(tags=["people"])

ENLARGED = "Scenedesk-Enlarged"
NO_PERSON = NotFoundError(what="person")
NO_REFERENCE = NotFoundError(what="reference")
TWO = [Box(left=0.1, top=0.2, right=0.3, bottom=0.5), Box(left=0.6, top=0.2, right=0.8, bottom=0.5)]


@dataclass(frozen=True)
class _Reach:
    """What a route that creates works with."""

    desk: AtDesk
    once: AtOnce
    by: ByWhom


class Enrolled(Value):
    """What was learnt, the best first; those that were there already too."""

    references: list[Reference]


class ChangedReference(Rights):
    """What is said of a picture, as it shall be."""

    address: str | None = Field(default=None, max_length=2000, examples=["https://example.org/press/2026"])


def _said_rights(
    rights: Annotated[
        str | None, Form(max_length=1000, description="Who owns it, what it may be used for", examples=["© Agency"])
    ] = None,
    consent: Annotated[Consent, Form(description="On what ground it is kept")] = "unstated",
    expires_at: Annotated[
        Expiry | None, Form(description="From then on it matches nothing", examples=["2027-01-01T00:00:00Z"])
    ] = None,
) -> Rights:
    return Rights(rights=rights, consent=consent, expires_at=expires_at)


def _said_origin(
    rights: Annotated[Rights, Depends(_said_rights)],
    source: Annotated[
        str | None,
        Form(max_length=500, description="Where it is from; else the file's name", examples=["press kit 2026"]),
    ] = None,
    address: Annotated[str | None, Form(max_length=2000, description="Where on the web it was found")] = None,
) -> Origin:
    """`source` is empty when nothing was said."""
    return Origin((source or "").replace("\x00", ""), address, rights)


@router.get("/people/{person_id}/references", summary="A person's pictures", responses=problems(no_person=NO_PERSON))
async def list_references(
    person_id: UUID, desk: AtDesk, who: AtWho, limit: Limit = 50, cursor: Cursor = None
) -> Page[Reference]:
    """The pictures a person is known by, those that are not used for matching too, with the reason.

    Those that look less like the person than they should are marked, and whom they look like is named.
    """
    model = await in_use(desk.services.faces)
    async with desk.database.transaction() as connection:
        await sql.get_person(connection, person_id)
        page = await references.listed(connection, person_id, model, limit=limit, cursor=cursor)
        return await references.in_sight(connection, page, who.sight)


@router.post(
    "/people/{person_id}/references",
    status_code=201,
    summary="Add a picture of a person",
    response_model=Reference,
    responses={
        200: {"model": Reference, "description": "The same picture of this person was there already."},
        **problems(
            no_person=NO_PERSON,
            no_face=NoFaceError(source="minji.jpg"),
            several_faces=SeveralFacesError(source="stage.jpg", faces=TWO),
            no_such_face=NoSuchFaceError(source="stage.jpg", face=2, count=2),
            not_a_photo=NotAPhotoError(source="notes.txt"),
            too_large=PhotoTooLargeError(source="poster.png", megabytes=20, megapixels=50),
        ),
    },
)
async def add_reference(
    person_id: UUID,
    photo: Annotated[UploadFile, File(description="JPEG, PNG or WebP that shows the person")],
    said: Annotated[Origin, Depends(_said_origin)],
    reach: Annotated[_Reach, Depends()],
    face: Annotated[
        int | None,
        Form(ge=0, le=999, description="Of several faces the one that is meant: its number from the left, from 0"),
    ] = None,
) -> Response:
    """Finds the face in it and learns it. Refused when it shows nobody, or several people alike.

    A picture refused as `several_faces` lists them in `faces`; sent again with the number of one, it is taken.
    """
    content = await photo.read(references.MAX_BYTES + 1)
    origin = replace(said, source=said.source or (photo.filename or "photo").replace("\x00", "")[:500])

    async def work() -> tuple[int, Reference]:
        reference, existing = await references.take_photo(reach.desk, person_id, content, origin, reach.by, face)
        return (200 if existing else 201), reference

    return await reach.once.answer(digest(str(person_id), repr(origin), str(face), content), work)


@router.get(
    "/references/{reference_id}/picture",
    summary="The picture of a reference",
    response_class=FileResponse,
    responses={
        200: {
            "content": {"image/jpeg": {}},
            "headers": {
                ENLARGED: {"description": "There when a machine enlarged it: by how much", "schema": {"type": "string"}}
            },
        },
        **problems(
            no_reference=NO_REFERENCE,
            not_small=NotSmallError(least=SMALL_PX, side=180),
            no_upscaler=BackendUnavailableError(
                backend="realesrgan", reason="No module named 'ncnn'", remedy="pip install scenedesk[upscale]"
            ),
        ),
    },
)
async def reference_picture(
    reference_id: UUID,
    desk: AtDesk,
    enlarged: Annotated[bool, Query(description="A small face, enlarged by a machine: its detail is guessed")] = False,
) -> FileResponse:
    """As it was taken in; with `enlarged`, the face alone, four times as wide. Matching never sees an enlarged one."""
    headers = {"Cache-Control": "private, max-age=86400"}
    if enlarged:
        path = await enlarged_by_machine(desk, reference_id)
        return FileResponse(path, media_type="image/jpeg", headers=headers | {ENLARGED: "x4"})
    async with desk.database.transaction() as connection:
        name = await pictures.picture_of(connection, reference_id)
    path = desk.store.path(name)
    if not path.is_file():
        raise NotFoundError(what="picture")
    return FileResponse(path, media_type="image/jpeg", headers=headers)


@router.delete(
    "/references/{reference_id}",
    status_code=204,
    summary="Forget a picture",
    responses=problems(no_reference=NO_REFERENCE),
)
async def remove_reference(reference_id: UUID, desk: AtDesk, by: ByWhom) -> None:
    """Removes the picture and every vector made of it. Timelines indexed with it stay as they are until a re-index."""
    await references.forget_photo(desk, reference_id, by)


@router.put(
    "/references/{reference_id}",
    summary="Change what is said of a picture",
    responses=problems(no_reference=NO_REFERENCE),
)
async def change_reference(reference_id: UUID, changed: ChangedReference, desk: AtDesk, by: ByWhom) -> Reference:
    """Replaces rights, consent, expiry and address. One that had expired matches again when its time is put off."""
    rights = Rights(rights=changed.rights, consent=changed.consent, expires_at=changed.expires_at)
    return await references.change(desk, reference_id, rights, changed.address, by)


@router.post(
    "/references/{reference_id}/withdraw",
    summary="Withdraw a picture",
    response_model=Reference,
    responses=problems(no_reference=NO_REFERENCE),
)
async def withdraw_reference(reference_id: UUID, desk: AtDesk, once: AtOnce, by: ByWhom) -> Response:
    """From this moment it matches nothing, for good. The picture itself stays as proof until it is forgotten."""

    async def work() -> tuple[int, Reference]:
        return 200, await references.withdraw(desk, reference_id, by)

    return await once.answer(digest(str(reference_id)), work)


class Enrolment(Value):
    """Whom a track shows, how many of its faces are learnt, and on what ground they are kept."""

    person_id: UUID = Field(examples=["3f2a9c1e-5b7d-4e0a-9a53-0c4d6f1b2e77"])
    count: int = Field(default=CROPS, ge=1, le=10, description="At most so many faces, spread over the track")
    rights: Rights = Rights()


@router.post(
    "/tracks/{track_id}/enrol",
    status_code=201,
    summary="Learn somebody from a video",
    response_model=Enrolled,
    responses=problems(
        no_track=NotFoundError(what="track"), no_person=NO_PERSON, lost=LostFaceError(source="Day 2 0:12.0")
    ),
)
async def enrol(track_id: UUID, new: Enrolment, reach: Annotated[_Reach, Depends()]) -> Response:
    """The track's best faces, cut from the exact pictures of the video, become references. Who the track shows
    stays as it is: that is said by a ruling.
    """

    async def work() -> tuple[int, Enrolled]:
        made = await enrol_track(reach.desk, track_id, new.person_id, new.count, rights=new.rights, by=reach.by)
        return 201, Enrolled(references=made)

    return await reach.once.answer(digest(str(track_id), new), work)
