"""A film of two hours with 3,000 scenes in a browser: opened and scrolled through.

    python bench/editor_page.py [SCENES]

The whole product on an embedded database, Debian's Chromium, a film that plays; its history is written by the library
as edits are, four people are followed in it. `player_ms`: from asking for the page until the player knows the film;
`open_ms`: until the first scenes and the timeline stand; `after_player_ms`: by how much that is later, which the aim is
about; `server_ms`: until the first byte of the page; `requests`: made by then and soon after; `again_ms`: as
`open_ms`, once the browser has the scripts; `whole_ms`: until every scene is in the list. `frame_ms`: pictures of the
screen while the whole list and a zoomed timeline are scrolled through in two seconds, `hand_frame_ms` a twentieth of
that; `idle_frame_ms` while nothing is, which is as fast as this machine can be now; `rows_in_document`: of the list,
then. `peer_parts`: the same page in the same run with every row in the document, laid out fifty together once they come
near, as it was once. `peer`: with every scene of the timeline drawn at once, as one that does not look at what is in
sight would have it. Prints a JSON line.
"""

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from imageio_ffmpeg import get_ffmpeg_exe
from playwright.async_api import Page, async_playwright
from sqlalchemy import text

from gateway.editor.timeline import Edit
from gateway.library import edits, tracks, videos
from gateway.pipeline.merge import people_in
from kernel.contracts.library import Segment, SegmentCaption, Track
from kernel.contracts.time import Span
from kernel.settings import Settings
from kernel.storage.database import Database
from standalone.product import open_standalone

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
AIM_OPEN_MS = 1_000
AIM_FRAME_MS = 20
# Of the whole, in two seconds: a hundred pixels of the list a frame, as a hand on a wheel does at its fastest.
BY_HAND = 0.05
SCROLLED = """async far => {
  const list = document.querySelector('[data-list]'), lanes = document.querySelector('[data-lanes]'), frames = [];
  for (let at = 0, last = performance.now(); at < 120; at += 1) {
    list.scrollTop = (far * list.scrollHeight * at) / 120;
    lanes.scrollLeft = (far * lanes.scrollWidth * at) / 120;
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - last);
    last = performance.now();
  }
  return frames;
}"""
IN_PARTS = """async () => {
  const list = document.querySelector('[data-list]'), rows = [], whole = list.cloneNode(false);
  const read = async (address) => new DOMParser().parseFromString(await (await fetch(address)).text(), 'text/html');
  const first = await read(location.pathname);
  for (let page = first; page; ) {
    rows.push(...page.querySelectorAll('.seg'));
    const rest = page.querySelector('[data-rest]');
    page = rest && await read(rest.getAttribute('href'));
  }
  for (let at = 0; at < rows.length; at += 50) {
    const part = whole.appendChild(document.createElement('ol'));
    Object.assign(part.style, {contentVisibility: 'auto', containIntrinsicSize: `auto ${50 * 78}px`});
    part.append(...rows.slice(at, at + 50));
  }
  list.replaceWith(whole);
  return rows.length;
}"""
ALL_DRAWN = """async () => {
  const lane = document.querySelector('[data-bands]'), rows = [...document.querySelectorAll('.seg')];
  const before = performance.now();
  const length = Number(document.querySelector('[data-lanes]').dataset.length);
  for (const row of rows) {
    const band = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const [start, end] = [Number(row.dataset.start), Number(row.dataset.end)];
    band.setAttribute('x', `${(100 * start) / length}%`);
    band.setAttribute('width', `${(100 * (end - start)) / length}%`);
    for (const name of ['rect', 'text', 'rect', 'rect']) {
      const part = band.appendChild(document.createElementNS('http://www.w3.org/2000/svg', name));
      if (name === 'text') part.textContent = row.querySelector('.ko, .en').textContent;
    }
    lane.append(band);
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - before;
}"""


STANDS = """() => {
  const told = window.stood = {};
  const look = () => {
    const film = document.querySelector('[data-player]');
    if (!told.player_ms && film?.readyState > 0) told.player_ms = performance.now();
    const drawn = document.querySelector('.seg .ko, .seg .en')?.getBoundingClientRect().height > 0
      && document.querySelector('.segs .block, .segs [data-bar]') && document.querySelector('.ruler text');
    if (!told.open_ms && drawn) told.open_ms = performance.now();
    if (!told.player_ms || !told.open_ms) requestAnimationFrame(look);
  };
  look();
}"""
TOLD = """() => window.stood.player_ms && window.stood.open_ms && {
  ...window.stood,
  server_ms: performance.getEntriesByType('navigation')[0].responseStart,
  requests: performance.getEntriesByType('resource').length + 1,
}"""
LENGTH_MS = 7_200_000
PEOPLE = [("민지", "Minji"), ("하니", "Hanni"), ("다니엘", "Danielle"), ("혜인", "Hyein")]


