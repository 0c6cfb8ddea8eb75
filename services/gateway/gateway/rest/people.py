"""People, groups, and the pictures people are known by."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from fastapi.responses import FileResponse
from pydantic import Field

from gateway.desk import AtDesk
from gateway.library import people as sql
from gateway.library import references as pictures
from gateway.people import references
from gateway.people.errors import NoFaceError, NotAPhotoError, PhotoTooLargeError, SeveralFacesError
from gateway.rest.idempotency import AtOnce, digest
from gateway.rest.paging import Cursor, Limit
from gateway.rest.problems import problems
from kernel.contracts.errors import ConflictError, NotFoundError
from kernel.contracts.library import Group, NewGroup, NewPerson, Page, Person, Reference
from kernel.contracts.model import Value

router = APIRouter(tags=["people"])

NO_PERSON = NotFoundError(what="person")
NO_GROUP = NotFoundError(what="group")


class ChangedPerson(Value):
    """A person's name and aliases, as they shall be."""

    name: str = Field(min_length=1, max_length=200, examples=["김민지"])
    aliases: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[], max_length=50, examples=[["Kim Minji", "MJ"]]
    )


@router.get("/groups", summary="List groups", responses=problems())
async def list_groups(desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Group]:
    """Groups in order of name, each with its members."""
    async with desk.database.transaction() as connection:
        return await sql.list_groups(connection, limit=limit, cursor=cursor)


@router.post(
    "/groups",
    status_code=201,
    summary="Add a group",
    response_model=Group,
    responses=problems(conflict=ConflictError(reason="group NJZ")),
)
async def add_group(new: NewGroup, desk: AtDesk, once: AtOnce) -> Response:
    """A new group without members; people join it as they are added."""

    async def work() -> tuple[int, Group]:
        async with desk.database.transaction() as connection:
            group = await sql.add_group(connection, new)
        await desk.names.changed(desk.services.embed)
        return 201, group

    return await once.answer(digest(new), work)


@router.get("/groups/{group_id}", summary="One group", responses=problems(no_group=NO_GROUP))
async def get_group(group_id: UUID, desk: AtDesk) -> Group:
    async with desk.database.transaction() as connection:
        return await sql.get_group(connection, group_id)


@router.get("/people", summary="List people", responses=problems())
async def list_people(
    desk: AtDesk,
    group: Annotated[UUID | None, Query(description="Only members of this group")] = None,
    q: Annotated[str, Query(max_length=200, description="Part of a name or alias")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Person]:
    """People in order of name."""
    async with desk.database.transaction() as connection:
        return await sql.list_people(connection, limit=limit, cursor=cursor, group=group, q=q)


@router.post(
    "/people",
    status_code=201,
    summary="Add a person",
    response_model=Person,
    responses=problems(conflict=ConflictError(reason="김민지")),
)
async def add_person(new: NewPerson, desk: AtDesk, once: AtOnce) -> Response:
    """A new person; the group is made when it is not there. Two people of one group never share a name."""

    async def work() -> tuple[int, Person]:
        async with desk.database.transaction() as connection:
            person = await sql.add_person(connection, new)
        await desk.names.changed(desk.services.embed)
        return 201, person

    return await once.answer(digest(new), work)


@router.get("/people/{person_id}", summary="One person", responses=problems(no_person=NO_PERSON))
async def get_person(person_id: UUID, desk: AtDesk) -> Person:
    async with desk.database.transaction() as connection:
        return await sql.get_person(connection, person_id)


@router.put(
    "/people/{person_id}",
    summary="Rename a person",
    responses=problems(no_person=NO_PERSON, conflict=ConflictError(reason="김민지")),
)
async def change_person(person_id: UUID, changed: ChangedPerson, desk: AtDesk) -> Person:
    """Replaces the name and all aliases. Search knows the new ones at once."""
    async with desk.database.transaction() as connection:
        person = await sql.change_person(connection, person_id, name=changed.name, aliases=changed.aliases)
    await desk.names.changed(desk.services.embed)
    return person


@router.get("/people/{person_id}/references", summary="A person's pictures", responses=problems(no_person=NO_PERSON))
async def list_references(person_id: UUID, desk: AtDesk, limit: Limit = 50, cursor: Cursor = None) -> Page[Reference]:
    """The pictures a person is known by, those that are not used for matching too, with the reason."""
    async with desk.database.transaction() as connection:
        await sql.get_person(connection, person_id)
        return await pictures.list_references(connection, person_id, limit=limit, cursor=cursor)


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
            several_faces=SeveralFacesError(source="stage.jpg", count=4),
            not_a_photo=NotAPhotoError(source="notes.txt"),
            too_large=PhotoTooLargeError(source="poster.png", megabytes=20, megapixels=50),
        ),
    },
)
async def add_reference(
    person_id: UUID,
    photo: Annotated[UploadFile, File(description="JPEG, PNG or WebP that shows one person")],
    desk: AtDesk,
    once: AtOnce,
    source: Annotated[
        str | None,
        Form(max_length=500, description="Where it is from; else the file's name", examples=["press kit 2026"]),
    ] = None,
) -> Response:
    """Finds the one face in it and learns it. Refused when it shows nobody, or several people alike."""
    content = await photo.read(references.MAX_BYTES + 1)
    said = (source or photo.filename or "photo").replace("\x00", "")[:500]

    async def work() -> tuple[int, Reference]:
        reference, existing = await references.take_photo(
            desk.database, desk.store, desk.services.faces, person_id, content, said
        )
        return (200 if existing else 201), reference

    return await once.answer(digest(str(person_id), said, content), work)


@router.get(
    "/references/{reference_id}/picture",
    summary="The picture of a reference",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}}}, **problems(no_reference=NotFoundError(what="reference"))},
)
async def reference_picture(reference_id: UUID, desk: AtDesk) -> FileResponse:
    async with desk.database.transaction() as connection:
        name = await pictures.picture_of(connection, reference_id)
    path = desk.store.path(name)
    if not path.is_file():
        raise NotFoundError(what="picture")
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@router.delete(
    "/references/{reference_id}",
    status_code=204,
    summary="Forget a picture",
    responses=problems(no_reference=NotFoundError(what="reference")),
)
async def remove_reference(reference_id: UUID, desk: AtDesk) -> None:
    """Removes the picture and every vector made of it. Timelines indexed with it stay as they are until a re-index."""
    await references.forget_photo(desk.database, desk.store, reference_id)
