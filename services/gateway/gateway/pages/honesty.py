"""What must be said of the models in use: weak, missing, observed, licensed for less than everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gateway.models import Models
from kernel.contracts.errors import Language
from kernel.contracts.models import ModelCard

Gettext = Callable[[str], str]


@dataclass(frozen=True)
class Notice:
    title: str
    text: str
    weight: Literal["", "bad", "quiet"] = ""


def notices(models: Models, language: Language, _: Gettext) -> list[Notice]:
    """The gravest first: what can't run, what is weak, what is composed, what a licence asks to be said."""
    found = [Notice(_("A service is not available:"), f"{room} — {why}", "bad") for room, why in models.missing.items()]
    if models.faces:
        found += [_of_faces(card, language, _) for card in (models.faces.embedder,) if card.weak]
        cards = (models.faces.detector, models.faces.embedder)
        found += [
            Notice(_("Licence:"), text, "quiet") for card in cards if (text := _line(card, language)) and not card.weak
        ]
    if models.captions:
        found += _of_captions(models.captions.captioner, language, _)
    return list(dict.fromkeys(found))


def _of_faces(card: ModelCard, language: Language, _: Gettext) -> Notice:
    text = _line(card, language) or _("Names are often wrong or missing. Bring a better one: scenedesk models pull")
    return Notice(_("The face model in use is weak."), text)


def _of_captions(card: ModelCard, language: Language, _: Gettext) -> list[Notice]:
    if card.backend != "observed":
        return [Notice(_("Licence:"), text, "quiet")] if (text := _line(card, language)) else []
    text = _line(card, language) or _(
        "Captions are composed from what detectors saw, and marked so; no caption model is in use."
    )
    return [Notice(_("Captions are observed."), text, "quiet")]


def _line(card: ModelCard, language: Language) -> str | None:
    return card.notice_ko if language == "ko" else card.notice_en
