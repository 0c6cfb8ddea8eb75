"""Choosing the language."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from gateway.pages.frame import PageRoute
from gateway.pages.language import COOKIE
from gateway.pages.visiting import meant

router = APIRouter(route_class=PageRoute, include_in_schema=False)

A_YEAR_S = 365 * 24 * 3600


@router.post("/language")
async def choose(
    request: Request,
    lang: Annotated[Literal["ko", "en"], Form()],
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
    csrf: Annotated[str, Form(max_length=256)] = "",
) -> RedirectResponse:
    """Remember the language and go back to where the reader was, on this site only. Raises ForgedFormError."""
    meant(request, csrf)
    back = RedirectResponse(local(next), status_code=303)
    back.set_cookie(COOKIE, lang, max_age=A_YEAR_S, samesite="lax", httponly=True)
    return back


def local(address: str) -> str:
    """`address` when it stays here: neither `//elsewhere` nor anything a browser reads as such."""
    stays = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if stays else "/"
