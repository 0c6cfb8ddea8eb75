"""The embedded PostgreSQL: binaries from a wheel, under a small supervisor of our own.

One process owns a data folder (a lock says so). The server is its foreground child, restarted when it dies,
reachable by password only, on loopback TCP and a Unix socket. See docs/decisions/0050-embedded-postgres.md.
"""

import asyncio
import fcntl
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, ClassVar

import asyncpg

from kernel.contracts.errors import Language, ScenedeskError
from kernel.storage.account import MAJOR, Account, EmbeddedUnavailableError, account, binaries, home
from kernel.telemetry import logger

NAME = "scenedesk"  # of the database and its owner
STARTUP_S = 120.0  # recovery after a crash can take a while; a server that exits is noticed at once
STOP_S = 30.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 2.0  # between restarts
LONGEST_SOCKET = 107  # bytes in sockaddr_un.sun_path, less the closing NUL
LARGEST_LOG = 10_000_000
MEGABYTE = 1_048_576

OPTIONS: Mapping[str, str] = {
    "max_connections": "100",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Everything lies in memory or on a disk without a moving arm; statements take milliseconds.
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_maintenance_workers": "2",
}

# Where Linux says what a container may use: v2 files at the root, v1 below `memory`.
CGROUPS = Path("/sys/fs/cgroup")

log = logger("embedded")


def memory_options(total_bytes: float) -> dict[str, str]:
    """What PostgreSQL may hold of a machine's memory: an eighth for pages, at most 2 GB (taken as it is used)."""
    eighth = int(total_bytes // 8 // MEGABYTE)
    return {
        "shared_buffers": f"{min(2_048, max(128, eighth))}MB",
        "effective_cache_size": f"{max(256, 4 * eighth)}MB",
        "maintenance_work_mem": f"{min(1_024, max(64, eighth // 2))}MB",
    }


class DatabaseInUseError(ScenedeskError):
    status = 409
    code = "database_in_use"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "Another Scenedesk process is using {path}. Stop it first, or choose another data folder.",
        "ko": "다른 Scenedesk 프로세스가 {path}을(를) 사용 중입니다. 먼저 종료하거나 다른 데이터 폴더를 지정해 주세요.",
    }


class OtherMajorError(ScenedeskError):
    status = 503
    code = "database_version"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The database in {path} was written by PostgreSQL {found}, but this Scenedesk carries {wanted}. "
        "Dump it with the older version and load it into a fresh data folder.",
        "ko": "{path}의 데이터베이스는 PostgreSQL {found}에서 만들어졌지만 이 버전은 {wanted}을(를) 사용합니다. "
        "이전 버전에서 덤프한 뒤 새 데이터 폴더에 불러와 주세요.",
    }


