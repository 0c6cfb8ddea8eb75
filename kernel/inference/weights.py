"""Packs of weights: which files, of which SHA-256, from where, under which licence; finding, verifying, pulling."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from kernel.contracts.errors import UnavailableError
from kernel.inference.backend import BackendUnavailableError

CHUNK = 1 << 20


@dataclass(frozen=True)
class WeightFile:
    """One file of a pack. `url` is its official address; None when it can only be brought by hand."""

    name: str
    sha256: str
    size: int
    url: str | None = None


@dataclass(frozen=True)
class Pack:
    """Weights that belong together, in a directory of the pack's name."""

    name: str
    files: tuple[WeightFile, ...]
    licence: str
    source: str
    shared: str | None = None  # its folder under a `../shared/data` beside the checkout, when that is there
    notice: str | None = None


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def candidates(pack: Pack, configured: Path | None, packs_dir: Path) -> Iterator[Path]:
    """Directories to look in, in order: the setting, the local model directory, beside the checkout."""
    if configured is not None:
        yield configured
        return
    yield packs_dir / pack.name
    if pack.shared is not None:
        checkout = Path(__file__).resolve().parents[2]
        yield checkout.parent / "shared" / "data" / pack.shared


def problems(pack: Pack, directory: Path) -> list[str]:
    """What is wrong with the pack in `directory`; an empty list when every file is there and unaltered."""
    found = []
    for file in pack.files:
        path = directory / file.name
        if not path.is_file():
            found.append(f"{file.name} is missing")
        elif path.stat().st_size != file.size:
            found.append(f"{file.name} has {path.stat().st_size} bytes instead of {file.size}")
        elif digest(path) != file.sha256:
            found.append(f"{file.name} has another SHA-256")
    return found


def find(pack: Pack, configured: Path | None, packs_dir: Path) -> Path:
    """The first directory that holds the whole pack, checked by SHA-256.

    Raises BackendUnavailableError with what is wrong where it looked and the command that brings it.
    """
    reasons = []
    for directory in candidates(pack, configured, packs_dir):
        wrong = problems(pack, directory)
        if not wrong:
            return directory
        reasons.append(f"{directory}: {', '.join(wrong)}")
    raise BackendUnavailableError(
        backend=pack.name, reason="; ".join(reasons), remedy=f"scenedesk models pull {pack.name}"
    )


def pull(pack: Pack, packs_dir: Path, report: Callable[[str, int, int], None], timeout_s: float = 30.0) -> Path:
    """Fetch what is missing of a pack from its official addresses, resuming partial files.

    `report(file, bytes_so_far, bytes_in_all)` is called as it goes. Nothing is put in place before its
    SHA-256 is right. Raises UnavailableError when an address does not answer, is not known, or lies.
    """
    directory = packs_dir / pack.name
    directory.mkdir(parents=True, exist_ok=True)
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 5.0))) as client:
        for file in pack.files:
            target = directory / file.name
            if not (target.is_file() and digest(target) == file.sha256):
                _fetch(client, file, target, report)
    return directory


def _fetch(client: httpx.Client, file: WeightFile, target: Path, report: Callable[[str, int, int], None]) -> None:
    if file.url is None:
        raise UnavailableError(what=file.name, reason="it has no address to fetch it from.", remedy="Bring it by hand.")
    partial = target.with_name(target.name + ".part")
    try:
        _download(client, file, partial, report)
    except httpx.HTTPError as error:
        raise UnavailableError(
            what=file.name, reason=f"{file.url}: {type(error).__name__}.", remedy="Try again; it resumes."
        ) from error
    if digest(partial) != file.sha256:
        partial.unlink()
        raise UnavailableError(what=file.name, reason="its SHA-256 is not the pinned one.", remedy="")
    partial.replace(target)


def _download(client: httpx.Client, file: WeightFile, partial: Path, report: Callable[[str, int, int], None]) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    if have >= file.size:
        return
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", str(file.url), headers=headers) as response:
        response.raise_for_status()
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        have = have if resumed else 0
        with partial.open("ab" if resumed else "wb") as out:
            for chunk in response.iter_bytes(CHUNK):
                out.write(chunk)
                have += len(chunk)
                report(file.name, have, file.size)
                if have > file.size:
                    break
