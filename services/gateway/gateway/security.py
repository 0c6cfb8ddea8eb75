"""Headers of every answer, and the refusal of writes that another site's page sends."""

from typing import ClassVar
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.contracts.errors import Language, ScenedeskError
from kernel.web import language_of, problem_response

CSP = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
READING = {"GET", "HEAD", "OPTIONS"}


class ForeignSiteError(ScenedeskError):
    status = 403
    code = "foreign_site"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "A page of another site may not change anything here.",
        "ko": "다른 사이트의 페이지에서는 여기 내용을 바꿀 수 없습니다.",
    }


class Guard:
    """Adds HEADERS to every answer; refuses writes whose Origin is neither this very address nor the public one."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app, self._public = app, urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] not in READING and self._foreign(Headers(scope=scope)):
            problem = ForeignSiteError().problem(language_of(Request(scope)))
            return await problem_response(problem)(scope, receive, guarded)
        return await self._app(scope, receive, guarded)

    def _foreign(self, headers: Headers) -> bool:
        """True for a browser's request from another site; programs send neither header."""
        if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            return True
        origin = headers.get("origin")
        return origin is not None and urlsplit(origin).netloc not in {headers.get("host"), self._public}
