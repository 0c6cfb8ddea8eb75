"""One engine, one way to a transaction."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

T = TypeVar("T")

TRANSACTION_TIMEOUT_SINCE = (17,)
WITHOUT_CLOCK = (
    "select set_config('transaction_timeout', '0', false) from pg_settings where name = 'transaction_timeout'"
)
# A client whose machine is gone is noticed within a minute instead of two hours.
KEEP_ALIVE = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
# SQLSTATE: connection exceptions, an operator's intervention such as a shutdown, a transaction ended for its age.
OUTAGE_STATES = ("08", "57", "25P03", "25P04")
# InternalClientError is what asyncpg says of a connection that died while it was being reset.
OUTAGES = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    PoolTimeoutError,
)


def async_url(url: str) -> str:
    """Any `postgres://` or `postgresql://` address as SQLAlchemy's asyncpg one."""
    return (
        make_url(url.replace("postgres://", "postgresql://", 1))
        .set(drivername="postgresql+asyncpg")
        .render_as_string(hide_password=False)
    )


class Database:
    """A pool of connections to one PostgreSQL. `transaction()` commits at the end or rolls back on any error.

    The server itself ends a transaction in which nothing is asked for `idle_s` seconds, or that lasts longer
    than `longest_s` (from PostgreSQL 17): a process that is frozen or cut off must not hold locks for ever.

    `session`: PostgreSQL settings of each connection. `ping`: a connection is tried before each use, which costs a
    round trip; without, the first use after the server went away fails with an outage (`patiently` tries again).
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        idle_s: float = 60.0,
        longest_s: float = 600.0,
        ping: bool = True,
        session: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.url = async_url(url)
        self._engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=5,
            pool_timeout=10,
            pool_pre_ping=ping,
            connect_args={
                "server_settings": {
                    "idle_in_transaction_session_timeout": f"{idle_s}s",
                    **KEEP_ALIVE,
                    **session,
                }
            },
        )
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")

        @event.listens_for(self._engine.sync_engine, "connect")
        def limit(connection: Any, _record: object) -> None:
            if connection.driver_connection.get_server_version() >= TRANSACTION_TIMEOUT_SINCE:
                connection.run_async(lambda driver: driver.execute(f"set transaction_timeout = '{longest_s}s'"))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[AsyncConnection]:
        """For reading, and what PostgreSQL refuses in a transaction, such as CREATE INDEX CONCURRENTLY."""
        async with self._autocommit.connect() as connection:
            yield connection

    @asynccontextmanager
    async def alone(self, lock: int) -> AsyncIterator[AsyncConnection | None]:
        """A connection as of `autocommit` for what may take longer than any transaction should, such as building an
        index: the clock does not end it. None while another process has the `lock`, any fixed number.

        The connection is closed afterwards: what was set for such work belongs to no other, and the lock goes with it,
        also when the work was cut short.
        """
        async with self.autocommit() as connection:
            try:
                got = await connection.scalar(text("select pg_try_advisory_lock(:lock)"), {"lock": lock})
                if got:
                    await connection.exec_driver_sql(WITHOUT_CLOCK)
                yield connection if got else None
            finally:
                await connection.invalidate()

    async def check(self) -> None:
        """Raises when the database does not answer."""
        async with self._engine.connect() as connection:
            await connection.execute(text("select 1"))

    async def close(self) -> None:
        await self._engine.dispose()


def driver_url(url: str) -> str:
    """Any PostgreSQL address as asyncpg itself takes it."""
    return make_url(async_url(url)).set(drivername="postgresql").render_as_string(hide_password=False)


def is_outage(error: BaseException) -> bool:
    """Whether `error` says that the database went away (a restart, a cut connection), so that trying again helps."""
    if isinstance(error, DBAPIError):
        # SQLAlchemy's words about the driver's words about it.
        driver = error.orig.__cause__ if error.orig else None
        return error.connection_invalidated or any(is_outage(each) for each in (error.orig, driver) if each)
    state = str(getattr(error, "sqlstate", None) or "")
    return state.startswith(OUTAGE_STATES) or isinstance(error, OUTAGES)


async def patiently(attempt: Callable[[], Awaitable[T]], patience_s: float = 60.0) -> T:
    """Try again through a restart of the database. `attempt` may have been committed before: it must be keyed."""
    deadline, pause = time.monotonic() + patience_s, 0.1
    while True:
        try:
            return await attempt()
        except Exception as error:
            if not is_outage(error) or time.monotonic() + pause > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, 2.0)
