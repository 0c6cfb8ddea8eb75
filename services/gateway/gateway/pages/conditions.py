"""Filters that are chosen rather than asked: framing, origin of captions, days, certainty. Pure."""

from collections.abc import Callable
from typing import get_args

from kernel.contracts.captions import ShotScale
from kernel.contracts.embeddings import CaptionOrigin

Gettext = Callable[[str], str]
CERTAIN = (0.5, 0.7, 0.9)
LEAST = 0.005  # what rounds to a percent


def scales(_: Gettext) -> dict[str, str]:
    said: dict[ShotScale, str] = {
        "extreme_close_up": _("Extreme close-up"),
        "close_up": _("Close-up"),
        "medium": _("Medium shot"),
        "full": _("Full shot"),
        "wide": _("Wide shot"),
        "no_person": _("Nobody in it"),
    }
    return {one: said[one] for one in get_args(ShotScale)}


def origins(_: Gettext) -> dict[str, str]:
    said: dict[CaptionOrigin, str] = {
        "human": _("Written by a person"),
        "machine": _("Written by a machine"),
        "import": _("Imported"),
    }
    return {one: said[one] for one in get_args(CaptionOrigin)}


def label(name: str, value: str, _: Gettext) -> str | None:
    """What a filter of an address is called; None for what is none."""
    if name == "only":
        return _("nobody else")
    told = {
        "since": _("from %(day)s"),
        "until": _("until %(day)s"),
        "certain": _("people at least %(share)s sure"),
    }
    if name in told:
        return told[name] % {"day": value, "share": f"{float(value):.0%}" if name == "certain" else ""}
    named = {"scale": scales(_), "origin": origins(_)}.get(name, {})
    return named.get(value)


def percent(probability: float) -> str:
    """A probability in percent; what is shown is never impossible: less than half a percent is "<1%"."""
    return f"{probability:.0%}" if probability >= LEAST else "<1%"


def certainty(probability: float, gettext: Gettext) -> str:
    """How probable a scene is, in words."""
    _ = gettext
    said = ((0.9, _("almost certain")), (0.7, _("probable")), (0.4, _("possible")))
    return next((word for least, word in said if probability >= least), _("unlikely"))
