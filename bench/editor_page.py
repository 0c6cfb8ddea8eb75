"""A video of 3,000 scenes in a browser: opened and scrolled through.

    python bench/editor_page.py [SCENES]

The whole product on an embedded database, metadata imported as rows of one second (no file, so nothing waits for a
player), Debian's Chromium. `open_ms`: from asking for the page until its first scenes and the timeline stand;
`whole_ms`: until every scene is in the list. `frame_ms`: pictures of the screen while the whole list and a zoomed
timeline are scrolled through; `idle_frame_ms` while nothing is, which is as fast as this machine can be now.
`peer_rows`: the same page in the same run with every row of the list watched for itself, as it was once. `peer`: with
every scene of the timeline drawn at once, as one that does not look at what is in sight would have it. Prints a JSON
line.
"""

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page, async_playwright

from kernel.settings import Settings
from standalone.product import open_standalone

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
AIM_OPEN_MS = 1_000
AIM_FRAME_MS = 20
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
ROWS_ALONE = """() => {
  const list = document.querySelector('[data-list]'), rows = [...document.querySelectorAll('.seg')];
  for (const row of rows) Object.assign(row.style, {contentVisibility: 'auto', containIntrinsicSize: 'auto 78px'});
  list.replaceChildren(...rows);
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


def rows(count: int) -> list[dict[str, Any]]:
    return [{"timestamp": at, "video_id": "long", "caption": f"scene number {at}", "faces": []} for at in range(count)]


async def measured(page: Page, address: str, scenes: int) -> dict[str, float]:
    started = time.perf_counter()
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector(".seg")
    await page.wait_for_selector(".ruler text")
    opened = time.perf_counter()
    await page.locator(".seg").nth(scenes - 1).wait_for(state="attached")
    whole = time.perf_counter()
    for _ in range(5):
        await page.keyboard.press("+")
    idle, frames = await scrolled(page, 0), await scrolled(page, 1)
    await page.evaluate(ROWS_ALONE)
    alone = await scrolled(page, 1)
    drawn = await page.evaluate(ALL_DRAWN)
    peer = await scrolled(page, 1)
    return {
        "open_ms": 1000 * (opened - started),
        "whole_ms": 1000 * (whole - started),
        "idle_frame_ms_p50": statistics.median(idle),
        "frame_ms_p50": statistics.median(frames),
        "frame_ms_p95": frames[int(0.95 * len(frames))],
        "peer_rows_frame_ms_p50": statistics.median(alone),
        "peer_rows_frame_ms_p95": alone[int(0.95 * len(alone))],
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
        async with open_standalone(settings, any_port=True) as product, httpx.AsyncClient(timeout=600) as client:
            headers = {"Idempotency-Key": "bench"}
            (await client.post(f"{product.address}/v1/imports", json=rows(scenes), headers=headers)).raise_for_status()
            video = (await client.get(f"{product.address}/v1/videos")).json()["items"][0]
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
                page = await browser.new_page(viewport={"width": 1440, "height": 900})
                figures = await measured(page, f"{product.address}/videos/{video['id']}", video["segments"])
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
    return int(figures["open_ms"] > AIM_OPEN_MS)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000)))
