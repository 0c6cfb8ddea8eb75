"""Templates in the reader's language."""

from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.access.who import Who
from gateway.pages import assets, conditions, formats, words
from gateway.pages.cards import best_moment
from gateway.pages.language import reader_language, translations
from gateway.pages.visiting import written
from kernel.contracts.errors import LANGUAGES, Language, Problem
from kernel.contracts.library import Group, Person
from kernel.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    """One environment a language, so that a template is compiled with its messages in place."""

    def __init__(self, settings: Settings) -> None:
        self._default = settings.language
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def language(self, request: Request) -> Language:
        return reader_language(request, self._default)

    def page(self, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page or a part of one. Pages show what is in the library now and are never kept by caches."""
        environment = self._environments[self.language(request)]
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        who: Who | None = getattr(request.state, "who", None)
        html = environment.get_template(template).render(
            **{"address": address, "form": written(request), **_standing(who), **context}
        )
        return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store", "Vary": "Accept-Language"})

    def problem(self, request: Request, problem: Problem) -> HTMLResponse:
        phrase = HTTPStatus(problem.status).phrase
        return self.page(request, "error.html", status=problem.status, problem=problem, phrase=phrase)


def _standing(who: Who | None) -> dict[str, Any]:
    """What every template knows of the reader: pages show nothing that would only be refused."""
    editor = who is not None and who.may("editor")
    return {"who": who, "editor": editor, "admin": who is not None and who.may("admin")}


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    messages = translations(language)
    environment.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "timecode": formats.timecode,
        "clock": formats.clock,
        "share": formats.share,
        "site": formats.site,
        "local": formats.local,
        "as_json": formats.as_json,
        "seconds": partial(formats.seconds, language=language),
        "duration": partial(formats.duration, language=language),
        "speed": partial(formats.speed, language=language),
        "day": partial(formats.day, language=language),
        "moment": partial(formats.moment, language=language),
        "called": partial(called, language=language),
        "percent": conditions.percent,
        "certainty": partial(conditions.certainty, gettext=messages.gettext),
    }
    environment.globals |= {
        "language": language,
        "here": "",
        "assets": assets.root(),
        "modules": assets.modules(),
        "words": words.scripts(messages.gettext),
        "steps": words.steps(messages.gettext),
        "stages": words.stages(messages.gettext),
        "states": words.states(messages.gettext),
        "unused_because": words.unused_because(messages.gettext),
        "consents": words.consents(messages.gettext),
        "actions": words.actions(messages.gettext),
        "actors": words.actors(messages.gettext),
        "roles": words.roles(messages.gettext),
        "role_means": words.role_means(messages.gettext),
        "token_scopes": words.token_scopes(messages.gettext),
        "scope_means": words.scope_means(messages.gettext),
        "audiences": words.audiences(messages.gettext),
        "scales": conditions.scales(messages.gettext),
        "origins": conditions.origins(messages.gettext),
        "best_moment": best_moment,
    }
    return environment


def called(named: Person | Group, language: Language) -> str:
    """What the reader calls a person or group."""
    return named.name_ko if language == "ko" else named.name_en
