"""Coming in: the sign-in page, links that open once, and leaving."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from gateway.access import entering, keys
from gateway.access.admission import AtWho
from gateway.access.door import address_of, cookie_name, is_secure
from gateway.access.entering import Chosen, Visitor
from gateway.access.errors import ForgedFormError
from gateway.access.passwords import LEAST
from gateway.access.who import Who
from gateway.library import sessions
from gateway.pages.choosing import local
from gateway.pages.frame import AtFrame, Frame, PageRoute
from gateway.pages.visiting import VISIT, of_visit
from kernel.contracts.errors import ScenedeskError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

LONGEST_S = 90 * 24 * 3600

Typed = Annotated[str, Form(max_length=256)]


@router.get("/sign-in")
async def ask(frame: AtFrame, next: str = "/") -> Response:  # noqa: A002 - the name everybody gives it
    who: Who | None = frame.request.state.who
    if who is not None and who.via == "session":
        return RedirectResponse(local(next), status_code=303)
    return _entrance(frame, "sign_in.html", next=local(next), login="", problem=None)


@router.post("/sign-in")
async def sign_in(
    frame: AtFrame,
    login: Typed = "",
    password: Typed = "",
    next: Typed = "/",  # noqa: A002
    csrf: Typed = "",
) -> Response:
    try:
        _meant(frame.request, csrf)
        cookie = await entering.sign_in(frame.desk, login, password, _visitor(frame.request))
    except ScenedeskError as error:
        return _again(frame, error, "sign_in.html", next=local(next), login=login)
    return _come_in(frame, cookie, local(next))


@router.post("/sign-out")
async def sign_out(frame: AtFrame, who: AtWho) -> Response:
    """Ends this session; everywhere else they stay."""
    if who.via == "session" and who.account_id is not None and who.held is not None:
        async with frame.desk.database.transaction() as connection:
            await sessions.end(connection, who.account_id, who.held)
    left = RedirectResponse("/sign-in", status_code=303)
    left.delete_cookie(cookie_name(frame.desk.settings), path="/", secure=is_secure(frame.desk.settings))
    return left


@router.get("/welcome/{secret}")
async def welcome(secret: str, frame: AtFrame) -> Response:
    """Looking at it does not use the link up: programs that preview links look too."""
    invitation = await entering.opened(frame.desk, secret)
    return _entrance(
        frame, "welcome.html", invitation=invitation, login=invitation.login or "", name=invitation.name or "",
        problem=None, least=LEAST,
    )  # fmt: skip


@router.post("/welcome/{secret}")
async def accept(
    secret: str, frame: AtFrame, login: Typed = "", name: Typed = "", password: Typed = "", csrf: Typed = ""
) -> Response:
    invitation = await entering.opened(frame.desk, secret)
    try:
        _meant(frame.request, csrf)
        cookie = await entering.accept(frame.desk, secret, Chosen(login, name, password), _visitor(frame.request))
    except ScenedeskError as error:
        return _again(frame, error, "welcome.html", invitation=invitation, login=login, name=name, least=LEAST)
    return _come_in(frame, cookie, "/")


def _visitor(request: Request) -> Visitor:
    return Visitor(address_of(request), request.headers.get("user-agent", ""))


def _meant(request: Request, said: str) -> None:
    """Whoever writes a form elsewhere knows no cookie of this visit. Raises ForgedFormError."""
    expected = of_visit(request)
    if expected is None or not keys.same(said, expected):
        raise ForgedFormError


def _entrance(frame: Frame, template: str, status: int = 200, **context: object) -> Response:
    visit = frame.request.cookies.get(VISIT) or keys.new_secret()
    shown = {"form": keys.csrf_of(visit), **context}
    if "next" in context:  # where they are going outlives another language, and a wrong password
        shown["address"] = f"/sign-in?{urlencode({'next': context['next']})}"
    page = frame.renderer.page(frame.request, template, status=status, **shown)
    page.set_cookie(VISIT, visit, httponly=True, samesite="strict", secure=is_secure(frame.desk.settings), path="/")
    return page


def _again(frame: Frame, error: ScenedeskError, template: str, **context: object) -> Response:
    """The page once more, with what was wrong; what was typed stays, but never a password."""
    problem = error.problem(frame.language)
    page = _entrance(frame, template, status=problem.status, problem=problem, **context)
    if error.retry_after_s is not None:
        page.headers["Retry-After"] = str(error.retry_after_s)
    return page


def _come_in(frame: Frame, cookie: str, where: str) -> Response:
    settings = frame.desk.settings
    inside = RedirectResponse(where, status_code=303)
    inside.set_cookie(
        cookie_name(settings), cookie, max_age=LONGEST_S, httponly=True, samesite="lax", secure=is_secure(settings),
        path="/",
    )  # fmt: skip
    inside.delete_cookie(VISIT, path="/", secure=is_secure(settings))
    return inside
