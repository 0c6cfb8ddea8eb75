"""Importing rows of an older pipeline: seconds for 1,100 of them, names, words and vectors included.

python bench/imports.py [ROWS]
"""

import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import embed_service.app
from gateway.imports.run import import_rows
from kernel.clients import EmbedService
from kernel.settings import Settings
from kernel.storage.database import Database
from kernel.storage.embedded import embedded_server
from kernel.storage.migrate import migrate
from kernel.wire import open_wire

WORDS = (
    "a",
    "woman",
    "man",
    "sits",
    "stands",
    "walks",
    "sings",
    "dances",
    "in",
    "the",
    "park",
    "stage",
    "street",
    "car",
)


def rows(count: int) -> list[dict[str, Any]]:
    """Captions of EILEV's usual length, one to three of five members a second."""
    chance = random.Random(7)
    return [
        {
            "timestamp": second,
            "video_id": f"video-{second // 400}",
            "caption": " ".join(chance.choices(WORDS, k=chance.randint(8, 20))),
            "faces": [
                {"group": "G", "member": f"Member {chance.randint(1, 5)}", "confidence": 0.8, "bbox": [1, 2, 3, 4]}
                for _ in range(chance.randint(1, 3))
            ],
        }
        for second in range(count)
    ]


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        settings = Settings(_env_file=None, data_dir=Path(folder), offline=True)
        async with embedded_server(settings.data_dir) as url:
            await migrate(url)
            database = Database(url)
            async with open_wire({"embed-service": embed_service.app.create_app(settings, url)}) as wire:
                embed = EmbedService(wire)
                first = await import_rows(database, embed, rows(count))
                again = await import_rows(database, embed, rows(count))
            await database.close()
    figures = {"seconds": first.took_ms / 1000, "again_seconds": again.took_ms / 1000, "aim_seconds": 10 * count / 1100}
    print(json.dumps({"bench": "imports", "rows": count, "segments": first.segments, **figures}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1100))
