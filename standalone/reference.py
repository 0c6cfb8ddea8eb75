"""Reference pages made from the code: `make docs` writes them, a test compares them.

docs/settings.md and .env.example from the settings tree, docs/rest.md from the gateway's OpenAPI.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.app import create_app
from kernel.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
# Set by docker-compose.yml for every container, whatever .env says.
COMPOSE_SETS = ("DATABASE_URL", "SCENEDESK_DATA_DIR", "SCENEDESK_HOST", "SCENEDESK_MEDIA__ROOTS")

SETTINGS_HEAD = """\
# Settings

Every setting is an environment variable or a line in `.env`; nothing else is read. Lists are JSON:
`SCENEDESK_MEDIA__ROOTS=["/footage"]`. `scenedesk doctor` shows what they lead to. This page is written by
`make docs` from `kernel/settings.py`.
"""
ENV_HEAD = """\
# Copy to .env. Read by docker-compose.yml, by every service and by the command line.
# Unset settings keep the values shown. docs/settings.md says the same as a table.

# --- docker-compose alone ---

# Password of the database in the stack; there is no default.
POSTGRES_PASSWORD=
# Address the gateway is published on; 0.0.0.0 for other machines too.
# SCENEDESK_PUBLISH=127.0.0.1
# Folder of videos that the stack may take by path, mounted at /media.
# SCENEDESK_MEDIA_FOLDER=./media
# Extras built into the images: dlib, hub, llm, slack.
# SCENEDESK_EXTRAS=dlib,llm,slack
"""
REST_HEAD = """\
# REST

Everything the pages, the command line and Slack do goes through these routes. A running product serves the whole
description at `/v1/openapi.json` (OpenAPI 3.1, with examples). Refusals are RFC 9457 problems
(`application/problem+json`) in the reader's language. Listings page by `next_cursor`; every POST that creates takes
an `Idempotency-Key`. This page is written by `make docs` from the gateway.
"""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, default as it would be written in `.env`, and what it is for."""

    name: str
    default: str | None
    description: str


def settings() -> Iterator[tuple[str, list[Setting]]]:
    """Settings by part: the part's sentence, then its settings; the product's own first."""
    fields = Settings.model_fields
    parts = {name: field for name, field in fields.items() if _is_part(field)}
    yield "The product", [_setting(name, field, "SCENEDESK_") for name, field in fields.items() if name not in parts]
    for name, field in parts.items():
        part = cast("type[BaseModel]", field.annotation)
        prefix = f"SCENEDESK_{name.upper()}__"
        yield part.__doc__ or name, [_setting(inner, f, prefix) for inner, f in part.model_fields.items()]


def _is_part(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _setting(name: str, field: FieldInfo, prefix: str) -> Setting:
    default = field.get_default(call_default_factory=True)
    alias = field.validation_alias
    return Setting(
        name=alias if isinstance(alias, str) else prefix + name.upper(),
        default=None if default is None else _written(default),
        description=field.description or "",
    )


def _written(value: Any) -> str:
    if isinstance(value, bool | tuple | list):
        return json.dumps(value)
    return str(value)


def settings_page() -> str:
    parts = [SETTINGS_HEAD]
    for title, found in settings():
        rows = [
            f"| `{s.name}` | {f'`{s.default}`' if s.default is not None else ''} | {s.description} |" for s in found
        ]
        parts.append(
            "\n".join([f"## {title.rstrip('.')}\n", "| setting | default | |", "| --- | --- | --- |", *rows, ""])
        )
    return "\n".join(parts)


def env_example() -> str:
    parts = [ENV_HEAD]
    for title, found in settings():
        mine = [s for s in found if s.name not in COMPOSE_SETS]
        lines = [f"# {s.description}\n# {s.name}={s.default or ''}" for s in mine]
        parts.append("\n".join([f"# --- {title.rstrip('.')} ---\n", *lines, ""]))
    return "\n".join(parts)


def rest_page() -> str:
    app = create_app(Settings(_env_file=None), "postgresql://unused", _no_wire)  # type: ignore[call-arg]
    parts: dict[str, list[str]] = {}
    for path, methods in app.openapi()["paths"].items():
        for method, route in methods.items():
            tag = (route.get("tags") or ["other"])[0]
            parts.setdefault(tag, []).append(f"| `{method.upper()} {path}` | {route.get('summary', '')} |")
    tables = (
        "\n".join([f"## {tag.capitalize()}\n", "| route | |", "| --- | --- |", *rows, ""])
        for tag, rows in parts.items()
    )
    return "\n".join([REST_HEAD, *tables])


def _no_wire() -> Any:
    raise RuntimeError("documents are made without calling any service")


def pages() -> dict[Path, str]:
    return {
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / "docs" / "rest.md": rest_page(),
        ROOT / ".env.example": env_example(),
    }


if __name__ == "__main__":
    for page, text in pages().items():
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
