"""Gemini through google-genai 3: one request in, text that should be JSON of a schema out.

Source: https://googleapis.github.io/python-genai/. Nothing is read from the environment: key, address and
model come from the settings. Retries with backoff are the SDK's (408, 429 and 5xx, connections that broke).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kernel.settings import LanguageModel
from search_service.language_model.errors import (
    LanguageModelError,
    MalformedAnswerError,
    ModelGoneError,
    NotConfiguredError,
    RefusedError,
    TooSlowError,
)

GONE, REFUSALS = 404, (400, 401, 403)
MOST_TOKENS = 4096
LONGEST_PAUSE_S = 8.0


@dataclass(frozen=True)
class Request:
    """What a model is asked: the instruction is ours, `material` is not to be trusted, the answer has a form."""

    instruction: str
    material: str
    form: type[BaseModel]


@dataclass(frozen=True)
class Piece:
    """A part of the answer's text, and the tokens of the whole so far (0 until the model tells)."""

    text: str
    tokens: int


class Gemini:
    """One model at one address."""

    def __init__(self, settings: LanguageModel, key: str) -> None:
        """Raises NotConfiguredError when the SDK is not installed."""
        try:
            import httpx2  # noqa: PLC0415 - an extra's own
            from google import genai  # noqa: PLC0415 - an extra
            from google.genai import errors, types  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise NotConfiguredError from error
        self.model, self._timeout_s = settings.model, settings.timeout_s
        self._types, self._api_error = types, errors.APIError
        # The SDK takes aiohttp wherever that is installed: one way of asking, whatever stands beside it.
        self._wire = httpx2.AsyncClient(follow_redirects=True)
        self._client = genai.Client(
            vertexai=False,
            api_key=key,
            http_options=types.HttpOptions(
                base_url=settings.base_url,
                timeout=round(settings.timeout_s * 1000),
                httpx_async_client=self._wire,
                retry_options=types.HttpRetryOptions(
                    attempts=settings.attempts, initial_delay=settings.pause_s, max_delay=LONGEST_PAUSE_S, jitter=0.2
                ),
            ),
        )

    async def stream(self, request: Request) -> AsyncGenerator[Piece]:
        """The answer's text as it comes. Raises a LanguageModelError, also after some of it has come."""
        within = self._deadline()
        async with within():
            asked = await self._client.aio.models.generate_content_stream(
                model=self.model, contents=request.material, config=self._config(request)
            )
        async with aclosing(asked) as pieces:
            while True:
                # Never around a yield: the caller's own work would be cut short by our deadline.
                async with within():
                    answer = await anext(pieces, None)
                if answer is None:
                    return
                yield self._piece(answer)

    async def write(self, request: Request) -> Piece:
        """The whole answer at once. Raises a LanguageModelError."""
        async with self._deadline()():
            answer = await self._client.aio.models.generate_content(
                model=self.model, contents=request.material, config=self._config(request)
            )
        return self._piece(answer)

    def _piece(self, answer: Any) -> Piece:
        self._check(answer)
        usage = answer.usage_metadata
        return Piece(answer.text or "", (usage.total_token_count if usage else None) or 0)

    async def close(self) -> None:
        await self._client.aio.aclose()
        await self._wire.aclose()

    def _config(self, request: Request) -> Any:
        return self._types.GenerateContentConfig(
            system_instruction=request.instruction,
            temperature=0.0,
            max_output_tokens=MOST_TOKENS,
            response_mime_type="application/json",
            response_schema=request.form,
        )

    def _check(self, answer: Any) -> None:
        """Raises RefusedError when the model would not speak of it."""
        blocked = answer.prompt_feedback and answer.prompt_feedback.block_reason
        if blocked:
            raise RefusedError(model=self.model, reason=str(getattr(blocked, "value", blocked)))
        for candidate in answer.candidates or []:
            reason = getattr(candidate.finish_reason, "value", candidate.finish_reason)
            if reason not in (None, "STOP", "MAX_TOKENS", "FINISH_REASON_UNSPECIFIED"):
                raise RefusedError(model=self.model, reason=str(reason))

    def _deadline(self) -> Callable[[], AbstractAsyncContextManager[None]]:
        """Opens a block that ends at one and the same moment, retries and pauses included, and speaks our errors."""
        at = asyncio.get_running_loop().time() + self._timeout_s

        @asynccontextmanager
        async def within() -> AsyncIterator[None]:
            try:
                async with asyncio.timeout_at(at):
                    yield
            except TimeoutError as error:
                raise TooSlowError(model=self.model, seconds=self._timeout_s) from error
            except self._api_error as error:
                raise self._said(error) from error
            except Exception as error:
                raise self._broke(error) from error

        return within

    def _said(self, error: Any) -> LanguageModelError:
        """What the API refused, without its details: these may repeat what was asked."""
        reason = f"{error.code} {error.status or ''}".strip()
        if error.code == GONE:
            return ModelGoneError(model=self.model)
        if error.code in REFUSALS:
            return RefusedError(model=self.model, reason=reason)
        return LanguageModelError(model=self.model, reason=reason)

    def _broke(self, error: Exception) -> LanguageModelError:
        """Connections that broke, and answers that are no JSON of the API."""
        if "Timeout" in type(error).__name__:
            return TooSlowError(model=self.model, seconds=self._timeout_s)
        if isinstance(error, ValueError):
            return MalformedAnswerError(model=self.model)
        return LanguageModelError(model=self.model, reason=type(error).__name__)
