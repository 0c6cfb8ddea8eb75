"""The matrix of access: every route and page x everybody who may ask x what is theirs, others', gone, or expired."""

import re
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

import gateway.app
from gateway.access.door import cookie_name
from gateway.access.who import RANK
from gateway.library.belonging import KINDS, OF_NO_VIDEO
from gateway.pages import PAGES
from kernel.settings import Settings
from tests.access_rows import ENDLESS, FAREWELLS, ROWS
from tests.access_world import OPEN, SECRET, World, furnish
from tests.accounts import ROLES, House, open_house

PARAMETER = re.compile(r"{(\w+)}")
OF_NO_OBJECT = {"secret", "shown", "version"}
READING = ("GET", "HEAD")
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def routes() -> set[str]:
    app = gateway.app.create_app(Settings(_env_file=None), "postgresql://nobody@127.0.0.1/nothing", _no_wire)
    rest = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    pages = {
        f"{method} {route.path}"  # type: ignore[attr-defined]
        for module in PAGES
        for route in module.router.routes
        for method in route.methods  # type: ignore[attr-defined]
    }
    return rest | pages


def _no_wire() -> Any:
    raise AssertionError("a document needs no wire")


def test_every_route_has_a_row_and_every_row_a_route(routes: set[str]) -> None:
    assert routes == ROWS.keys()


def test_what_a_path_names_is_guarded_or_said_to_belong_to_no_video(routes: set[str]) -> None:
    named = {name for route in routes for name in PARAMETER.findall(route)}
    assert named <= KINDS | OF_NO_VIDEO | OF_NO_OBJECT


class Asked(NamedTuple):
    """One request of the matrix, and what it was answered with."""

    route: str
    who: str
    what: str
    status: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.route} by {self.who} on what is {self.what}: {self.status} {self.code}"


class Matrix:
    """Asks, and keeps what was not as it should be."""

    def __init__(self, house: House, world: World) -> None:
        self.house, self.world = house, world
        self.wrong: list[str] = []
        self.read = 0

    async def ask(self, route: str, who: str, what: str, client: httpx.AsyncClient) -> Asked:
        method, _, path = route.partition(" ")
        gone = str(uuid4())
        seen = self.world.seen | self.world.own.get(who, {})
        ids = {"seen": seen, "hidden": seen | self.world.hidden, "gone": {}}[what]
        address = PARAMETER.sub(lambda found: {"version": "1", **ids}.get(found.group(1), gone), path)
        address += QUERIES.get(route, "")
        body = {} if method in READING or method == "DELETE" else {"json": {}}
        headers = {} if path.startswith("/v1/") else PAGE
        answer = await client.request(method, address, headers=headers, **body)  # type: ignore[arg-type]
        code = str(answer.json().get("code", "")) if "problem+json" in answer.headers.get("content-type", "") else ""
        binary = not answer.headers.get("content-type", "").startswith(("text", "application"))
        return Asked(route, who, what, answer.status_code, code, "" if binary else answer.text)

    def expect(self, asked: Asked, right: bool) -> None:
        if not right:
            self.wrong.append(f"{asked}: {asked.text[:200]}")

    def unread(self, asked: Asked) -> None:
        """Nothing of what is hidden stands in an answer, but what whoever asks said themselves."""
        if asked.status < 300:
            self.read += 1
            self.expect(asked, not any(needle in asked.text for needle in self.world.needles))


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_everybody_gets_what_is_theirs_and_nothing_else(
    settings: Settings, database_url: str, tmp_path: Path
) -> None:
    async with open_house(settings, database_url) as house:
        matrix = Matrix(house, await furnish(house, tmp_path))
        strangers = await _strangers(house)
        for route, role in ROWS.items():
            if role is None:
                continue
            for who, client in strangers.items():
                await _turned_away(matrix, route, who, client)
            for asking in ROLES:
                if RANK[asking] < RANK[role]:  # type: ignore[index]
                    asked = await matrix.ask(route, asking, "seen", house.clients[asking])
                    matrix.expect(asked, asked.status == 403 and asked.code in ("not_allowed", ""))
                elif route not in ENDLESS:
                    await _let_in(matrix, route, asking)
        for client in strangers.values():
            await client.aclose()
    assert not matrix.wrong, "\n".join(matrix.wrong)
    assert matrix.read > 60, "too few answers were read to say that nothing leaks"


async def _turned_away(matrix: Matrix, route: str, who: str, client: httpx.AsyncClient) -> None:
    """Nobody, and whoever was somebody once."""
    asked = await matrix.ask(route, who, "seen", client)
    is_page = route.startswith("GET ") and not route.startswith(("GET /v1/", "GET /parts/"))
    led = is_page and "token" not in who
    matrix.expect(asked, asked.status == (303 if led else 401))