@asynccontextmanager
async def embedded_server(data_dir: Path, *, options: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """A running PostgreSQL whose data live with `data_dir`; yields its address, password included.

    The address stays valid while the block runs, through crashes of the server too. `options` are
    PostgreSQL settings over ours. Raises EmbeddedUnavailableError, DatabaseInUseError, OtherMajorError.
    """
    with ExitStack() as stack:
        server = await asyncio.to_thread(_open, stack, data_dir, {**OPTIONS, **_memory(), **(options or {})})
        try:
            await _ensure_database(server.url("postgres"))
            yield server.url(NAME)
        finally:
            await asyncio.shield(asyncio.to_thread(server.stop))


@asynccontextmanager
async def temporary_server(*, options: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """An embedded server whose data go with the block, wherever they had to be kept."""
    with tempfile.TemporaryDirectory(prefix="scenedesk-") as folder:
        # Ours, and empty: open to pass through, so that as root nothing is kept outside of it.
        Path(folder).chmod(0o711)  # noqa: ASYNC240 - one inode
        async with embedded_server(Path(folder), options=options) as url:
            yield url


def _memory() -> dict[str, str]:
    return memory_options(min(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), memory_limit()))


def memory_limit(cgroups: Path = CGROUPS) -> float:
    """Bytes that the container we are in may use; infinite outside of one. A machine's memory is not all ours."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            return int((cgroups / name).read_text())
    return math.inf


def _open(stack: ExitStack, data_dir: Path, options: Mapping[str, str]) -> "Server":
    runner = account()
    folder = home(data_dir.absolute(), runner)
    if not folder.is_relative_to(data_dir.absolute()):
        log.info("embedded.kept_elsewhere", path=str(folder), reason="its user can't enter the data folder")
    stack.enter_context(_sole_owner(folder))
    programs = binaries(runner)
    _initialise(folder, programs, runner, durable=options.get("fsync") != "off")
    server = Server(folder, programs, runner, options, stack.enter_context(_socket_folder(folder, runner)))
    server.start()
    return server


async def _ensure_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", NAME):
            await connection.execute(f"create database {NAME}")
    finally:
        await connection.close()


@contextmanager
def _sole_owner(folder: Path) -> Iterator[None]:
    """Holds the folder's lock, which the system lets go of however we end."""
    with (folder / "owner.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatabaseInUseError(path=folder) from error
        yield


@contextmanager
def _socket_folder(folder: Path, runner: Account) -> Iterator[Path]:
    """`folder/run`, or a private temporary folder when a socket's path there would be too long."""
    place = folder / "run"
    if len(os.fsencode(place / ".s.PGSQL.65535")) <= LONGEST_SOCKET:
        yield _folder_for(runner, place)
        return
    with tempfile.TemporaryDirectory(prefix="scenedesk-", dir="/tmp") as short:
        runner.give(Path(short))
        yield Path(short)


def _folder_for(runner: Account, path: Path, *, fresh: bool = False) -> Path:
    """`path` as a folder only `runner` may look into; emptied first when it must be fresh."""
    if fresh:
        shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700, exist_ok=True)
    runner.give(path)
    return path


def _initialise(folder: Path, programs: Path, runner: Account, *, durable: bool) -> None:
    """Makes the data folder once; a first start that was interrupted begins again."""
    final = folder / "data"
    if (version := final / "PG_VERSION").exists():
        if (found := version.read_text().strip()) != MAJOR:
            raise OtherMajorError(path=folder, found=found, wanted=MAJOR)
        return
    partial = _folder_for(runner, folder / "data.part", fresh=True)
    password = folder / "password"
    password.unlink(missing_ok=True)
    handle = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(handle, secrets.token_urlsafe(32).encode())
    os.close(handle)
    runner.give(password)
    how = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    how += [] if durable else ["--no-sync"]
    made = subprocess.run(  # noqa: S603 - our own words
        [programs / "initdb", "-D", partial, "-U", NAME, f"--pwfile={password}", "--locale=C", *how],
        check=False, cwd="/", capture_output=True, text=True, env=_environment(), **runner.switch,
    )  # fmt: skip
    if made.returncode != 0:
        raise EmbeddedUnavailableError(reason=f"initdb failed ({made.stderr.strip()[-500:]})")
    partial.rename(final)


def _environment() -> dict[str, str]:
    """Nothing of ours: variables such as PGDATA, PGPORT or LD_PRELOAD are not meant for this server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class Server:
    """Keeps one `postgres` running from `start` to `stop`, in a thread of its own: a busy event loop can't delay it."""

    def __init__(
        self, folder: Path, programs: Path, runner: Account, options: Mapping[str, str], socket_folder: Path
    ) -> None:
        self._folder, self._programs, self._runner = folder, programs, runner
        self._options, self._socket_folder = options, socket_folder
        self._password = (folder / "password").read_text()
        self._port = 0
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._failure: Exception | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._supervise, name="embedded-postgres", daemon=True)

    def url(self, database: str) -> str:
        return f"postgresql://{NAME}:{self._password}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Returns once the server accepts connections; raises EmbeddedUnavailableError when it will not."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        (self._folder / "port").write_text(str(self._port))

    def stop(self) -> None:
        """A clean stop: sessions are ended, data are flushed. Harder when that takes too long."""
        self._stopping.set()
        process = self._process
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process is None or process.poll() is not None:
                break
            process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_S)
        self._thread.join()

    def _supervise(self) -> None:
        pause = SHORTEST_PAUSE_S
        while not self._stopping.is_set():
            try:
                self._run_once()
                pause = SHORTEST_PAUSE_S
            except Exception as error:  # noqa: BLE001 - handed to start(), or logged and tried again
                if not self._ready.is_set():
                    self._failure = error
                    self._ready.set()
                    return
                log.warning("embedded.restart_failed", reason=str(error))
                pause = min(2 * pause, LONGEST_PAUSE_S)
            self._stopping.wait(pause)

    def _run_once(self) -> None:
        """One life of the server, from start to exit. Raises when it never took connections."""
        _clear_leftover(self._folder / "data")
        if not self._ready.is_set():
            self._port = _free_port(_noted_port(self._folder))
        process = self._process = self._spawn()
        if self._stopping.is_set():  # stop() came before there was a process to signal
            process.send_signal(signal.SIGINT)
        elif self._accepts(process):
            self._ready.set()
        elif not self._stopping.is_set():
            process.kill()
            process.wait()
            raise EmbeddedUnavailableError(reason=f"the server did not start ({self._last_words()})")
        code = process.wait()
        if not self._stopping.is_set():
            log.warning("embedded.died", code=code)

    def _spawn(self) -> subprocess.Popen[bytes]:
        words = [str(self._programs / "postgres"), "-D", str(self._folder / "data"), "-k", str(self._socket_folder)]
        words += ["-h", "127.0.0.1", "-p", str(self._port)]
        for name, value in self._options.items():
            words += ["-c", f"{name}={value}"]
        # Where the system can, the server stops by itself when we are killed; elsewhere the next start stops it.
        if setpriv := shutil.which("setpriv"):
            words = [setpriv, "--pdeathsig", "INT", "--", *words]
        with self._open_log() as output:
            # Its own session: Ctrl-C in our terminal must not take the database from under requests at work.
            return subprocess.Popen(  # noqa: S603 - our own words
                words, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, env=_environment(), **self._runner.switch,
            )  # fmt: skip

    def _open_log(self) -> BinaryIO:
        path = self._folder / "server.log"
        path.touch(mode=0o600)
        return path.open("wb" if path.stat().st_size > LARGEST_LOG else "ab")

    def _accepts(self, process: "subprocess.Popen[bytes]") -> bool:
        """Waits until the server takes connections; False when it exited or we are to stop."""
        ask = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port), "-d", "postgres"]
        deadline = time.monotonic() + STARTUP_S
        while process.poll() is None and not self._stopping.is_set() and time.monotonic() < deadline:
            if subprocess.run(ask, check=False, env=_environment()).returncode == 0:  # noqa: S603
                return process.poll() is None
            self._stopping.wait(0.03)
        return False

    def _last_words(self) -> str:
        lines = (self._folder / "server.log").read_text(errors="replace").splitlines()
        return "; ".join(lines[-3:])


