"""Who is to be forgotten, written down beside the database before anything is done about it. Ids alone.

A forgetting that is cut short is finished when the gateway opens next, and a restored backup is held against it.
"""

import json
import os
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

NAME = "forgotten.jsonl"


def path_in(data_dir: Path) -> Path:
    return data_dir / NAME


def write(file: Path, ids: Collection[UUID]) -> None:
    """Add ids; they are on the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC).isoformat()
    with file.open("a", encoding="utf-8") as lines:
        for person_id in sorted(ids):
            lines.write(json.dumps({"person_id": str(person_id), "at": at}) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def read(file: Path) -> set[UUID]:
    """Everybody ever to be forgotten. A line cut short by a crash was followed by nothing, and counts for nothing."""
    if not file.exists():
        return set()
    found = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            found.add(UUID(json.loads(line)["person_id"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found
