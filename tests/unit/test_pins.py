"""What is pinned can be had by every Python the README promises, not only by the one that pinned it."""

import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PINS = [line.split("==")[0] for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line]


@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.12.0"])  # Debian 12 has 3.11.2
def test_every_pin_can_be_had(python: str) -> None:
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert SpecifierSet(promised).contains(python)
    asked = {name: required for name in PINS if (required := _requires_python(name))}
    assert len(asked) > 50
    assert [name for name, required in asked.items() if not SpecifierSet(required).contains(python)] == []


def _requires_python(name: str) -> str | None:
    """None for what is not installed here: pins of other systems."""
    try:
        return distribution(name).metadata["Requires-Python"]
    except PackageNotFoundError:
        return None