def _clear_leftover(data: Path) -> None:
    """Ends a server that outlived its owner, and forgets a pid file that speaks of something else.

    PostgreSQL believes any live pid in that file: a zombie nobody reaps, or after a reboot a stranger.
    We hold the owner's lock, so whatever still serves this folder is an orphan.
    """
    note = data / "postmaster.pid"
    try:
        pid = int(note.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    deadline = time.monotonic() + STOP_S
    while _serves(pid, data) and time.monotonic() < deadline:
        os.kill(pid, signal.SIGINT)
        time.sleep(0.1)
    if not _serves(pid, data):
        note.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether `pid` is a living postgres on `data`: a zombie shows no arguments."""
    proc = Path("/proc")
    if (proc / "self").exists():
        with suppress(OSError):
            return os.fsencode(data) in (proc / str(pid) / "cmdline").read_bytes()
        return False
    shown = subprocess.run(["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)], check=False, capture_output=True)  # noqa: S603
    return os.fsencode(data) in shown.stdout


def _noted_port(folder: Path) -> int:
    try:
        return int((folder / "port").read_text())
    except (OSError, ValueError):
        return 0


def _free_port(wanted: int) -> int:
    """`wanted` when it is free, else one that is."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise EmbeddedUnavailableError(reason="no port is free on 127.0.0.1")
