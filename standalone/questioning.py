"""Rows of an older pipeline imported into a library of their own, questions asked of it, and what was found.

The real import and the real services, over a temporary database: no library of anybody is opened.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import httpx
from pydantic import SecretStr, ValidationError

import embed_service.app
import gateway.app
import search_service.app
from gateway.imports import rows as imports
from kernel.clients import SearchService
from kernel.contracts.errors import LANGUAGES, InvalidError, Language
from kernel.contracts.malformed import MalformedError
from kernel.contracts.search import SearchRequest, SearchResponse
from kernel.settings import Settings
from kernel.storage.embedded import temporary_server
from kernel.storage.migrate import migrate
from kernel.wire import address, open_wire
from standalone.relevance import Cast, Moment, Outcome, Queries, Query, Seen, distinct, figures, true_rows
from standalone.rest import TIMEOUT, Library

ASKED_FOR = 20  # hits: at least ten rows where there are ten, and a rank for mrr beyond these


class NotJsonError(InvalidError):
    code = "not_json"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{path} is no JSON: {reason}",
        "ko": "{path}은(는) 올바른 JSON이 아닙니다: {reason}",
    }


class QueriesError(MalformedError):
    code = "queries"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The questions can't be used: {reason}",
        "ko": "질문 파일을 사용할 수 없습니다: {reason}",
    }


class EmptyCorpusError(InvalidError):
    code = "empty_corpus"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "No row of {path} can be used: {reason}",
        "ko": "{path}에 쓸 수 있는 행이 없습니다: {reason}",
    }


@dataclass(frozen=True)
class Corpus:
    """What was imported: each row by the segment it became."""

    rows: dict[UUID, Seen]
    cast: Cast
    refused: int

    def moments(self, found: SearchResponse) -> list[Moment]:
        """Rows of an answer in order; a passage stands for its rows in order of time."""
        segments = (segment for hit in found.hits for segment in hit.segments or [hit.segment_id])
        return list(distinct(self.rows[segment].moment for segment in segments))


async def measure(settings: Settings, corpus: Path, queries: Path, language: Language = "en") -> dict[str, Any]:
    """Every figure of `scenedesk eval search`. Raises NotJsonError, ImportFormError, EmptyCorpusError, QueriesError."""
    payload = loaded(corpus)
    known, asked = corpus_of(payload, corpus, language), queries_in(queries)
    async with scratch_library(settings, language) as (library, search):
        await library.import_metadata(json.dumps(payload).encode())
        answers = [await _ask(search, query) for query in asked]
    outcomes = [
        Outcome(
            query,
            true_rows(query, known.rows.values(), known.cast),
            {said_in: known.moments(answer) for said_in, answer in found.items()},
        )
        for query, found in zip(asked, answers, strict=True)
    ]
    return {
        **figures(outcomes),
        "rows": len(known.rows),
        "refused": known.refused,
        "model_id": _model(answers),
        "questions": [_shown(outcome, found, known) for outcome, found in zip(outcomes, answers, strict=True)],
    }


def loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotJsonError(path=path.name, reason=str(error)) from error


def queries_in(path: Path) -> tuple[Query, ...]:
    """The file's questions. Raises NotJsonError, QueriesError: a question nobody could ask is told of, not left out."""
    payload = loaded(path)
    try:
        return Queries.model_validate({"queries": payload} if isinstance(payload, list) else payload).queries
    except ValidationError as error:
        raise QueriesError(error.errors(include_url=False)) from error


def corpus_of(payload: Any, path: Path, language: Language = "en") -> Corpus:
    """The rows as the import reads them, by the ids it gives them. Raises ImportFormError, EmptyCorpusError."""
    read = imports.read(payload, language)
    cast = Cast({member: aliases for (_, member), aliases in read.people.items()})
    rows = {
        segment.id: _seen(name, row, cast)
        for name, its in read.videos.items()
        for segment, row in zip(
            imports.segments_of(imports.video_uuid(name), its, lambda _who: UUID(int=0)), its, strict=True
        )
    }
    if not rows:
        raise EmptyCorpusError(path=path.name, reason=read.refused[0].reason if read.refused else "-")
    return Corpus(rows, cast, sum(row.part == "rows" for row in read.refused))


def _seen(video: str, row: imports.Row, cast: Cast) -> Seen:
    known = (who[1] for face in row.faces if (who := imports.who_is(face)) is not None)
    caption = row.caption if imports.language_of(row.caption) == "en" else ""
    return Seen((video, round(row.timestamp * 1000)), caption, cast.of(known))


@asynccontextmanager
async def scratch_library(settings: Settings, language: Language) -> AsyncIterator[tuple[Library, SearchService]]:
    """A library on a database of its own, empty, gone with the block, whatever DATABASE_URL says."""
    async with temporary_server() as url:
        await migrate(url)
        with tempfile.TemporaryDirectory(prefix="scenedesk-eval-") as folder:
            here = settings.model_copy(
                update={
                    "data_dir": Path(folder),
                    "models_dir": settings.packs_dir,
                    "database_url": SecretStr(url),
                }
            )
            opened: list[httpx.AsyncClient] = []
            apps = {
                "embed-service": embed_service.app.create_app(here, url),
                "search-service": search_service.app.create_app(here, url, lambda: opened[0]),
                "gateway": gateway.app.create_app(here, url, lambda: opened[0]),
            }
            async with open_wire(apps) as wire:
                opened.append(wire)
                transport = httpx.ASGITransport(apps["gateway"], raise_app_exceptions=False)
                headers = {"Accept-Language": language}
                async with httpx.AsyncClient(
                    transport=transport, base_url=address("gateway"), timeout=TIMEOUT, headers=headers
                ) as client:
                    yield Library(client), SearchService(wire)


async def _ask(search: SearchService, query: Query) -> dict[Language, SearchResponse]:
    return {
        language: await search.search(SearchRequest(query=written, limit=ASKED_FOR))
        for language in LANGUAGES
        if (written := query.written(language)) is not None
    }


def _model(answers: Iterable[dict[Language, SearchResponse]]) -> str | None:
    models = (answer.model.model_id for found in answers for answer in found.values() if answer.model)
    return next(models, None)


def _shown(outcome: Outcome, answers: dict[Language, SearchResponse], corpus: Corpus) -> dict[str, Any]:
    captions = {row.moment: row.caption for row in corpus.rows.values()}
    return {
        **outcome.query.model_dump(exclude_defaults=True),
        "true": len(outcome.true),
        "scores": {
            language: {name: round(value, 4) for name, value in its.items()} for language, its in outcome.scores.items()
        },
        "overlap10": outcome.overlap,
        "nothing": {language: answer.nothing for language, answer in answers.items() if answer.nothing},
        "found": {language: _rows(moments, outcome.true, captions) for language, moments in outcome.found.items()},
    }


def _rows(moments: Sequence[Moment], true: frozenset[Moment], captions: dict[Moment, str]) -> list[dict[str, Any]]:
    return [
        {"video_id": moment[0], "timestamp": moment[1] / 1000, "right": moment in true, "caption": captions[moment]}
        for moment in moments[:10]
    ]
