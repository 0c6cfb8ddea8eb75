"""A process that makes one edit and is killed: `python -m tests.one_edit URL VIDEO SEGMENT inside|after`.

Says `there` when it is where it is to be killed, and waits.
"""

import asyncio
import sys
from uuid import UUID

from gateway.people.audit import By
from gateway.revising.commands import revise
from kernel.contracts.editing import NewEdit, SetCaption
from kernel.storage.database import Database


async def main(url: str, video: str, segment: str, where: str) -> None:
    database = Database(url)
    command = SetCaption(op="caption", segment_ids=[UUID(segment)], language="ko", text="민지가 웃는다")
    async with database.transaction() as connection:
        await revise(connection, UUID(video), NewEdit(command=command), 1, By("eunji", "page"))
        if where == "inside":
            await _wait()
    await _wait()


async def _wait() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
