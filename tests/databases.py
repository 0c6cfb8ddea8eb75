"""Databases on the session's server: made from a template, and dropped."""

import asyncpg


async def create(server: str, name: str, template: str) -> str:
    """The address of a new database like `template`, to which nobody may be connected."""
    await execute(server, f"create database {name} template {template} strategy file_copy")
    return beside(server, name)


async def drop(server: str, name: str) -> None:
    await execute(server, f"drop database {name} with (force)")


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def beside(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return f"{url.rpartition('/')[0]}/{name}"
