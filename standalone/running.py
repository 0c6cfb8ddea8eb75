"""A running product tells other commands of this data directory where it answers."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

FILE = "running.json"


@contextmanager
def announced(data_dir: Path, address: str) -> Iterator[None]:
    """While the block runs, `found(data_dir)` gives `address`."""
    note = data_dir / FILE
    partial = note.with_suffix(".part")
    data_dir.mkdir(parents=True, exist_ok=True)
    partial.write_text(json.dumps({"address": address, "pid": os.getpid()}), encoding="utf-8")
    partial.replace(note)
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def found(data_dir: Path) -> str | None:
    """The address of a product that runs on `data_dir` and answers; None for a note that a crash left behind."""
    try:
        address = str(json.loads((data_dir / FILE).read_text(encoding="utf-8"))["address"])
        healthy = httpx.get(f"{address}/healthz", timeout=2.0, trust_env=False).is_success
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return address if healthy else None
