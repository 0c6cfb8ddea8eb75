"""Scripts, styles and fonts of the pages: addressed by what they hold, so that a browser keeps them and never asks."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
KEPT = "public, max-age=31536000, immutable"
_IMPORT = re.compile(r'^import\b[^"]*"\./([\w.]+)";', re.MULTILINE)


@cache
def version() -> str:
    """Another one whenever any of the files changes."""
    found = hashlib.sha256()
    for file in sorted(one for one in STATIC.rglob("*") if one.is_file()):
        found.update(f"{file.relative_to(STATIC)}\0".encode())
        found.update(file.read_bytes())
    return found.hexdigest()[:12]


def root() -> str:
    """What addresses of files begin with in pages. Files name each other by relative addresses."""
    return f"/static/{version()}"


@cache
def modules() -> Mapping[str, list[str]]:
    """Each script to all it imports, over however many steps: asked for at once, not one after the other."""
    imports = {file.stem: _IMPORT.findall(file.read_text("utf-8")) for file in (STATIC / "js").glob("*.js")}
    return {script: list(dict.fromkeys(_reached(script, imports, set()))) for script in imports}


def _reached(script: str, imports: Mapping[str, list[str]], seen: set[str]) -> Iterator[str]:
    for name in imports[script]:
        if name not in seen:
            seen.add(name)
            yield name
            yield from _reached(name.removesuffix(".js"), imports, seen)


class Files(StaticFiles):
    """Serves them. Under the present version they are kept for good, under any other name asked about every time."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        asked, _, inside = path.partition("/")
        named = re.fullmatch(r"[0-9a-f]{12}", asked) is not None
        response = await super().get_response(inside if named else path, scope)
        response.headers["Cache-Control"] = KEPT if asked == version() else "no-cache"
        return response
