"""Editing through REST: edits a second with a short and a long history, and seconds until an edit is searchable.

python bench/editing.py [LONG_HISTORY] [SEGMENTS]

One product on a socket with its own embedded database and the offline text model; a video of 3,000 segments. Captions
and splits, each with `If-Match` and a key of its own, one after the other; CPU seconds are the product's and the
client's together. The long history is written as the library writes it, many edits at a time, and without the jobs that
would index each.
"""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert, update

from gateway.editor.operations import Scene, operate
from gateway.editor.timeline import Edit, Signature, Timeline
from gateway.editor.upcasting import SCHEMA
from gateway.library import segments
from gateway.tables import videos
from gateway.timeline_tables import edits, touches
from kernel.contracts.editing import SetCaption
from kernel.contracts.library import Segment
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.telemetry import configure_logs
from standalone.product import open_standalone

SEGMENTS = 3_000
MEASURED = 200
BATCH = 500
SEARCHED = 20
MOST_SECONDS = 3.0
MOST_GROWTH = 1.5
WORDS = [
    "민지가",
    "하니와",
    "무대",
    "위에서",
    "노래를",
    "부르며",
    "관객에게",
    "손을",
    "흔든다",
    "그리고",
    "컵을",
    "들고",
    "걷는다",
]


class Editor:
    """One client that always looked at what it did last."""

    def __init__(self, client: httpx.AsyncClient, video: UUID, ids: list[str], version: int) -> None:
        self.client, self.video, self.ids, self.version = client, video, ids, version
        self.random = random.Random(7)

    async def caption(self, words: str | None = None) -> str:
        target = self.random.choice(self.ids)
        said = words or " ".join(self.random.sample(WORDS, 6))
        await self.send({"op": "caption", "segment_ids": [target], "language": "ko", "text": said})
        return target

    async def split(self) -> None:
        target = self.ids.pop(self.random.randrange(len(self.ids)))
        shown = (await self.client.get(f"/v1/segments/{target}")).json()["span"]
        middle = (shown["start_ms"] + shown["end_ms"]) // 2
        await self.send({"op": "split", "segment_id": target, "at_ms": [middle]})

    async def send(self, command: dict[str, object]) -> None:
        headers = {"If-Match": str(self.version), "Idempotency-Key": uuid4().hex}
        done = await self.client.post(f"/v1/videos/{self.video}/edits", json={"command": command}, headers=headers)
        done.raise_for_status()
        self.version = done.json()["version"]


def rows(count: int) -> list[dict[str, object]]:
    return [
        {"timestamp": second, "video_id": "long", "caption": f"a woman walks past shop {second}", "faces": []}
        for second in range(count)
    ]


async def measured(editor: Editor) -> dict[str, float]:
    times: list[float] = []
    cpu = time.process_time()
    for number in range(MEASURED):
        began = time.perf_counter()
        await (editor.split() if number % 10 == 0 else editor.caption())
        times.append(time.perf_counter() - began)
    return {
        "edits_a_second": round(MEASURED / sum(times), 1),
        "p50_ms": round(statistics.median(times) * 1000, 1),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1] * 1000, 1),
        "cpu_ms_an_edit": round((time.process_time() - cpu) * 1000 / MEASURED, 1),
    }


async def lengthen(database: Database, video: UUID, until: int) -> int:
    """History up to a version, as people would have made it: the same rows, many at a time, and no job for each."""
    chance = random.Random(11)
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video)
    now, version = {one.id: one for one in timeline.segments}, timeline.version
    ids = list(now)
    while version < until:
        made: list[Edit] = []
        before = dict(now)
        for _ in range(min(BATCH, until - version)):
            made.append(_captioned(now, chance, ids, version, video))
            [new] = made[-1].after
            now[new.id], version = new, made[-1].version
        await _keep(database, made, before, now)
    return version


