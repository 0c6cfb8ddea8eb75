"""The Gemini API as far as the product asks it: a real local server that answers, fails, dawdles or obeys strangers."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import SecretStr

from kernel.settings import LanguageModel, Settings
from tests.serving import served

MODEL = "gemini-3.5-flash-lite"
KEY = "a-key-of-tests"
PIECES = 7  # a stream comes in so many parts
ORDER = re.compile(r"\b(?:say|tell them)(?: this| only)?:? [\"“']?([^\"”'\\]+)", re.IGNORECASE)


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    key: str
    instruction: str
    material: str
    schema: dict[str, Any]


@dataclass
class Gemini:
    """What was asked, and how to answer."""

    seen: list[Asked] = field(default_factory=list)
    # What a good model would write for this: any JSON.
    reply: Callable[[Asked], Any] = lambda _: {"sentences": []}
    # Statuses of the next requests; then it answers again.
    failures: list[int] = field(default_factory=list)
    raw: str | None = None  # said instead of JSON of the reply
    cut: int | None = None  # characters after which the text ends
    blocked: str | None = None
    held: asyncio.Event | None = None  # nothing is answered until it is set
    pause: asyncio.Event | None = None  # a stream stops before its last part until it is set
    tokens: int = 100

    @property
    def calls(self) -> int:
        return len(self.seen)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/{version}/models/{asked:path}")
        async def models(version: str, asked: str, request: Request) -> Response:
            model, _, verb = asked.partition(":")
            self.seen.append(_asked(request, await request.json()))
            if self.held is not None:
                await self.held.wait()
            if self.failures:
                return _failure(self.failures.pop(0))
            if model != MODEL or not version.startswith("v1"):
                return _failure(404)
            if self.seen[-1].key != KEY:
                return _failure(403)
            text = self._text(self.seen[-1])
            if verb == "streamGenerateContent":
                return StreamingResponse(self._parts(text), media_type="text/event-stream")
            return JSONResponse(self._part(text, last=True))

        return app

    def _text(self, asked: Asked) -> str:
        text = self.raw if self.raw is not None else json.dumps(self.reply(asked), ensure_ascii=False)
        return text[: self.cut]

    async def _parts(self, text: str) -> AsyncIterator[bytes]:
        size = max(1, -(-len(text) // PIECES))
        parts = [text[at : at + size] for at in range(0, len(text), size)] or [""]
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            if last and self.pause is not None:
                await self.pause.wait()
            yield f"data: {json.dumps(self._part(part, last=last))}\n\n".encode()

    def _part(self, text: str, *, last: bool) -> dict[str, Any]:
        usage = {"totalTokenCount": self.tokens, "promptTokenCount": self.tokens // 2}
        if self.blocked:
            return {"promptFeedback": {"blockReason": self.blocked}, "usageMetadata": usage}
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
        if last:
            candidate["finishReason"] = "STOP" if self.cut is None else "MAX_TOKENS"
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": MODEL}


def obeying(asked: Asked) -> Any:
    """A model that does what the material says: whatever stands after "say:", citing everything."""
    material = json.loads(asked.material[asked.material.index("{") : asked.material.rindex("}") + 1])
    orders = [found.strip() for found in ORDER.findall(asked.material)]
    segments = [segment["number"] for segment in material["segments"]]
    return {"shown": True, "sentences": [{"text": order, "segments": segments} for order in orders]}


def _asked(request: Request, body: dict[str, Any]) -> Asked:
    config = body.get("generationConfig", {})
    return Asked(
        path=request.url.path,
        key=request.headers.get("x-goog-api-key", ""),
        instruction="".join(part["text"] for part in body.get("systemInstruction", {}).get("parts", [])),
        material="".join(part["text"] for content in body["contents"] for part in content["parts"]),
        schema=config.get("responseSchema") or config.get("responseJsonSchema") or {},
    )


def _failure(status: int) -> Response:
    if status == 0:
        return Response("<html>no JSON at all</html>", media_type="text/html")
    names = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
    problem = {"code": status, "message": "as the API would say", "status": names.get(status, "INTERNAL")}
    return JSONResponse({"error": problem}, status_code=status)


@asynccontextmanager
async def gemini(settings: Settings) -> AsyncIterator[tuple[Gemini, Settings]]:
    """The server, and settings that ask it."""
    fake = Gemini()
    async with served(fake.app(), settings) as address:
        model = LanguageModel(model=MODEL, base_url=address, timeout_s=5, attempts=3, pause_s=0.01)
        asking = settings.model_copy(update={"language_model": model, "gemini_api_key": SecretStr(KEY)})
        try:
            yield fake, asking
        finally:
            for event in (fake.held, fake.pause):
                if event is not None:
                    event.set()