async def _let_in(matrix: Matrix, route: str, who: str) -> None:
    """Their role is enough: what decides is what the path names."""
    house, reads = matrix.house, route.startswith("GET ")
    client = house.clients[who]
    guarded = bool(KINDS & set(PARAMETER.findall(route)))
    gone = await matrix.ask(route, who, "gone", client)
    if route in FAREWELLS:
        await house.signed_in(who)
    matrix.expect(gone, gone.status not in (401, 403) and (gone.status < 500 or gone.status == 503))
    if who != "admin":
        matrix.unread(gone)
    if reads:
        seen = await matrix.ask(route, who, "seen", client)
        fine = seen.status < 400 or seen.code in OF_NO_USE.get(route, ())
        matrix.expect(seen, fine)
        if who != "admin":
            matrix.unread(seen)
    if guarded and who != "admin":
        hidden = await matrix.ask(route, who, "hidden", client)
        matrix.expect(hidden, hidden.status == 404 and hidden.code in ("not_found", ""))
        matrix.expect(hidden, SECRET not in hidden.text)
    if guarded and reads:
        for able in {"admin", "guest"} if ROWS[route] == "viewer" else {"admin"}:
            own = await matrix.ask(route, able, "hidden", house.clients[able])
            matrix.expect(own, own.status < 400 or own.code in OF_NO_USE.get(route, ()))


QUERIES = {"GET /v1/videos/{video_id}/difference": "?from=0&to=1", "GET /v1/answers/stream": "?q=jump"}
# Reading routes that have nothing to show in this library: there is no training, no candidate's picture, and the room
# that answers in words is not there.
OF_NO_USE: dict[str, tuple[str, ...]] = {
    "GET /v1/gallery/training": ("not_found",),
    "GET /v1/gallery/training/confusion.svg": ("not_found",),
    "GET /v1/candidates/{candidate_id}/picture": ("not_found",),
    "GET /v1/answers/stream": ("http_404",),
    "GET /v1/people/{person_id}/summary": ("http_404",),
    "GET /v1/videos/{video_id}/summary": ("http_404",),
    "GET /v1/videos/{video_id}/preview.mp4": ("malformed", "invalid", "validation"),
    "GET /v1/videos/{video_id}/preview.gif": ("malformed", "invalid", "validation"),
    # Nothing for people: see test_accounts.py and test_placements.py.
    "GET /v1/links": ("malformed", "invalid", "validation"),
    "GET /v1/placements": ("malformed", "invalid", "validation"),
    "GET /v1/placements/due": ("malformed", "invalid", "validation"),
    "GET /parts/videos/{video_id}/segments": ("",),  # a page without its cursor
}


LATEST_SESSION_OF_ADMIN = """
    update library.sessions set expires_at = now() - interval '1 second' where id = (
        select sessions.id from library.sessions join library.accounts on accounts.id = sessions.account_id
        where accounts.login = 'admin' order by sessions.created_at desc limit 1
    )
"""


async def _strangers(house: House) -> dict[str, httpx.AsyncClient]:
    """Nobody, and everybody who came in by something that has ended."""
    await house.add("shut-out", "admin")
    found = {"nobody": house.client(), "forger": house.client(Authorization="Bearer sd_forged")}
    found["expired token"] = house.client(Authorization=f"Bearer {await house.token_of('admin', 'admin', days=1)}")
    found["revoked token"] = house.client(Authorization=f"Bearer {await house.token_of('admin', 'admin')}")
    for name, whose in (("expired session", "admin"), ("shut out", "shut-out")):
        found[name] = house.client()
        found[name].cookies.set(cookie_name(house.settings), await house.cookie_of(whose))
    found["forger token"] = found.pop("forger")
    async with house.desk.database.transaction() as connection:
        for statement in (
            "update library.tokens set expires_at = now() - interval '1 second' where expires_at is not null",
            "update library.tokens set revoked_at = now() where expires_at is null",
            "update library.accounts set disabled_at = now() where login = 'shut-out'",
            LATEST_SESSION_OF_ADMIN,
        ):
            await connection.execute(text(statement))
    return found


@pytest.fixture
def world(settings: Settings, database_url: str, tmp_path: Path) -> Any:
    @asynccontextmanager
    async def opened() -> Any:
        async with open_house(settings, database_url) as house:
            yield house, await furnish(house, tmp_path)

    return opened


async def test_what_is_hidden_is_in_no_list_no_count_and_no_suggestion(world: Any) -> None:
    async with world() as (house, known):
        listed = {
            who: [video["title"] for video in (await client.get("/v1/videos")).json()["items"]]
            for who, client in house.clients.items()
        }
        assert listed == {"viewer": [OPEN], "editor": [OPEN], "admin": [SECRET, OPEN], "guest": [SECRET, OPEN]}
        for who, both in (("editor", False), ("admin", True)):
            client = house.clients[who]
            count = 2 if both else 1
            for listing in ("/v1/edits", "/v1/runs", "/v1/strangers", "/v1/decisions", "/v1/series"):
                assert len((await client.get(listing)).json()["items"]) == count, (who, listing)
            titles = (await client.get("/v1/suggestions", params={"q": "촬영본"})).json()["items"]
            assert len(titles) == count, who
        assert known.needles


def rows_of(kind: str) -> Iterator[str]:
    return (route for route in ROWS if f"{{{kind}}}" in route)


def test_each_kind_is_asked_about() -> None:
    for kind in KINDS:
        assert list(rows_of(kind)), kind
