"""The embedded PostgreSQL: started, killed, stopped, and what it leaves alone."""

import asyncio
import math
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

import kernel.storage.account
from kernel.storage.account import REACHABLE
from kernel.storage.database import Database, is_outage, patiently
from kernel.storage.embedded import (
    DatabaseInUseError,
    OtherMajorError,
    embedded_server,
    memory_limit,
    memory_options,
)

# Servers are made, killed and made again here: many seconds in all.
pytestmark = pytest.mark.long

# Where killing the machine is not the question; half of the time is the disk's otherwise.
quick_server = partial(embedded_server, options={"fsync": "off"})

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as somebody else")


def postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


class Writers:
    """Four tasks that insert rows, each in a transaction of its own, and remember what was acknowledged."""

    count = 4

    def __init__(self, database: Database) -> None:
        self.database = database
        self.acknowledged: list[int] = []
        self.stopped = False

    async def write(self, row: int) -> None:
        while not self.stopped:
            row += self.count
            try:
                async with self.database.transaction() as tx:
                    await tx.execute(text("insert into kept values (:row)"), {"row": row})
            except Exception as error:  # a row whose outcome is unknown is left aside
                if not is_outage(error):
                    raise
                await asyncio.sleep(0.01)
            else:
                self.acknowledged.append(row)

    async def kept(self) -> set[int]:
        async with self.database.transaction() as tx:
            return {row.row for row in await tx.execute(text("select row from kept"))}

    async def until_more(self, rows: int) -> None:
        enough = len(self.acknowledged) + rows
        while len(self.acknowledged) < enough:  # noqa: ASYNC110 - counts rows, not time
            await asyncio.sleep(0.005)


async def seconds_until_it_answers(database: Database) -> float:
    began = time.monotonic()
    while True:
        try:
            await database.check()
        except Exception as error:
            if not is_outage(error):
                raise
            await asyncio.sleep(0.01)
        else:
            return time.monotonic() - began


async def test_no_acknowledged_row_is_lost_when_the_server_is_killed_again_and_again(open_folder: Path) -> None:
    kills, outages = 5, list[float]()
    # A process that is killed loses nothing the system has: without fsync the same guarantee, sooner.
    async with quick_server(open_folder) as url:
        writers = Writers(Database(url))
        async with writers.database.transaction() as tx:
            await tx.execute(text("create table kept (row bigint primary key)"))
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for number in range(writers.count):
                group.create_task(writers.write(number))
            for _ in range(kills):
                await writers.until_more(250)
                os.kill(postmaster(open_folder / "postgres"), signal.SIGKILL)
                outages.append(await seconds_until_it_answers(writers.database))
            writers.stopped = True
        # A session may answer a moment longer than its killed postmaster lives.
        there = await patiently(writers.kept)
        await writers.database.close()
    print(f"acknowledged {len(writers.acknowledged)}, kills {kills}, longest outage {max(outages):.2f} s")  # noqa: T201
    assert set(writers.acknowledged) - there == set()
    assert len(writers.acknowledged) > kills * 250
    assert max(outages) < 10


async def test_a_stop_keeps_the_data_the_password_and_the_address(open_folder: Path) -> None:
    async with quick_server(open_folder) as first:
        await ask(first, "create table kept as select 7 as number")
        pid = postmaster(open_folder / "postgres")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    async with quick_server(open_folder) as second:
        assert await ask(second, "select number from kept") == 7
    assert first == second


async def test_it_is_what_we_build_on(open_folder: Path) -> None:
    async with quick_server(open_folder) as url:
        assert str(await ask(url, "show server_version")).startswith("18.")
        assert await ask(url, "create extension vector") is None
        assert await ask(url, "select '[1,2]'::halfvec(2) <=> '[1,2]'::halfvec(2)") == 0
        assert await ask(url, "select lower('ÀÉ') || upper('é')") == "àéÉ"
        assert await ask(url, "select datlocale from pg_database where datname = current_database()") == "C.UTF-8"
        assert await ask(url, "show timezone") == "UTC"


