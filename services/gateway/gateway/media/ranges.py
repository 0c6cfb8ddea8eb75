"""Files with byte ranges whose refusals are problems like all others (RFC 9110, section 14)."""

import re
from typing import ClassVar

from fastapi.responses import FileResponse
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from kernel.contracts.errors import Language, ScenedeskError
from kernel.web import language_of, problem_response

READABLE = re.compile(rb"\s*bytes\s*=\s*(\d+\s*-\s*\d*|-\s*\d+)(\s*,\s*(\d+\s*-\s*\d*|-\s*\d+))*\s*", re.IGNORECASE)
OUTSIDE = 416


class RangeOutsideError(ScenedeskError):
    status = OUTSIDE
    code = "range_outside"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The range lies outside of the file. Content-Range says how long it is.",
        "ko": "요청한 범위가 파일을 벗어납니다. 파일 길이는 Content-Range에 있습니다.",
    }


class RangedFile(FileResponse):
    """A range that can't be read is left aside and the whole file is sent, as if none had been asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = [(name, value) for name, value in scope["headers"] if name != b"range" or READABLE.fullmatch(value)]
        outside: list[Message] = []

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == OUTSIDE:
                outside.append(message)
            if not outside:
                await send(message)

        await super().__call__({**scope, "headers": asked}, receive, said)
        if outside:
            problem = problem_response(RangeOutsideError().problem(language_of(Request(scope))))
            length = next(value for name, value in outside[0]["headers"] if name == b"content-range")
            problem.headers["Content-Range"] = length.decode()
            await problem(scope, receive, send)
