"""The main job through the gateway of a running stack: `python tests/compose/main_job.py ADDRESS`."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import httpx

from gateway.media.export import ffmpeg
from kernel.contracts.library import NewPerson
from kernel.contracts.search import SearchRequest
from kernel.settings import Media
from standalone import sample
from standalone.cli.enrolling import members_of
from standalone.rest import TIMEOUT, Library

PATIENCE_S = 300


async def main(address: str) -> None:
    begun = time.monotonic()
    came_with = {"Authorization": f"Bearer {os.environ['SCENEDESK_TOKEN']}"}
    async with httpx.AsyncClient(base_url=address, timeout=TIMEOUT, trust_env=False, headers=came_with) as client:
        await _ready(client)
        print(f"ready after {time.monotonic() - begun:.1f} s")  # noqa: T201 - a report
        library = Library(client)
        with tempfile.TemporaryDirectory() as folder:
            await _bring_in(library, Path(folder))
        await _ask(library, "아일린 콜린스가 나오는 장면")


async def _ready(client: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            if (await client.get("/readyz")).is_success:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.5)
    raise TimeoutError(f"{client.base_url} was not ready in {PATIENCE_S} s")


async def _bring_in(library: Library, folder: Path) -> None:
    for member in members_of(sample.draw_people(folder / "people")):
        person = await library.add_person(NewPerson(name=member.name, group=member.group, aliases=list(member.aliases)))
        for picture in member.pictures:
            assert (await library.add_reference(person.id, picture)).usable
    video = sample.draw_video(folder / "sample.mp4", ffmpeg(Media()))
    accepted = await library.upload(video, sample.TITLE)
    assert accepted.run is not None
    begun = time.monotonic()
    states = [run async for run in library.watch(accepted.run.id)]
    assert states[-1].state == "done", states[-1].problem
    print(f"indexed in {time.monotonic() - begun:.1f} s, {states[-1].realtime} x real time")  # noqa: T201 - a report


async def _ask(library: Library, question: str) -> None:
    answer = await library.search(SearchRequest(query=question))
    best = answer.hits[0]
    middle = (best.span.start_ms + best.span.end_ms) // 2
    assert any(span.contains(middle) for span in sample.spans("astronaut", "astronaut close-up"))
    print(f"{question}: {best.span.start_ms}-{best.span.end_ms} ms, answered in {answer.took_ms} ms")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
