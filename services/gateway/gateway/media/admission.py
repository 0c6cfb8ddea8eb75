"""Whether a file may come in: first bytes, container, codec, budgets, and one picture decoded in a limited child.

What the container claims is not believed until a picture was decoded: indexes cut off, picture bombs and songs
with cover art all probe well. The decoding happens in a child process with bounded memory and time,
since what it reads was sent by strangers.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway.media import errors
from gateway.media.child import bare_environment, limit_child
from gateway.media.sniff import HEAD_BYTES, refuse_by_kind
from gateway.pipeline import frames
from kernel.settings import Media
from kernel.telemetry import logger

MEMORY_BYTES = 3 * 1024**3
"""Address space of the child: libraries and thread stacks count, not only what is touched."""
CPU_S = 20
WALL_S = 60


def allowed_path(path: Path, roots: Sequence[Path]) -> Path:
    """The real file `path` names, when it is inside one of `roots` after every symlink is followed.

    Raises OutsideRootsError, also for what is not there outside the roots, so that nothing can be probed for.
    """
    real = Path(os.path.realpath(path))
    if not any(real.is_relative_to(os.path.realpath(root)) for root in roots):
        raise errors.OutsideRootsError(roots=", ".join(map(str, roots)) or "-")
    if not real.is_file():
        raise errors.MissingFileError(path=str(path))
    return real


def admit(path: Path, media: Media) -> frames.Probe:
    """What the video is, when it may come in. Blocks for about a second. Raises MediaError."""
    _check_bytes(path, media)
    probe = _probe_in_child(path, media.max_pixels)
    if probe.duration_ms > media.max_duration_s * 1000:
        raise errors.TooLongError(minutes=probe.duration_ms // 60_000, most_minutes=media.max_duration_s // 60)
    return probe


def _check_bytes(path: Path, media: Media) -> None:
    if not path.is_file():
        raise errors.MissingFileError(path=str(path))
    size = path.stat().st_size
    if size == 0:
        raise errors.EmptyFileError
    if size > media.max_bytes:
        raise errors.TooManyBytesError(most=media.max_bytes)
    with path.open("rb") as file:
        refuse_by_kind(file.read(HEAD_BYTES))


def _probe_in_child(path: Path, max_pixels: int) -> frames.Probe:
    """Run this module as a program on `path`; whatever kills it is a refusal, not our failure."""
    command = [sys.executable, "-m", "gateway.media.admission", str(max_pixels), str(path.absolute())]
    try:
        child = subprocess.run(  # noqa: S603 - a list of our own words and one absolute path, no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=WALL_S, check=False, env=bare_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise errors.TooCostlyError from error
    if child.returncode:
        logger("media").warning("admission child died", status=child.returncode, said=child.stderr[-500:])
        raise errors.TooCostlyError if child.returncode < 0 else errors.BrokenVideoError
    answer = json.loads(child.stdout)
    if "code" in answer:
        raise errors.of_code(answer["code"], answer["params"])
    return frames.Probe.model_validate(answer)


def main(max_pixels: str, path: str) -> None:
    """The child: one line of JSON, a `Probe` or a refusal's code and parameters."""
    limit_child(memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    try:
        answer = frames.probe(Path(path), most_pixels=int(max_pixels)).model_dump_json()
    except errors.MediaError as error:
        answer = json.dumps({"code": error.code, "params": error.params})
    except MemoryError:
        answer = json.dumps({"code": errors.TooCostlyError.code, "params": {}})
    sys.stdout.write(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
