"""The door itself: every request is somebody's before a route hears of it, or is refused."""

from urllib.parse import quote, urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.access import keys, policy
from gateway.access.errors import ActForError, BadTokenError, ForeignHostError, NotSignedInError
from gateway.access.mode import Mode, is_loopback
from gateway.access.who import Who, least, role_of
from gateway.desk import Desk
from gateway.library import accounts, links, sessions
from gateway.library.sessions import Held
from kernel.contracts.accounts import Account
from kernel.contracts.errors import ScenedeskError
from kernel.settings import Settings
from kernel.web import language_of, problem_response

ACT_FOR = "Scenedesk-Act-For"
WIRE = "gateway"  # how it is called on the in-memory wire and between containers


class Doorkeeper:
    """Puts a `Who` on `request.state.who` (None on the few paths that are for anybody), or answers 401."""

    def __init__(self, app: ASGIApp, *, settings: Settings, mode: Mode) -> None:
        self._app, self._settings, self._mode = app, settings, mode
        self._hosts = {urlsplit(settings.public_url).hostname, settings.host, WIRE}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        try:
            request.state.who = await self._recognised(request)
        except NotSignedInError as error:
            return await _turned_away(request, error)(scope, receive, send)
        except ScenedeskError as error:
            return await _refused(request, error)(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _recognised(self, request: Request) -> Who | None:
        """Raises NotSignedInError, and what a bad token or a foreign name is refused with."""
        who = None
        anybody = policy.for_anybody(request.url.path)
        if not (anybody and _is_static(request.url.path)):
            who = await self._who(request)
        if who is None and not anybody:
            raise NotSignedInError
        return who

    async def _who(self, request: Request) -> Who | None:
        said = request.headers.get("authorization")
        if said is not None:
            return await self._by_token(request, said)
        cookie = request.cookies.get(cookie_name(self._settings))
        if cookie and (who := await _by_cookie(_desk(request), cookie)):
            return who
        if self._mode == "accounts":
            return None
        if self._settings.access != "open-to-all" and not self._is_ours(request):
            raise ForeignHostError
        return Who("admin", "open")

    def _is_ours(self, request: Request) -> bool:
        """False when a page of another site has its own name lead here, to be let in as if it were ours."""
        host = request.url.hostname or ""
        return host in self._hosts or is_loopback(host)

    async def _by_token(self, request: Request, said: str) -> Who:
        scheme, _, secret = said.partition(" ")
        if scheme.casefold() != "bearer":
            raise BadTokenError
        desk, acted_for = _desk(request), request.headers.get(ACT_FOR)
        if keys.same(secret.strip(), request.app.state.trust):
            return Who("admin", "local")
        async with desk.database.transaction() as connection:
            held = await sessions.of_token(connection, keys.hashed(secret.strip()))
            if held is None:
                raise BadTokenError
            await accounts.note_seen(connection, held.account.id)
            if acted_for is not None:
                return await _acting(connection, held, acted_for)
        role = role_of(held.account.role, held.scopes)
        if role is None:
            raise ActForError
        return Who(role, "token", held.account, held.id, acts="act-for" in held.scopes)


async def _acting(connection: AsyncConnection, held: Held, acted_for: str) -> Who:
    """A service as the person it speaks for: what both may do, and history has the person."""
    if "act-for" not in held.scopes:
        raise ActForError
    account = await _called(connection, acted_for)
    if account is None or account.disabled or account.kind != "person":
        raise ActForError
    most = role_of("admin", held.scopes) or "viewer"
    return Who(least(account.role, most), "token", account, held.id, acted=True)


async def _called(connection: AsyncConnection, said: str) -> Account | None:
    """By id, by login, or by who they are in another program."""
    if ":" in said:
        return await links.linked(connection, said)
    try:
        return await accounts.get(connection, UUID(said))
    except (ValueError, ScenedeskError):
        return await accounts.by_login(connection, said.casefold())


async def _by_cookie(desk: Desk, cookie: str) -> Who | None:
    async with desk.database.transaction() as connection:
        held = await sessions.of_cookie(connection, keys.hashed(cookie))
        if held is None:
            return None
        await accounts.note_seen(connection, held.account.id)
    return Who(held.account.role, "session", held.account, held.id, keys.csrf_of(cookie))


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy on this machine, as that says (`uvicorn` sees to it)."""
    return request.client.host if request.client is not None else ""


def cookie_name(settings: Settings) -> str:
    """Over https no other site of the domain can set it, and no plain connection carries it."""
    return "__Host-scenedesk" if is_secure(settings) else "scenedesk"


def is_secure(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


def _is_static(path: str) -> bool:
    """What never asks who looks at it: it is served without a look at the database."""
    return path.startswith("/static/") or path in ("/healthz", "/readyz")


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _turned_away(request: Request, error: ScenedeskError) -> Response:
    """Browsers are led to the sign-in page and come back from there; programs are told."""
    path = request.url.path
    wants_page = "text/html" in request.headers.get("accept", "") and not path.startswith(("/v1/", "/parts/"))
    if request.method in policy.READING and wants_page:
        back = path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(back)}", status_code=303, headers={"Cache-Control": "no-store"})
    return _refused(request, error)


def _refused(request: Request, error: ScenedeskError) -> Response:
    response = problem_response(error.problem(language_of(request)), error.retry_after_s)
    if error.status == NotSignedInError.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
