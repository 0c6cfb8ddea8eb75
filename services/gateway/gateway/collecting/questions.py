"""What is asked of the program that collects (`web.py`), and what it answers."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from kernel.contracts.model import Value


class Manners(BaseModel):
    source: str
    address: str | None = None
    pause_s: float
    robots: bool
    private_hosts: tuple[str, ...] = ()
    folder: Path
    max_bytes: int


class Question(BaseModel):
    what: Literal["pictures", "picture", "videos"]
    of: str
    limit: int = 1


class Brought(BaseModel):
    """A picture that was fetched: its file, and the address it came from in the end."""

    file: str
    address: str


class Listed(Value):
    """A video: its address, its title where the listing has one, and what its site calls it (`youtube:…`)."""

    address: str
    title: str | None = None
    site_id: str | None = None
