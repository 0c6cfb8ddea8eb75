"""A POST that creates, done once however often it is sent with the same `Idempotency-Key`."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.access.admission import AtWho
from gateway.desk import AtDesk, Desk
from gateway.library import idempotency as sql
from kernel.contracts.errors import Language, ScenedeskError

Work = Callable[[], Awaitable[tuple[int, BaseModel]]]
Within = Callable[[AsyncConnection], Awaitable[tuple[int, BaseModel]]]


class KeyReusedError(ScenedeskError):
    status = 422
    code = "idempotency_key_reused"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "This Idempotency-Key was used for another request.",
        "ko": "이 Idempotency-Key는 다른 요청에 이미 쓰였습니다.",
    }


class StillWorkingError(ScenedeskError):
    status = 409
    code = "idempotency_in_progress"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The first request with this Idempotency-Key is still being worked on.",
        "ko": "같은 Idempotency-Key의 첫 요청을 아직 처리하고 있습니다.",
    }

    @property
    def retry_after_s(self) -> int | None:
        return 2


def digest(*parts: BaseModel | bytes | str) -> str:
    """What makes two requests the same request."""
    made = hashlib.sha256()
    for part in parts:
        raw = part.model_dump_json() if isinstance(part, BaseModel) else part
        content = raw.encode() if isinstance(raw, str) else raw
        made.update(len(content).to_bytes(8, "big") + content)
    return made.hexdigest()


class Once:
    """Answers a creating request, from memory when its key was answered before."""

    def __init__(self, desk: Desk, key: str | None, route: str) -> None:
        self._desk, self._key, self._route = desk, key, route

    async def answer(self, body_hash: str, work: Work) -> Response:
        """`work`'s status and value as JSON; or the first answer that this key got.

        Raises KeyReusedError when the key came with another body, StillWorkingError while the first is at work.
        A refusal is not remembered: it left nothing behind, and may be tried again.
        """
        if self._key is None:
            return _response(*_plain(await work()))
        async with self._desk.database.transaction() as connection:
            kept = await sql.begin(connection, self._key, self._route, body_hash)
        if kept is not None:
            return _again(kept, body_hash)
        try:
            status, value = _plain(await work())
        except BaseException:
            async with self._desk.database.transaction() as connection:
                await sql.release(connection, self._key, self._route)
            raise
        async with self._desk.database.transaction() as connection:
            await sql.finish(connection, self._key, self._route, status, value)
        return _response(status, value)

    async def answer_within(self, body_hash: str, work: Within) -> Response:
        """As `answer`, with what the work does and what is remembered of it in one transaction.

        Killed anywhere, either both are there or neither; a second request waits for the first.
        """
        async with self._desk.database.transaction() as connection:
            if self._key is None:
                return _response(*_plain(await work(connection)))
            kept = await sql.begin(connection, self._key, self._route, body_hash)
            if kept is not None:
                return _again(kept, body_hash)
            status, value = _plain(await work(connection))
            await sql.finish(connection, self._key, self._route, status, value)
        return _response(status, value)


def _plain(answer: tuple[int, BaseModel]) -> tuple[int, Any]:
    return answer[0], answer[1].model_dump(mode="json")


def _again(kept: sql.Kept, body_hash: str) -> Response:
    if kept.body_hash != body_hash:
        raise KeyReusedError
    if kept.status is None:
        raise StillWorkingError
    return _response(kept.status, kept.response, {"Idempotency-Replayed": "true"})


def _response(status: int, value: Any, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(value, status_code=status, headers=headers)


def _once(
    request: Request,
    desk: AtDesk,
    who: AtWho,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x20-\x7e]+$",
            description="Sent twice with the same body, the work is done once and the first answer given again",
            examples=["5b0e8f3c-upload-day2"],
        ),
    ] = None,
) -> Once:
    # A key is its sender's: nobody is given the answer that somebody else got.
    return Once(desk, idempotency_key, f"{who.actor} {request.method} {request.url.path}"[:500])


AtOnce = Annotated[Once, Depends(_once)]
