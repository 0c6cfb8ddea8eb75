"""Decoding: CPU of sampling and of a whole look against `ffmpeg -f null` and against OpenCV and plain PyAV.

    python bench/decode.py [FILE]

Without FILE, a minute of 1080p at 30 fps is made from the footage beside the checkout, or from a test picture.
Every case runs in a process of its own, interleaved, best of three; CPU is user and system of all its threads,
without imports. Beside other work on the machine the ratios of cases with many small pieces rise. Prints a JSON
line per case with its ratio to ffmpeg, and fails when ours is over its aim.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

FOOTAGE = Path(__file__).parents[2] / "shared/data/media/composed/scenes.mp4"
AIMS = {"sampler 1 fps": 1.05, "look 5 fps": 1.4}
SECONDS, TIMES = 20, 3


def cpu_s() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def ffmpeg_null(path: str) -> Callable[[], int]:
    import imageio_ffmpeg  # noqa: PLC0415 - imports are not part of a case

    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-nostdin",
        "-i",
        path,
        "-map",
        "0:v:0",
        "-f",
        "null",
        "-",
    ]
    return lambda: subprocess.run(command, check=True).returncode


def sampler(path: str, fps: float) -> Callable[[], int]:
    """Ours without shot detection: decode, keep, scale to 960, turn upright, JPEG to disk."""
    import numpy as np  # noqa: PLC0415

    from gateway.pipeline import frames  # noqa: PLC0415
    from kernel.store import Store  # noqa: PLC0415

    tiny = np.zeros((36, 64, 3), np.uint8)

    def run() -> int:
        with (
            tempfile.TemporaryDirectory() as folder,
            frames.opened(Path(path)) as source,
            Store(Path(folder)).filling("x") as out,
        ):
            kept = frames._Sampler(out, "x", frames.LookOptions(sample_fps=fps), source.stream)  # noqa: SLF001 - a part of `look` is measured alone
            for shown in frames.on_screen(source):
                kept.take(shown, tiny)
            return len(kept.pictures)

    return run


def look(path: str, fps: float) -> Callable[[], int]:
    from gateway.pipeline import frames  # noqa: PLC0415
    from kernel.store import Store  # noqa: PLC0415

    def run() -> int:
        with tempfile.TemporaryDirectory() as folder:
            found = frames.look(Path(path), Store(Path(folder)), "x", frames.LookOptions(sample_fps=fps))
            return len(found.pictures)

    return run


def opencv(path: str) -> Callable[[], int]:
    """As most do: read everything, keep one in thirty."""
    import cv2  # noqa: PLC0415

    def run() -> int:
        video, count, kept = cv2.VideoCapture(path), 0, 0
        while True:
            more, _ = video.read()
            if not more:
                return kept
            kept, count = kept + (count % 30 == 0), count + 1

    return run


def plain_pyav(path: str) -> Callable[[], int]:
    import av  # noqa: PLC0415

    def run() -> int:
        with av.open(path) as video:
            stream = video.streams.video[0]
            stream.thread_type = "AUTO"
            return sum(
                1
                for count, frame in enumerate(video.decode(stream))
                if count % 30 == 0 and frame.to_ndarray(format="rgb24") is not None
            )

    return run


CASES: dict[str, Callable[[str], Callable[[], int]]] = {
    "ffmpeg -f null": ffmpeg_null,
    "sampler 1 fps": lambda path: sampler(path, 1),
    "sampler 5 fps": lambda path: sampler(path, 5),
    "look 1 fps": lambda path: look(path, 1),
    "look 5 fps": lambda path: look(path, 5),
    "OpenCV read all, 1 fps": opencv,
    "PyAV by count, 1 fps to RGB": plain_pyav,
}


def case(name: str, path: str) -> None:
    run = CASES[name](path)
    before = cpu_s()
    kept = run()
    spent = cpu_s() - before
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"cpu_s": spent, "kept": kept, "peak_rss_mb": round(peak_mb)}))


def sample(folder: Path) -> Path:
    import imageio_ffmpeg  # noqa: PLC0415

    part, path = folder / "part.mp4", folder / "1080p.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"]
    source = ["-i", str(FOOTAGE)] if FOOTAGE.exists() else ["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30"]
    encoded = ["-vf", "scale=1920:1080,fps=30", "-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-g", "60"]
    subprocess.run([*command, *source, "-t", str(SECONDS), *encoded, "-an", str(part)], check=True)
    subprocess.run([*command, "-stream_loop", str(TIMES - 1), "-i", str(part), "-c", "copy", str(path)], check=True)
    return path


def main(path: Path) -> None:
    best: dict[str, dict[str, float]] = {}
    for name in list(CASES) * 3:
        command = [sys.executable, __file__, "--case", name, str(path)]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        best[name] = min(best.get(name, found), found, key=lambda figures: figures["cpu_s"])
    floor = best["ffmpeg -f null"]["cpu_s"]
    over = []
    for name, figures in best.items():
        ratio = round(figures["cpu_s"] / floor, 3)
        line = {"bench": "decode", "case": name, **figures, "cpu_s": round(figures["cpu_s"], 2), "ratio": ratio}
        if name in AIMS:
            line["aim"] = AIMS[name]
            over += [name] if ratio > AIMS[name] else []
        print(json.dumps(line), flush=True)
    if over:
        sys.exit(f"over the aim: {', '.join(over)}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        case(sys.argv[2], sys.argv[3])
    elif sys.argv[1:]:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(sample(Path(made)))
