"""People's colours stay apart for readers who see fewer of them."""

import itertools
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from gateway.library.people import COLOURS
from gateway.pages.extraction import PAGES

CSS = (PAGES / "static" / "css" / "base.css").read_text()
# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])
Colour = NDArray[np.float64]


def themes() -> tuple[list[str], list[str]]:
    found = re.findall(r"--p\d: (#[0-9a-f]{6})", CSS)
    return found[:COLOURS], found[COLOURS:]


def linear(written: str) -> Colour:
    rgb = np.array([int(written[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: Colour) -> Colour:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_there_is_a_colour_for_every_index_in_both_themes() -> None:
    assert [len(theme) for theme in themes()] == [COLOURS, COLOURS]


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", [0, 1], ids=["dark", "light"])
def test_any_two_people_differ(theme: int, sight: str) -> None:
    seen = [lab(np.asarray(SIGHT[sight]) @ linear(colour)) for colour in themes()[theme]]
    closest = min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(seen, 2))
    assert closest > 20


@pytest.mark.parametrize(
    ("ink", "paper"), [("ink", "bg"), ("ink2", "bg"), ("ink3", "bg"), ("ink3", "bg1"), ("bad", "bg1")]
)
@pytest.mark.parametrize("theme", [0, 1], ids=["dark", "light"])
def test_small_text_has_contrast(theme: int, ink: str, paper: str) -> None:
    light, dark = sorted((luminance(token(ink, theme)), luminance(token(paper, theme))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def token(name: str, theme: int) -> str:
    return re.findall(rf"--{name}: (#[0-9a-f]{{6}})", CSS)[theme]


def luminance(written: str) -> float:
    return float(TO_XYZ[1] @ linear(written))