@pytest.mark.parametrize("through", ["tcp", "socket"])
async def test_nobody_gets_in_without_the_password(open_folder: Path, through: str) -> None:
    async with quick_server(open_folder) as url:
        made = make_url(url)
        host = "127.0.0.1" if through == "tcp" else str(open_folder / "postgres" / "run")
        for password in ("", "wrong"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(
                    host=host, port=made.port, user="scenedesk", password=password, database="scenedesk"
                )
        right = await asyncpg.connect(
            host=host, port=made.port, user="scenedesk", password=made.password, database="scenedesk"
        )
        assert await right.fetchval("show listen_addresses") == "127.0.0.1"
        await right.close()
    assert stat.S_IMODE((open_folder / "postgres" / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE((open_folder / "postgres" / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["with space 영상 'quoted' %s", "long" * 40, "-dash"])
async def test_a_folder_may_have_any_name(open_folder: Path, name: str) -> None:
    async with quick_server(open_folder / name) as url:
        assert await ask(url, "select 1") == 1
    async with quick_server(open_folder / name) as url:
        assert await ask(url, "select 1") == 1


async def test_a_relative_folder_is_found_from_elsewhere(open_folder: Path) -> None:
    async with quick_server(Path(os.path.relpath(open_folder))) as first:  # noqa: ASYNC240 - computes only
        pass
    async with quick_server(open_folder) as second:
        assert first == second


async def test_a_second_process_on_the_same_folder_is_refused(open_folder: Path) -> None:
    async with quick_server(open_folder) as url:
        with pytest.raises(DatabaseInUseError):
            async with quick_server(open_folder):
                pass
        assert await ask(url, "select 1") == 1


async def test_data_of_another_major_are_refused_and_left_alone(open_folder: Path) -> None:
    async with quick_server(open_folder):
        pass
    version = open_folder / "postgres" / "data" / "PG_VERSION"
    version.write_text("16\n")
    with pytest.raises(OtherMajorError, match=r"16.*18"):
        async with quick_server(open_folder):
            pass
    version.write_text("18\n")
    async with quick_server(open_folder) as url:
        assert await ask(url, "select 1") == 1


async def test_a_first_start_that_was_interrupted_begins_again(open_folder: Path) -> None:
    home = open_folder / "postgres"
    (home / "data.part" / "base").mkdir(parents=True)
    (home / "data.part" / "PG_VERSION").write_text("18\n")
    (home / "password").write_text("half")
    async with quick_server(open_folder) as url:
        assert await ask(url, "select 1") == 1


async def test_a_port_that_somebody_else_has_taken_is_not_insisted_on(open_folder: Path) -> None:
    async with quick_server(open_folder) as first:
        pass
    with socket.create_server(("127.0.0.1", make_url(first).port or 0)):
        async with quick_server(open_folder) as second:
            assert await ask(second, "select 1") == 1
    assert make_url(first).port != make_url(second).port


@pytest.mark.parametrize("whose", ["a stranger's", "a zombie's", "nobody's"])
async def test_a_pid_file_that_speaks_of_something_else_does_not_keep_it_from_starting(
    open_folder: Path, whose: str
) -> None:
    async with quick_server(open_folder):
        pass
    seconds = "0" if whose == "a zombie's" else "60"
    with subprocess.Popen(["/bin/sleep", seconds]) as child:  # noqa: ASYNC220 - ends at once or is killed
        pid = 2**22 if whose == "nobody's" else child.pid
        if whose == "a zombie's":
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - it has nothing to do
        note = open_folder / "postgres" / "data" / "postmaster.pid"
        note.write_text(f"{pid}\n{note.parent}\n1\n1\n\n\n\n")
        async with quick_server(open_folder) as url:
            assert await ask(url, "select 1") == 1
        if whose == "a stranger's":
            assert child.poll() is None
        child.kill()


OWNER = """
    import asyncio, signal, sys
    from pathlib import Path
    from kernel.storage.embedded import embedded_server

    # Whoever starts the tests in the background has the signal ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    async def main():
        async with embedded_server(Path(sys.argv[1])) as url:
            print(url, flush=True)
            await asyncio.Event().wait()

    asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
async def test_an_owner_that_dies_leaves_no_server_in_the_way(open_folder: Path, how: signal.Signals) -> None:
    words = [sys.executable, "-c", textwrap.dedent(OWNER), str(open_folder)]
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "start_new_session": True}
    with subprocess.Popen(words, **quiet) as owner:  # noqa: ASYNC220 - awaited in threads
        assert owner.stdout
        url = (await asyncio.to_thread(owner.stdout.readline)).decode().strip()
        await ask(url, "create table kept as select 7 as number")
        pid = postmaster(open_folder / "postgres")
        # To the whole group, as a terminal's Ctrl-C does.
        os.killpg(owner.pid, how)
        await asyncio.to_thread(owner.wait)
    async with quick_server(open_folder) as again:
        assert again == url
        assert await ask(again, "select number from kept") == 7
        assert postmaster(open_folder / "postgres") != pid


@as_root
async def test_as_root_it_runs_as_a_user_of_its_own(open_folder: Path) -> None:
    async with quick_server(open_folder):
        status = Path(f"/proc/{postmaster(open_folder / 'postgres')}/status").read_text()  # noqa: ASYNC240 - no disk
    uid, groups = (next(line for line in status.splitlines() if line.startswith(name)) for name in ("Uid:", "Groups:"))
    assert "0" not in uid.split()[1:]
    assert groups.split()[1:] == []


@pytest.fixture
def cleared() -> Iterator[set[Path]]:
    """What was in the fallback folder before; whatever a test adds goes afterwards."""
    before = set(REACHABLE.iterdir()) if REACHABLE.exists() else set()
    yield before
    for added in (set(REACHABLE.iterdir()) if REACHABLE.exists() else set()) - before:
        shutil.rmtree(added)


def modes(path: Path) -> dict[Path, int]:
    return {each: each.stat().st_mode for each in (path, *path.parents)}


@as_root
async def test_a_data_folder_nobody_else_may_enter_stays_so(tmp_path: Path, cleared: set[Path]) -> None:
    closed = tmp_path / "root's own"
    closed.mkdir(mode=0o700)
    before = modes(closed)
    async with quick_server(closed / "data") as first:
        await ask(first, "create table kept as select 7 as number")
    assert modes(closed) == before
    moved = closed / "moved"
    (closed / "data").rename(moved)
    async with quick_server(moved) as second:
        assert await ask(second, "select number from kept") == 7
    assert modes(closed) == before


@as_root
def test_binaries_nobody_else_may_reach_are_copied(open_folder: Path, cleared: set[Path]) -> None:
    package = Path(kernel.storage.account.binaries(kernel.storage.account.Account())).parents[1]
    closed = open_folder / "site-packages"
    closed.mkdir(mode=0o700)
    for source in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(source, closed / source.name, copy_function=os.link, symlinks=True)
    before = modes(closed / package.name)
    words = [sys.executable, "-c", textwrap.dedent(OWNER), str(open_folder / "data")]
    environment = {**os.environ, "PYTHONPATH": str(closed)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as owner:
        assert owner.stdout
        url = owner.stdout.readline().decode().strip()
        command = Path(f"/proc/{postmaster(open_folder / 'data' / 'postgres')}/exe").readlink()
        owner.send_signal(signal.SIGINT)
    assert url.startswith("postgresql://")
    assert command.is_relative_to(REACHABLE)
    assert modes(closed / package.name) == before


async def test_two_servers_live_side_by_side(open_folder: Path) -> None:
    async with quick_server(open_folder / "a") as one, quick_server(open_folder / "b") as two:
        name = uuid4().hex
        await ask(one, f"create table t{name}()")
        assert await ask(two, f"select to_regclass('t{name}')::text") is None


def test_the_server_keeps_to_what_a_container_may_use(tmp_path: Path) -> None:
    assert memory_limit(tmp_path) == math.inf
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_limit(tmp_path) == math.inf
    (tmp_path / "memory.max").write_text(f"{2**31}\n")
    assert memory_limit(tmp_path) == 2**31
    assert memory_options(2**31)["shared_buffers"] == "256MB"
    assert memory_options(2**38)["shared_buffers"] == "2048MB"
