"""The whole job, first time and again: CPU and wall against real time, peak memory for 1 and 10 minutes.

    python bench/index.py [FILE] [--minutes 1 10]

FILE is looped to each length; without one the footage beside the checkout is taken. Each length is indexed
in a process of its own (embedded database included in CPU, by its children), then indexed again unchanged.
Prints one JSON line per figure.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

GATEWAY = "http://gateway:8000/v1/videos"
FOOTAGE = Path(__file__).parents[2] / "shared/data/media/composed/scenes.mp4"


def looped(source: Path, minutes: int, folder: Path) -> Path:
    """The source repeated to at least `minutes`, without re-encoding."""
    import imageio_ffmpeg  # noqa: PLC0415 - only the parent needs it

    out = folder / f"{minutes}min.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-stream_loop", "-1", "-i", str(source)]
    subprocess.run([*command, "-t", str(60 * minutes), "-c", "copy", str(out)], check=True)
    return out


def cpu_s() -> float:
    """CPU seconds of this process and its ended children, user and system."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


async def index(path: Path, data_dir: Path) -> dict[str, Any]:
    """Index once and once more in this process; CPU is this process's, without the database's."""
    from kernel.settings import Media, Settings  # noqa: PLC0415 - heavy imports belong to the child
    from kernel.telemetry import configure_logs  # noqa: PLC0415
    from standalone.product import open_standalone  # noqa: PLC0415

    configure_logs(Settings(_env_file=None, log_level="error"))
    settings = Settings(
        _env_file=None, data_dir=data_dir, offline=True, log_level="error", media=Media(roots=(path.parent,))
    )
    async with open_standalone(settings, any_port=True) as product:
        started, spent = time.perf_counter(), cpu_s()
        accepted = (await product.wire.post(f"{GATEWAY}/by-path", json={"path": str(path)})).json()
        first = await ended(product.wire, accepted["run"], started, spent)
        started, spent = time.perf_counter(), cpu_s()
        run = (await product.wire.post(f"{GATEWAY}/{accepted['video']['id']}/reindex")).json()
        again = await ended(product.wire, run, started, spent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"first": first, "again": again, "peak_rss_mb": round(peak, 1)}


async def ended(wire: Any, run: dict[str, Any], started: float, spent: float) -> dict[str, Any]:
    """Seconds and CPU seconds until a run is done."""
    while run["state"] in ("queued", "running"):
        await asyncio.sleep(0.2)
        run = (await wire.get(f"http://gateway:8000/v1/runs/{run['id']}")).json()
    if run["state"] != "done":
        sys.exit(f"the run ended as {run['state']}: {run.get('problem')}")
    return {"cpu_s": round(cpu_s() - spent, 2), "wall_s": round(time.perf_counter() - started, 2)}


def measured(path: Path) -> dict[str, Any]:
    """`index` in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the database's own user passes through it
        command = [sys.executable, __file__, "--child", str(path), folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file", nargs="?", type=Path, default=FOOTAGE)
    arguments.add_argument("--minutes", nargs="+", type=int, default=[1, 10])
    arguments.add_argument("--child", nargs=2)
    given = arguments.parse_args()
    if given.child:
        print(json.dumps(asyncio.run(index(Path(given.child[0]), Path(given.child[1])))))
        return
    with tempfile.TemporaryDirectory() as folder:
        peaks = {}
        for minutes in given.minutes:
            found = measured(looped(given.file, minutes, Path(folder)))
            peaks[minutes] = found["peak_rss_mb"]
            first, again = found["first"], found["again"]
            print(json.dumps({
                "bench": "index", "minutes": minutes, "times_realtime": round(60 * minutes / first["wall_s"], 2),
                "cpu_s": first["cpu_s"], "reindex_cpu_ratio": round(again["cpu_s"] / first["cpu_s"], 4),
                "peak_rss_mb": found["peak_rss_mb"],
            }), flush=True)  # fmt: skip
        shortest, longest = min(peaks), max(peaks)
        print(json.dumps({"bench": "index.memory", "ratio": round(peaks[longest] / peaks[shortest], 3), "aim": 1.1}))


if __name__ == "__main__":
    main()
