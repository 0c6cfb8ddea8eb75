"""Asking the language model: what was said before is said again, what the day's budget allows is asked."""

import hashlib
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from kernel.settings import Settings
from kernel.storage.database import Database
from search_service.language_model import books
from search_service.language_model.books import Said
from search_service.language_model.errors import (
    BudgetSpentError,
    LanguageModelError,
    MalformedAnswerError,
    NotConfiguredError,
)
from search_service.language_model.gemini import Gemini, Piece, Request
from search_service.language_model.partial import Items

Form = TypeVar("Form", bound=BaseModel)
Task = Literal["answer", "summary", "wording", "keywords"]


LINES_A_REQUEST = 20


class Line(BaseModel):
    number: int
    text: str


class Lines(BaseModel):
    lines: list[Line]


WhyNot = LanguageModelError | None


@dataclass(frozen=True)
class Written(Generic[Form]):
    """A model's answer in the form that was asked for."""

    value: Form
    model_id: str
    made_at: datetime


class LanguageModelDesk:
    """The configured model, with its memory and its purse; many requests may ask at once."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._limits = database, settings.language_model
        self._key = settings.gemini_api_key
        # Offline, only a server that was named is asked: it may be this very machine.
        self.configured = self._key is not None and not (settings.offline and self._limits.base_url is None)
        self._opened: Gemini | None = None

    @property
    def model_id(self) -> str:
        return self._limits.model

    async def write(self, task: Task, instruction: str, material: str, form: type[Form]) -> Written[Form]:
        """Ask once for each different question. Raises a LanguageModelError."""
        request = Request(instruction, material, form)
        if (known := await self._known(task, request)) is not None:
            return Written(form.model_validate(known.result), known.model_id, known.made_at)
        model = self._model()
        await self._reserve()
        piece = await model.write(request)
        await self._charge(piece)
        return await self._keep(task, request, form, piece.text)

    async def items(
        self, task: Task, instruction: str, material: str, form: type[Form], of: str
    ) -> AsyncGenerator[Any]:
        """The entries of the form's list `of`, each as soon as it is complete, as plain JSON.

        Raises a LanguageModelError, MalformedAnswerError also when the text ends before the form is complete;
        what was yielded before then was well-formed.
        """
        request = Request(instruction, material, form)
        if (known := await self._known(task, request)) is not None:
            for item in known.result[of]:
                yield item
            return
        model = self._model()
        await self._reserve()
        read, tokens = Items(of), 0
        try:
            async with aclosing(model.stream(request)) as pieces:
                async for piece in pieces:
                    tokens = max(tokens, piece.tokens)
                    for item in read.feed(piece.text):
                        yield item
        finally:
            await self._charge(Piece("", tokens))
        await self._keep(task, request, form, read.text)

    async def lines(self, task: Task, instruction: str, texts: Sequence[str]) -> tuple[dict[str, Said], WhyNot]:
        """What is said for each text, many asked for at once and each remembered alone; and what kept the rest back.

        `result` of each is a text. Texts the model left out are left out here too.
        """
        keys = {text: self._key_of(task, Request(instruction, text, Lines)) for text in dict.fromkeys(texts)}
        async with self._database.transaction() as connection:
            known = await books.find_many(connection, keys.values())
        found = {text: known[key] for text, key in keys.items() if key in known}
        missing = [text for text in keys if text not in found]
        for first in range(0, len(missing), LINES_A_REQUEST):
            try:
                fresh = await self._fresh_lines(instruction, missing[first : first + LINES_A_REQUEST])
            except LanguageModelError as error:
                return found, error
            async with self._database.transaction() as connection:
                for text, said in fresh.items():
                    await books.keep(connection, keys[text], task, said)
            found |= fresh
        return found, None

    async def _fresh_lines(self, instruction: str, texts: Sequence[str]) -> dict[str, Said]:
        material = json.dumps({"lines": [{"number": n, "text": t} for n, t in enumerate(texts, 1)]}, ensure_ascii=False)
        model = self._model()
        await self._reserve()
        piece = await model.write(Request(instruction, material, Lines))
        await self._charge(piece)
        try:
            lines = Lines.model_validate_json(piece.text).lines
        except ValidationError as error:
            raise MalformedAnswerError(model=self.model_id) from error
        now = datetime.now(UTC)
        return {
            texts[line.number - 1]: Said(line.text, self.model_id, now)
            for line in lines
            if 1 <= line.number <= len(texts) and line.text.strip()
        }

    async def forget(self, words: list[str], before: datetime | None) -> int:
        """Drop what holds one of the words, or all that was said before a moment; how many that were."""
        async with self._database.transaction() as connection:
            dropped = await books.forget(connection, words) if words else 0
            return dropped + (await books.forget_before(connection, before) if before else 0)

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    def _model(self) -> Gemini:
        if not self.configured or self._key is None:
            raise NotConfiguredError
        if self._opened is None:
            self._opened = Gemini(self._limits, self._key.get_secret_value())
        return self._opened

    async def _known(self, task: Task, request: Request) -> Said | None:
        async with self._database.transaction() as connection:
            return await books.find(connection, self._key_of(task, request))

    async def _reserve(self) -> None:
        async with self._database.transaction() as connection:
            if not await books.reserve(connection, self._limits):
                raise BudgetSpentError

    async def _charge(self, piece: Piece) -> None:
        async with self._database.transaction() as connection:
            await books.charge(connection, piece.tokens)

    async def _keep(self, task: Task, request: Request, form: type[Form], text: str) -> Written[Form]:
        try:
            value = form.model_validate_json(text)
        except ValidationError as error:
            raise MalformedAnswerError(model=self.model_id) from error
        said = Said(value.model_dump(mode="json"), self.model_id, datetime.now(UTC))
        async with self._database.transaction() as connection:
            await books.keep(connection, self._key_of(task, request), task, said)
        return Written(value, said.model_id, said.made_at)

    def _key_of(self, task: Task, request: Request) -> str:
        parts = [task, self.model_id, request.instruction, request.material, request.form.model_json_schema()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
