"""What needs no database of who may come in: roles, routes, waiting, passwords, where one is led."""

import pytest

from gateway.access import policy
from gateway.access.browsers import browser_of
from gateway.access.errors import WeakPasswordError
from gateway.access.keys import csrf_of
from gateway.access.passwords import check
from gateway.access.throttling import HERE, LONGEST_S, wait_s
from gateway.access.who import Who, role_of
from gateway.pages.choosing import local


@pytest.mark.parametrize(
    ("method", "route", "role"),
    [
        ("GET", "/v1/videos", "viewer"),
        ("GET", "/v1/something/new", "viewer"),
        ("POST", "/v1/something/new", "editor"),
        ("PATCH", "/v1/something/new", "editor"),
        ("POST", "/v1/search", "viewer"),
        ("GET", "/v1/accounts", "admin"),
        ("GET", "/v1/accounts/{account_id}", "admin"),
        ("GET", "/v1/accountsandmore", "viewer"),
        ("DELETE", "/v1/people/{person_id}", "admin"),
        ("GET", "/people/review", "editor"),
        ("GET", "/sign-in", None),
        ("POST", "/welcome/{secret}", None),
        ("GET", "/sign-in-and-more", "viewer"),
        ("GET", "/static", "viewer"),
    ],
)
def test_a_route_takes_a_role(method: str, route: str, role: str | None) -> None:
    assert policy.needed(method, route) == role


def test_who_tried_too_often_waits_twice_as_long_each_time() -> None:
    waits = [wait_s(times, HERE, 0) for times in range(HERE - 1, HERE + 8)]
    assert waits == [0, 30, 60, 120, 240, 480, LONGEST_S, LONGEST_S, LONGEST_S]
    assert wait_s(HERE, HERE, 29.6) == 0
    assert wait_s(10_000, HERE, 1.0) == LONGEST_S - 1


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaa",
        "1212121212",
        "1234567890",
        "password2026!",
        "Qwerty123456",
        "minji@example.org",
        "비밀번호1234567",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check(password, "minji@example.org")


@pytest.mark.parametrize("password", ["correct horse battery", "여름 캠프의 긴 문장", "x9$kq-Tz!vB2"])
def test_other_passwords_are_taken(password: str) -> None:
    check(password, "minji@example.org")


@pytest.mark.parametrize(
    ("most", "scopes", "role"),
    [
        ("admin", ["read"], "viewer"),
        ("admin", ["read", "write"], "editor"),
        ("editor", ["admin"], "editor"),
        ("viewer", ["write"], "viewer"),
        ("admin", ["act-for"], None),
    ],
)
def test_a_token_does_what_its_scopes_and_its_account_allow(most: str, scopes: list[str], role: str | None) -> None:
    assert role_of(most, scopes) == role  # type: ignore[arg-type]


def test_roles_include_those_below() -> None:
    assert [Who("editor", "session").may(role) for role in ("viewer", "editor", "admin")] == [True, True, False]


@pytest.mark.parametrize("address", ["//x", "/\\x", "https://x", "x", "", "javascript:x", "/\tx", "\\\\x", "/\n/x"])
def test_nobody_is_led_elsewhere(address: str) -> None:
    assert local(address) == "/"


def test_what_a_form_sends_back_follows_from_the_cookie_and_does_not_tell_it() -> None:
    assert csrf_of("a") == csrf_of("a")
    assert csrf_of("a") != csrf_of("b")
    assert "secret" not in csrf_of("secret")


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari · macOS"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0.0.0 Safari/537.36 Whale/4.0", "Whale · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0 Safari/537.36 Edg/130.0", "Edge · Linux"),
        ("curl/8.9", "curl/8.9"),
        ("", "?"),
    ],
)  # fmt: skip
def test_a_browser_is_called_what_people_call_it(agent: str, said: str) -> None:
    assert browser_of(agent) == said