def _captioned(now: dict[UUID, Segment], chance: random.Random, ids: list[UUID], version: int, video: UUID) -> Edit:
    target = chance.choice(ids)
    words = f"{' '.join(chance.sample(WORDS, 6))} {version}"
    command = SetCaption(op="caption", segment_ids=[target], language="ko", text=words)
    seen = Timeline(video_id=video, version=version, segments=(now[target],))
    edit = operate(seen, command, Scene(Signature("caption", "bench", "rest", None), uuid4(), datetime.now(UTC)))
    if not isinstance(edit, Edit):
        raise TypeError(edit)
    return edit


async def _keep(database: Database, made: list[Edit], before: dict[UUID, Segment], now: dict[UUID, Segment]) -> None:
    """What `library.edits.append` keeps of each, and the projection once."""
    touched = list(dict.fromkeys(segment.id for edit in made for segment in edit.after))
    last = made[-1]
    whole = last.model_copy(
        update={"before": tuple(before[one] for one in touched), "after": tuple(now[one] for one in touched)}
    )
    rows = [{"id": uuid4(), "schema": SCHEMA, **edit.model_dump(mode="json")} for edit in made]
    marks = [
        {"segment_id": one, "version": edit.version, "video_id": edit.video_id} for edit in made for one in edit.touched
    ]
    async with database.transaction() as connection:
        await connection.execute(update(videos).where(videos.c.id == last.video_id).values(version=last.version))
        await connection.execute(insert(edits), rows)
        await connection.execute(insert(touches), marks)
        await segments.replace(connection, whole)


async def until_searchable(editor: Editor) -> list[float]:
    """Seconds from the answer to an edit until search finds what it says."""
    found = []
    for _ in range(SEARCHED):
        word = "".join(editor.random.choices("가나다라마바사아자차카타파하", k=8))
        target = await editor.caption(word)
        began = time.perf_counter()
        for _ in count():
            if await _finds(editor.client, word, target):
                break
            await asyncio.sleep(0.02)
        found.append(time.perf_counter() - began)
    return found


async def _finds(client: httpx.AsyncClient, words: str, target: str) -> bool:
    hits = (await client.post("/v1/search", json={"query": words})).json()["hits"]
    return any(target in json.dumps(hit) for hit in hits[:3])


async def main(long: int = 10_000, count: int = SEGMENTS) -> int:
    """0 when both aims are met, else 1."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        settings = Settings(_env_file=None, data_dir=Path(folder), offline=True)
        configure_logs(settings, sys.stderr)
        async with (
            open_standalone(settings, any_port=True) as product,
            httpx.AsyncClient(base_url=product.address, timeout=3_600) as client,
        ):
            (await client.post("/v1/import", json=rows(count))).raise_for_status()
            [video] = (await client.get("/v1/videos")).json()["items"]
            return await figures(client, UUID(video["id"]), product.database_url, long)


async def figures(client: httpx.AsyncClient, video: UUID, url: str, long: int) -> int:
    database = Database(url)
    async with database.transaction() as connection:
        timeline = await segments.timeline(connection, video)
    editor = Editor(client, video, [str(one.id) for one in timeline.segments], timeline.version)
    await editor.caption()
    short = await measured(editor)
    searchable = await until_searchable(editor)
    editor.version = await lengthen(database, video, long)
    after = await measured(editor)
    await database.close()
    growth = after["cpu_ms_an_edit"] / short["cpu_ms_an_edit"]
    print(
        json.dumps(
            {
                "bench": "editing",
                "segments": len(timeline.segments),
                "history": {"short": timeline.version, "long": long},
                "short": short,
                "long": after,
                "cpu_long_over_short": {"ratio": round(growth, 2), "aim": MOST_GROWTH},
                "searchable_s": {
                    "p50": round(statistics.median(searchable), 2),
                    "max": round(max(searchable), 2),
                    "aim": MOST_SECONDS,
                },
            }
        )
    )
    return 0 if growth <= MOST_GROWTH and max(searchable) < MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*map(int, sys.argv[1:]))))
