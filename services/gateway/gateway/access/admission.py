"""What a route may take for granted once it is asked: that whoever asks may, meant it, and may see what it names."""

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from gateway.access import keys, policy
from gateway.access.errors import ForgedFormError, NotAllowedError, NotSignedInError
from gateway.access.who import Who
from gateway.desk import AtDesk, Desk
from gateway.library import belonging
from kernel.contracts.errors import NotFoundError

CSRF_HEADER, CSRF_FIELD = "Scenedesk-CSRF", "csrf"


def admitted(prefix: str) -> Callable[[Request, Desk], Awaitable[None]]:
    """What is asked before every route that is included under `prefix`: raises what it is refused with."""

    async def admit(request: Request, desk: AtDesk) -> None:
        # A route knows its path within its router alone.
        role = policy.needed(request.method, prefix + request.scope["route"].path)
        if role is None:
            return  # for anybody; what of these changes anything knows its own forms
        who = _who(request)
        if not who.may(role):
            raise NotAllowedError(role=role)
        if who.csrf is not None and request.method not in policy.READING:
            await _meant(request, who.csrf)
        await _may_see(desk, request, who)

    return admit


async def _meant(request: Request, expected: str) -> None:
    """A browser sends cookies whoever wrote the form; only our own pages know this."""
    said = request.headers.get(CSRF_HEADER)
    kind = request.headers.get("content-type", "")
    with_file = kind.startswith("multipart/form-data") and request.scope["route"].path in policy.FILE_FORMS
    if said is None and (with_file or kind.startswith("application/x-www-form-urlencoded")):
        field = (await request.form()).get(CSRF_FIELD)
        said = field if isinstance(field, str) else None
    if said is None or not keys.same(said, expected):
        raise ForgedFormError


async def _may_see(desk: Desk, request: Request, who: Who) -> None:
    """What is hidden from somebody is not there for them: the same words as for what never was."""
    named = [(kind, found) for kind, said in request.path_params.items() if (found := _uuid(said)) is not None]
    if who.sight.whole or not named:
        return
    async with desk.database.transaction() as connection:
        for kind, its_id in named:
            if kind in belonging.KINDS and await belonging.hidden(connection, kind, its_id, who.sight):
                raise NotFoundError(what=kind.removesuffix("_id"))


async def seen(desk: Desk, who: Who, kind: str, ids: Collection[UUID]) -> None:
    """The same for what a body names: raises NotFoundError when one of these is hidden from whoever asks."""
    if who.sight.whole:
        return
    async with desk.database.transaction() as connection:
        if any([await belonging.hidden(connection, kind, one, who.sight) for one in sorted(ids)]):
            raise NotFoundError(what=kind.removesuffix("_id"))


def _uuid(said: object) -> UUID | None:
    try:
        return said if isinstance(said, UUID) else UUID(str(said))
    except ValueError:
        return None


def _who(request: Request) -> Who:
    who: Who | None = request.state.who
    if who is None:
        raise NotSignedInError
    return who


AtWho = Annotated[Who, Depends(_who)]
