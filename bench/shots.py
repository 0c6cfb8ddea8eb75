"""Shots: F1 and CPU against PySceneDetect run its own way, and against TransNetV2 when its Python is given.

    python bench/shots.py [--transnetv2 PYTHON] [FILE TRUTH.json]

Without FILE, three programmes are cut at random from the clips beside the checkout: hard cuts, dissolves of 8 to
25 pictures, flashes of one, slow changes of exposure, moves over photographs. The rules were tuned on other
programmes of this kind and on none of these three. TRUTH is a list of [first_ms, last_ms] in which a
boundary must lie, give or take 80 ms. CPU is user and system, decoding included, of a fresh process each.
Fails when ours misses its aim: F1 at least .10 over the adaptive detector at no more than 1.2 x its CPU.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Truth = list[tuple[int, int]]

MEDIA = Path(__file__).parents[2] / "shared/data/media"
SEEDS = (11, 12, 13)
TOLERANCE_MS = 80
WIDTH, HEIGHT, RATE = 640, 360, 25


def clip(path: Path, skip: int, count: int) -> list[Any]:
    import av  # noqa: PLC0415 - cases in child processes don't need it
    import cv2  # noqa: PLC0415

    found = []
    with av.open(str(path)) as video:
        for number, frame in enumerate(video.decode(video=0)):
            if number >= skip:
                image = frame.to_ndarray(format="bgr24")
                scale = max(WIDTH / image.shape[1], HEIGHT / image.shape[0])
                found.append(cv2.resize(image, None, fx=scale, fy=scale)[:HEIGHT, :WIDTH])
            if len(found) == count:
                break
    return found


def still(path: Path, count: int, rng: random.Random) -> list[Any]:
    """A slow move over a photograph."""
    import cv2  # noqa: PLC0415

    image = cv2.imread(str(path))
    scale = 1.3 * max(WIDTH / image.shape[1], HEIGHT / image.shape[0])
    image = cv2.resize(image, None, fx=scale, fy=scale)
    room = image.shape[1] - WIDTH if rng.random() < 0.5 else 0
    places = (room * number // count for number in range(count))
    return [image[20 : 20 + HEIGHT, left : left + WIDTH].copy() for left in places]


def spoilt(pictures: list[Any], rng: random.Random) -> list[Any]:
    """Now and then a flash, or a slow change of exposure."""
    import numpy as np  # noqa: PLC0415

    chance = rng.random()
    if chance < 0.15:
        flash = rng.randint(12, len(pictures) - 12)
        pictures[flash] = np.clip(pictures[flash].astype(int) + 150, 0, 255).astype(np.uint8)
    elif chance < 0.25:
        return [
            (picture * (1 - 0.5 * number / len(pictures))).astype(np.uint8) for number, picture in enumerate(pictures)
        ]
    return pictures


def programme(seed: int) -> tuple[list[Any], Truth]:
    """Pictures, and the range of milliseconds of each boundary."""
    import cv2  # noqa: PLC0415

    rng = random.Random(seed)
    sources = [*sorted((MEDIA / "clips").glob("*.mp4")), *sorted((MEDIA / "people-signing").glob("*.mkv"))]
    sources += sorted((MEDIA / "photos").iterdir())
    pictures: list[Any] = []
    truth: Truth = []
    for path in rng.sample(sources, len(sources)):
        count = rng.randint(30, 90)
        shot = clip(path, rng.randint(0, 15), count) if path.suffix in (".mp4", ".mkv") else still(path, count, rng)
        if len(shot) < 30:
            continue
        shot = spoilt(shot, rng)
        mixed = rng.choice([8, 12, 18, 25]) if pictures and rng.random() < 0.25 else 0
        first = len(pictures) - mixed
        for number in range(mixed):
            share = (number + 1) / (mixed + 1)
            pictures[first + number] = cv2.addWeighted(pictures[first + number], 1 - share, shot[number], share, 0)
        truth += [(first * 1000 // RATE, len(pictures) * 1000 // RATE)] if pictures else []
        pictures += shot[mixed:]
    return pictures, truth


def written(seed: int, folder: Path) -> tuple[Path, Truth]:
    import av  # noqa: PLC0415

    pictures, truth = programme(seed)
    path = folder / f"{seed}.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "24"})
        stream.width, stream.height = WIDTH, HEIGHT
        for picture in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24").reformat(format="yuv420p")))
        out.mux(stream.encode())
    return path, truth


def ours(path: Path, how: str, python: str) -> list[int]:
    from gateway.pipeline import frames  # noqa: PLC0415
    from kernel.store import Store  # noqa: PLC0415

    options = frames.LookOptions.model_validate({"shots": how, "sample_fps": 0.1, "transnetv2_python": python or None})
    with tempfile.TemporaryDirectory() as folder:
        return [shot.start_ms for shot in frames.look(path, Store(Path(folder)), "x", options).shots][1:]


def its_own_way(path: Path, detector: str) -> list[int]:
    import scenedetect  # noqa: PLC0415

    scenes = scenedetect.detect(str(path), getattr(scenedetect, detector)())
    return [round(start.seconds * 1000) for start, _ in scenes][1:]


CASES = {
    "ours": lambda path, python: ours(path, "scenedetect", python),
    "adaptive": lambda path, _: its_own_way(path, "AdaptiveDetector"),
    "content": lambda path, _: its_own_way(path, "ContentDetector"),
    "histogram": lambda path, _: its_own_way(path, "HistogramDetector"),
    "transnetv2": lambda path, python: ours(path, "transnetv2", python),
}


def case(name: str, path: Path, python: str) -> None:
    found = CASES[name](path, python)
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    sys.stdout.write(json.dumps({"found": found, "cpu_s": sum(usage.ru_utime + usage.ru_stime for usage in spent)}))


def right(found: list[int], truth: Truth) -> int:
    """Boundaries found, each at most once."""
    left = set(found)
    count = 0
    for first_ms, last_ms in truth:
        near = [cut for cut in left if first_ms - TOLERANCE_MS <= cut <= last_ms + TOLERANCE_MS]
        left -= set(near[:1])
        count += bool(near)
    return count


def measured(samples: list[tuple[Path, Truth]], names: list[str], python: str) -> Iterator[dict[str, Any]]:
    for name in names:
        hits = said = wanted = 0
        spent = 0.0
        for path, truth in samples:
            command = [sys.executable, __file__, "--case", name, str(path), "--transnetv2", python]
            answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            hits, said, wanted = hits + right(answer["found"], truth), said + len(answer["found"]), wanted + len(truth)
            spent += answer["cpu_s"]
        yield {
            "bench": "shots",
            "case": name,
            "precision": round(hits / max(1, said), 3),
            "recall": round(hits / wanted, 3),
            "f1": round(2 * hits / (said + wanted), 3),
            "cpu_s": round(spent, 2),
        }


def main(samples: list[tuple[Path, Truth]], python: str) -> None:
    lines = {
        line["case"]: line
        for line in measured(samples, [name for name in CASES if python or name != "transnetv2"], python)
    }
    adaptive = lines["adaptive"]
    for line in lines.values():
        print(json.dumps(line | {"cpu_ratio": round(line["cpu_s"] / adaptive["cpu_s"], 2)}), flush=True)
    if lines["ours"]["f1"] < min(1.0, adaptive["f1"] + 0.10) or lines["ours"]["cpu_s"] > 1.2 * adaptive["cpu_s"]:
        sys.exit("ours misses its aim")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--transnetv2", default="", metavar="PYTHON")
    parser.add_argument("--case")
    given = parser.parse_args()
    if given.case:
        case(given.case, given.files[0], given.transnetv2)
    elif given.files:
        main([(given.files[0], json.loads(given.files[1].read_text()))], given.transnetv2)
    elif not MEDIA.is_dir():
        print(json.dumps({"bench": "shots", "skipped": "no footage beside this checkout; give FILE and TRUTH.json"}))
    else:
        with tempfile.TemporaryDirectory() as made:
            main([written(seed, Path(made)) for seed in SEEDS], given.transnetv2)
