"""The schema: up, down, up; interrupted; held against the tables the code speaks of."""

from sqlalchemy import text

from kernel.storage.database import Database


async def test_try(database: Database) -> None:
    async with database.transaction() as tx:
        print((await tx.execute(text("select count(*) from library.videos"))).scalar())


async def test_try2(database: Database) -> None:
    async with database.transaction() as tx:
        print((await tx.execute(text("select count(*) from jobs.queue"))).scalar())
