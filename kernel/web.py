"""What every service's app has: health, readiness, metrics, request ids, access log, problem+json errors."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any, ClassVar

from asgi_correlation_id import CorrelationIdMiddleware, correlation_id
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry
from prometheus_fastapi_instrumentator import Instrumentator
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from kernel.contracts.errors import BusyError, DatabaseAwayError, Language, Problem, ScenedeskError
from kernel.contracts.malformed import MalformedError
from kernel.telemetry import logger
from kernel.wire import EVERY_LANGUAGE

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Check = Callable[[], Awaitable[None]]

QUIET = ("/healthz", "/readyz", "/metrics")
# What follows here is known to one person alone: invitations, offers to link an account.
SECRET_AFTER = ("/welcome/", "/link/", "/previews/")
# What the framework refuses before anything of ours is asked.
REFUSALS: dict[int, dict[Language, str]] = {
    400: {"en": "The request could not be read.", "ko": "요청을 읽을 수 없습니다."},
    404: {"en": "There is nothing at this address.", "ko": "이 주소에는 아무것도 없습니다."},
    405: {"en": "This address does not know that method.", "ko": "이 주소에서 쓸 수 없는 메서드입니다."},
}


class Readiness:
    """Named checks that must all pass before a service takes work; each raises to say why it can't."""

    def __init__(self) -> None:
        self.checks: dict[str, Check] = {}
        self.notes: dict[str, str] = {}

    def note(self, name: str, text: str) -> None:
        """Something a reader of /readyz should know that keeps nobody from working."""
        self.notes[name] = text

    async def report(self) -> dict[str, str]:
        outcomes: dict[str, str] = {}
        for name, check in self.checks.items():
            try:
                await check()
            except Exception as error:  # noqa: BLE001 - a failing check of any kind means "not ready", with its reason
                outcomes[name] = f"{type(error).__name__}: {error}"
            else:
                outcomes[name] = "ok"
        return outcomes


def create_service(
    name: str,
    *,
    lifespan: Lifespan,
    max_concurrent: int = 64,
    is_outage: Callable[[BaseException], bool] = lambda _: False,
    **openapi: Any,
) -> FastAPI:
    """A FastAPI app named `name` that behaves like every other service.

    At most `max_concurrent` requests are worked on; more get 503 with Retry-After at once. So do those that meet
    what `is_outage` knows for an outage of the database, in services that have one.
    """
    app = FastAPI(title=f"Scenedesk {name}", version="1", lifespan=lifespan, **openapi)
    app.state.readiness = Readiness()
    app.add_middleware(Admission, service=name, limit=max_concurrent)
    app.add_middleware(AccessLog, service=name)
    app.add_middleware(CorrelationIdMiddleware)
    # A registry per app: in one process several apps would otherwise count into each other's series.
    Instrumentator(registry=CollectorRegistry(), excluded_handlers=list(QUIET)).instrument(app).expose(
        app, include_in_schema=False
    )
    _add_health(app)
    _add_error_handlers(app, is_outage)
    return app


def _add_health(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz(response: Response) -> Mapping[str, Any]:
        checks = await app.state.readiness.report()
        ready = all(outcome == "ok" for outcome in checks.values())
        response.status_code = 200 if ready else 503
        return {"ready": ready, "checks": checks, "notes": app.state.readiness.notes}


def language_of(request: Request) -> Language:
    """The reader's language: `lang` query or cookie, then Accept-Language, Korean when neither speaks."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    if asked in ("ko", "en"):
        return "ko" if asked == "ko" else "en"
    accepted = request.headers.get("accept-language", "").lower()
    korean, english = accepted.find("ko"), accepted.find("en")
    return "en" if english >= 0 and (korean < 0 or english < korean) else "ko"


def problem_response(problem: Problem, retry_after_s: int | None = None) -> JSONResponse:
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s is not None else None
    with_id = problem.model_copy(update={"request_id": correlation_id.get()})
    return JSONResponse(
        with_id.model_dump(exclude_none=True),
        status_code=problem.status,
        headers=headers,
        media_type="application/problem+json",
    )


def _told(request: Request, error: ScenedeskError) -> Problem:
    """The problem in the reader's language; in every language for a service that passes it on to readers it knows."""
    everywhere = request.headers.get("accept-language") == EVERY_LANGUAGE
    return (error.in_every_language if everywhere else error.problem)(language_of(request))


def _add_error_handlers(app: FastAPI, is_outage: Callable[[BaseException], bool]) -> None:
    log = logger("web")

    @app.exception_handler(ScenedeskError)
    async def refused(request: Request, error: ScenedeskError) -> JSONResponse:
        return problem_response(_told(request, error), error.retry_after_s)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(_told(request, MalformedError(error.errors())))

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        said = REFUSALS.get(error.status_code, {}).get(language_of(request))
        return problem_response(
            Problem(
                type=f"urn:scenedesk:problem:http_{error.status_code}",
                title=phrase,
                status=error.status_code,
                code=f"http_{error.status_code}",
                detail=said or str(error.detail or phrase),
            )
        )

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        if is_outage(error):
            log.warning("database away", path=request.url.path, reason=str(error))
            away = DatabaseAwayError()
            return problem_response(_told(request, away), away.retry_after_s)
        log.error("unforeseen", path=request.url.path, exc_info=error)
        return problem_response(ScenedeskError().problem(language_of(request)))


class Admission:
    """Refuses what would only wait: a bounded number of requests at once, 503 with Retry-After beyond it."""

    exempt: ClassVar[tuple[str, ...]] = QUIET

    def __init__(self, app: ASGIApp, *, service: str, limit: int) -> None:
        self._app, self._service, self._limit = app, service, limit
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.exempt:
            return await self._app(scope, receive, send)
        if self._at_work >= self._limit:
            problem = BusyError(service=self._service).problem(language_of(Request(scope)))
            return await problem_response(problem, retry_after_s=1)(scope, receive, send)
        self._at_work += 1
        try:
            return await self._app(scope, receive, send)
        finally:
            self._at_work -= 1


def _without_secret(path: str) -> str:
    """`/welcome/…` for the address of an invitation."""
    door = next((door for door in SECRET_AFTER if path.startswith(door)), None)
    return f"{door}…" if door else path


class AccessLog:
    """One structured line a request: method, path, status, milliseconds. Never query strings: they hold names.

    Nor what opens a door by being known.
    """

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self._app, self._service, self._log = app, service, logger("access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET:
            return await self._app(scope, receive, send)
        started, status = time.perf_counter(), 500

        async def watch(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            return await self._app(scope, receive, watch)
        finally:
            self._log.info(
                "request",
                service=self._service,
                method=scope["method"],
                path=_without_secret(scope["path"]),
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
