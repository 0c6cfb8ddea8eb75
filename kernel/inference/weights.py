"""Packs of weights: which files, of which SHA-256, from where, under which licence; finding, verifying, pulling."""

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from kernel.contracts.errors import Language, UnavailableError, Words, spoken
from kernel.inference.backend import BackendUnavailableError

CHUNK = 1 << 20
UNSTATED_LARGEST = 1 << 30
NO_ADDRESS = Words("it has no address to fetch it from.", "받을 주소가 없습니다.")
AGAIN = Words("Try again; it resumes.", "다시 시도하면 이어서 받습니다.")


@dataclass(frozen=True)
class WeightFile:
    """One file of a pack. `url` is its official address; None when it can only be brought by hand.

    `size` is None where its publisher states only the SHA-256.
    """

    name: str
    sha256: str
    size: int | None
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
    archive: WeightFile | None = None  # the official zip that `files` are taken out of, when they have no own address

    @property
    def downloads(self) -> tuple[WeightFile, ...]:
        """What `pull` fetches, by the names it reports."""
        return self.files if self.archive is None else (self.archive,)


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


def problems(pack: Pack, directory: Path) -> list[Words]:
    """What is wrong with the pack in `directory`; an empty list when every file is there and unaltered."""
    found = []
    for file in pack.files:
        path = directory / file.name
        if not path.is_file():
            found.append(Words(f"{file.name} is missing", f"{file.name} 없음"))
        elif file.size is not None and path.stat().st_size != file.size:
            bytes_ = path.stat().st_size
            en, ko = (
                f"{file.name} has {bytes_} bytes instead of {file.size}",
                f"{file.name} {file.size}바이트가 아니라 {bytes_}바이트",
            )
            found.append(Words(en, ko))
        elif digest(path) != file.sha256:
            found.append(Words(f"{file.name} has another SHA-256", f"{file.name} SHA-256 다름"))
    return found


def find(pack: Pack, configured: Path | None, packs_dir: Path) -> Path:
    """The first directory that holds the whole pack, checked by SHA-256.

    Raises BackendUnavailableError with what is wrong where it looked and the command that brings it.
    """
    looked: list[tuple[Path, list[Words]]] = []
    for directory in candidates(pack, configured, packs_dir):
        wrong = problems(pack, directory)
        if not wrong:
            return directory
        looked.append((directory, wrong))
    reason = Words.made(lambda language: "; ".join(_looked(language, *each) for each in looked))
    raise BackendUnavailableError(backend=pack.name, reason=reason, remedy=f"scenedesk models pull {pack.name}")


def _looked(language: Language, directory: Path, wrong: list[Words]) -> str:
    return f"{directory}: {', '.join(spoken(each, language) for each in wrong)}"


def pull(pack: Pack, packs_dir: Path, report: Callable[[str, int, int], None], timeout_s: float = 30.0) -> Path:
    """Fetch what is missing of a pack from its official addresses, resuming partial files.

    `report(file, bytes_so_far, bytes_in_all)` is called as it goes. Nothing is put in place before its
    SHA-256 is right. Raises UnavailableError when an address does not answer, is not known, or lies.
    """
    directory = packs_dir / pack.name
    directory.mkdir(parents=True, exist_ok=True)
    with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 5.0))) as client:
        missing = [file for file in pack.files if not _is_there(file, directory / file.name)]
        if missing and pack.archive is not None:
            _fetch_archive(client, pack.archive, missing, directory, report)
        else:
            for file in missing:
                _fetch(client, file, directory / file.name, report)
    return directory


def _is_there(file: WeightFile, path: Path) -> bool:
    return path.is_file() and digest(path) == file.sha256


def _fetch_archive(
    client: httpx.Client,
    archive: WeightFile,
    missing: list[WeightFile],
    directory: Path,
    report: Callable[[str, int, int], None],
) -> None:
    zipped = directory / archive.name
    if not _is_there(archive, zipped):
        _fetch(client, archive, zipped, report)
    with zipfile.ZipFile(zipped) as opened:
        members = {Path(name).name: name for name in opened.namelist()}
        for file in missing:
            _unzip(opened, members.get(file.name), file, directory / file.name)
    zipped.unlink()


def _unzip(opened: zipfile.ZipFile, member: str | None, file: WeightFile, target: Path) -> None:
    if member is None:
        raise UnavailableError(
            what=file.name, reason=Words("its archive does not hold it.", "압축 파일 안에 없습니다."), remedy=""
        )
    partial = target.with_name(target.name + ".part")
    with opened.open(member) as packed, partial.open("wb") as out:
        shutil.copyfileobj(packed, out, CHUNK)
    _put_in_place(file, partial, target)


def _fetch(client: httpx.Client, file: WeightFile, target: Path, report: Callable[[str, int, int], None]) -> None:
    if file.url is None:
        raise UnavailableError(
            what=file.name, reason=NO_ADDRESS, remedy=Words("Bring it by hand.", "직접 넣어 주세요.")
        )
    partial = target.with_name(target.name + ".part")
    try:
        _download(client, file, partial, report)
    except httpx.HTTPError as error:
        raise UnavailableError(what=file.name, reason=f"{file.url}: {type(error).__name__}.", remedy=AGAIN) from error
    _put_in_place(file, partial, target)


def _put_in_place(file: WeightFile, partial: Path, target: Path) -> None:
    if digest(partial) != file.sha256:
        partial.unlink()
        raise UnavailableError(
            what=file.name,
            reason=Words("its SHA-256 is not the pinned one.", "SHA-256이 고정된 값과 다릅니다."),
            remedy="",
        )
    partial.replace(target)


def _download(client: httpx.Client, file: WeightFile, partial: Path, report: Callable[[str, int, int], None]) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    if file.size is None:
        have = 0  # nobody can tell a whole partial file from a broken-off one
    elif have >= file.size:
        return
    headers = {"Range": f"bytes={have}-"} if have else {}
    with client.stream("GET", str(file.url), headers=headers) as response:
        response.raise_for_status()
        resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
        have = have if resumed else 0
        whole = file.size or have + int(response.headers.get("Content-Length", UNSTATED_LARGEST))
        with partial.open("ab" if resumed else "wb") as out:
            for chunk in response.iter_bytes(CHUNK):
                out.write(chunk)
                have += len(chunk)
                report(file.name, have, whole)
                if have > whole:
                    break
