"""The shell every service stands in: health, problems, refusals, request ids, metrics; and the wire between them."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from structlog.testing import capture_logs

from kernel.clients import FaceService
from kernel.contracts.errors import NotFoundError, UnavailableError, UpstreamError
from kernel.contracts.library import NewPerson
from kernel.storage.database import is_outage
from kernel.web import create_service
from kernel.wire import address, open_wire


class Question(BaseModel):
    number: int


@asynccontextmanager
async def nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


def service(gate: asyncio.Event | None = None, limit: int = 8) -> FastAPI:
    app = create_service("face-service", lifespan=nothing, max_concurrent=limit, is_outage=is_outage)

    @app.get("/v1/model")
    async def model() -> dict[str, str]:
        raise NotFoundError(what="model")

    @app.get("/wait")
    async def wait() -> str:
        if gate is not None:
            await gate.wait()
        return "done"

    @app.get("/bug")
    async def bug() -> None:
        raise ZeroDivisionError("secret detail")

    @app.get("/away")
    async def away() -> None:
        raise PoolTimeoutError("QueuePool limit of size 10 overflow 5 reached")

    @app.post("/question")
    async def question(body: Question) -> int:
        return body.number

    return app


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with open_wire({"face-service": app}) as wire:
        yield wire


def at(path: str) -> str:
    return address("face-service") + path


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "There is no such model."), ("ko", "해당 항목이 없습니다: 모델")]
)
async def test_a_refusal_is_a_problem_in_the_readers_language(language: str, sentence: str) -> None:
    async with calling(service()) as wire:
        answer = await wire.get(at("/v1/model"), headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert [answer.json()[part] for part in ("code", "title", "detail")] == ["not_found", "Not Found", sentence]


async def test_a_bug_says_nothing_of_its_inside() -> None:
    async with calling(service()) as wire:
        answer = await wire.get(at("/bug"))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["code"] == "internal"


async def test_malformed_input_is_a_problem_that_says_where() -> None:
    async with calling(service()) as wire:
        answer = await wire.post(at("/question"), json={"number": "many"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "body.number" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "That can't be used: body.number: is missing"),
        ("ko", "사용할 수 없는 입력입니다: body.number: 빠져 있습니다"),
    ],
)
async def test_what_is_malformed_is_said_in_the_readers_language(language: str, sentence: str) -> None:
    async with calling(service()) as wire:
        answer = await wire.post(at("/question"), json={}, headers={"Accept-Language": language})
    assert answer.json()["detail"] == sentence


@pytest.mark.parametrize("content", [b'{"number": 1', b"\xff", b""])
async def test_a_body_that_is_no_json_is_a_problem_in_the_readers_language(content: bytes) -> None:
    async with calling(service()) as wire:
        headers = {"Accept-Language": "ko", "Content-Type": "application/json"}
        answer = await wire.post(at("/question"), content=content, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"].startswith(("요청을", "사용할 수 없는"))
    assert "error" not in answer.json()["detail"].lower()


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [("GET", "/nowhere", 404, "이 주소에는"), ("DELETE", "/question", 405, "이 주소에서")],
)
async def test_unknown_routes_are_problems_too(method: str, path: str, status: int, sentence: str) -> None:
    async with calling(service()) as wire:
        answer = await wire.request(method, at(path), headers={"Accept-Language": "ko"})
    assert (answer.status_code, answer.json()["code"]) == (status, f"http_{status}")
    assert answer.json()["detail"].startswith(sentence)


async def test_more_than_the_limit_is_refused_at_once_and_health_still_answers() -> None:
    gate = asyncio.Event()
    async with calling(service(gate, limit=2)) as wire:
        asked = [asyncio.create_task(wire.get(at("/wait"))) for _ in range(5)]
        refused = [await answer for answer in itertools.islice(asyncio.as_completed(asked), 3)]
        health = await wire.get(at("/healthz"))
        gate.set()
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
        after = await wire.get(at("/wait"))
    assert [(answer.headers["retry-after"], answer.json()["code"]) for answer in refused] == [("1", "busy")] * 3
    assert (health.status_code, statuses, after.status_code) == (200, [200, 200, 503, 503, 503], 200)


async def test_readiness_names_the_check_that_fails() -> None:
    app = service()

    async def broken() -> None:
        raise ConnectionError("no database")

    async with calling(app) as wire:
        assert (await wire.get(at("/readyz"))).json()["ready"] is True
        app.state.readiness.checks["database"] = broken
        answer = await wire.get(at("/readyz"))
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ConnectionError: no database"}


async def test_metrics_count_requests_and_request_ids_come_back() -> None:
    async with calling(service()) as wire:
        answer = await wire.get(at("/wait"), headers={"X-Request-ID": "a" * 32})
        metrics = (await wire.get(at("/metrics"))).text
    assert answer.headers["x-request-id"] == "a" * 32
    assert 'http_requests_total{handler="/wait",method="GET",status="2xx"} 1.0' in metrics


async def test_a_client_passes_on_the_problem_of_the_service_it_calls() -> None:
    async with calling(service()) as wire:
        with pytest.raises(UpstreamError) as raised:
            await FaceService(wire).model()
    assert raised.value.problem("en").code == "not_found"
    assert raised.value.problem("en").status == 404


async def test_a_problem_that_is_passed_on_is_in_the_language_of_whoever_reads_it() -> None:
    async with calling(service()) as wire:
        with pytest.raises(UpstreamError) as raised:
            await FaceService(wire).model()
        said = [await wire.get(at("/v1/model"), headers={"Accept-Language": one}) for one in ("ko", "en")]
    there = NotFoundError(what="model")
    for language, answer in zip(("ko", "en"), said, strict=True):
        passed_on = raised.value.problem(language).model_dump(exclude_none=True)
        assert passed_on["detail"] == there.problem(language).detail
        assert answer.json().keys() == passed_on.keys(), "a reader gets one language"


async def test_a_database_that_is_away_is_worth_another_try() -> None:
    async with calling(service()) as wire:
        answer = await wire.get(at("/away"), headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "database_away"
    assert "QueuePool" not in answer.text


async def test_the_log_does_not_tell_what_opens_a_door() -> None:
    with capture_logs() as told:
        async with calling(service()) as wire:
            await wire.get(at("/welcome/what-one-person-knows"))
    assert "/welcome/…" in str(told)
    assert "what-one-person-knows" not in str(told)


async def test_a_service_that_is_not_there_is_unavailable() -> None:
    async with open_wire() as wire:
        with pytest.raises(UnavailableError):
            await FaceService(wire).model()


@pytest.mark.parametrize("wrong", [{"name": "a", "aliases": ["\ud800"]}, {"name": "a", "group": "\udfff"}])
def test_half_a_surrogate_pair_is_no_text_on_any_wire(wrong: dict[str, object]) -> None:
    """JSON can write it as an escape; PostgreSQL and the file system can't hold it."""
    with pytest.raises(ValidationError, match="unicode"):
        NewPerson.model_validate(wrong)