def film(path: Path) -> None:
    """Two hours at a picture a second, 320 x 180."""
    picture = f"testsrc2=size=320x180:rate=1:duration={LENGTH_MS // 1000}"
    said = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    subprocess.run(
        [get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", picture, *said, path],
        check=True,
    )


def scene(video: UUID, span: Span, place: int, here: list[Track]) -> Segment:
    said = [
        SegmentCaption(
            text=f"장면 {place}: 무대 위에서 노래를 부른다.", language="ko", origin="machine", model_id="drawn@1"
        ),
        SegmentCaption(text=f"Scene {place}: singing on stage.", language="en", origin="machine", model_id="drawn@1"),
    ]
    return Segment(id=uuid4(), video_id=video, span=span, captions=said, people=people_in(span, here), version=1)


def followed(video: UUID, person: UUID, start: int, end: int) -> Track:
    span = Span(start_ms=start, end_ms=end)
    return Track(id=uuid4(), video_id=video, span=span, person_id=person, probability=0.9, faces=[], model_id="drawn@1")


async def furnish(url: str, media: str, people: list[UUID], scenes: int) -> UUID:
    """A video of so many scenes, as indexing leaves it: each with one or two people."""
    database, video = Database(url), uuid4()
    edges = [LENGTH_MS * place // scenes for place in range(scenes + 1)]
    shown = [
        [followed(video, people[(place + one) % len(people)], start, end) for one in range(1 + place % 2)]
        for place, (start, end) in enumerate(pairwise(edges))
    ]
    made = [
        scene(video, Span(start_ms=start, end_ms=end), place, here)
        for place, ((start, end), here) in enumerate(zip(pairwise(edges), shown, strict=True))
    ]
    first = Edit(
        video_id=video, version=1, kind="publish", actor="machine", door="pipeline", before=(), after=tuple(made)
    )
    async with database.transaction() as connection:
        new = videos.NewVideo(id=video, title="Two hours", source="path", origin="long.mp4", media=media)
        await videos.add(connection, new)
        measured = videos.Measured(duration_ms=LENGTH_MS, width=320, height=180, frame_rate=1, probe={})
        await videos.set_measured(connection, video, measured)
        await tracks.replace(connection, video, [one for here in shown for one in here])
        await edits.append(connection, first)
        await connection.execute(text("delete from jobs.queue where status = 'queued'"))
    await database.close()
    return video


async def opened(page: Page, address: str) -> dict[str, float]:
    await page.goto(address, wait_until="commit")
    told: dict[str, float] = await (await page.wait_for_function(TOLD)).json_value()
    return told


async def measured(page: Page, address: str, scenes: int) -> dict[str, float]:
    await page.add_init_script(f"({STANDS})()")
    listed = f".seg[aria-setsize='{scenes}']"
    first, started = await opened(page, address), time.perf_counter()
    await page.locator(listed).first.wait_for(state="attached")
    whole = first["open_ms"] + 1000 * (time.perf_counter() - started)
    again = [(await opened(page, address))["open_ms"] for _ in range(3)]
    await page.locator(listed).first.wait_for(state="attached")
    for _ in range(5):
        await page.keyboard.press("+")
    idle, hand, frames = await scrolled(page, 0), await scrolled(page, BY_HAND), await scrolled(page, 1)
    there = await page.locator(".seg").count()
    if await page.evaluate(IN_PARTS) != scenes:
        raise ValueError(scenes)
    hand_parts, parts = await scrolled(page, BY_HAND), await scrolled(page, 1)
    drawn = await page.evaluate(ALL_DRAWN)
    peer = await scrolled(page, 1)
    return {
        **first,
        "after_player_ms": max(0, first["open_ms"] - first["player_ms"]),
        "again_ms": statistics.median(again),
        "whole_ms": whole,
        "idle_frame_ms_p50": statistics.median(idle),
        "idle_frame_ms_p95": idle[int(0.95 * len(idle))],
        "hand_frame_ms_p50": statistics.median(hand),
        "hand_frame_ms_p95": hand[int(0.95 * len(hand))],
        "frame_ms_p50": statistics.median(frames),
        "frame_ms_p95": frames[int(0.95 * len(frames))],
        "rows_in_document": there,
        "peer_parts_hand_frame_ms_p50": statistics.median(hand_parts),
        "peer_parts_hand_frame_ms_p95": hand_parts[int(0.95 * len(hand_parts))],
        "peer_parts_frame_ms_p50": statistics.median(parts),
        "peer_parts_frame_ms_p95": parts[int(0.95 * len(parts))],
        "peer_draw_ms": drawn,
        "peer_frame_ms_p95": peer[int(0.95 * len(peer))],
    }


async def scrolled(page: Page, far: float) -> list[float]:
    """Milliseconds between pictures of the screen, in order of size; `far` 0 stays where it is."""
    frames: list[float] = await page.evaluate(SCROLLED, far)
    return sorted(frames)


async def main(scenes: int) -> int:
    if BROWSER is None:
        print(json.dumps({"bench": "editor_page", "skipped": "no chromium on PATH"}))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        settings = Settings(_env_file=None, data_dir=Path(folder), offline=True, log_level="error")
        async with (
            open_standalone(settings, any_port=True) as product,
            httpx.AsyncClient(base_url=product.address) as client,
        ):
            (settings.store_dir / "media").mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(film, settings.store_dir / "media" / "long.mp4")
            named = [{"name": korean, "aliases": [english]} for korean, english in PEOPLE]
            people = [UUID((await client.post("/v1/people", json=one)).json()["id"]) for one in named]
            video = await furnish(product.database_url, "media/long.mp4", people, scenes)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
                page = await browser.new_page(viewport={"width": 1440, "height": 900})
                figures = await measured(page, f"{product.address}/videos/{video}", scenes)
                await browser.close()
    rounded = {name: round(value, 1) for name, value in figures.items()}
    print(
        json.dumps(
            {
                "bench": "editor_page",
                "scenes": scenes,
                **rounded,
                "aim_open_ms": AIM_OPEN_MS,
                "aim_frame_ms": AIM_FRAME_MS,
            }
        )
    )
    return int(figures["after_player_ms"] > AIM_OPEN_MS)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000)))
