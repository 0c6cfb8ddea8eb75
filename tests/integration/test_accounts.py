"""Coming in: signing in, links that open once, sessions that end, tokens, throttling, and what forms must know."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from gateway.access import entering, keys, linking
from gateway.access.door import cookie_name
from gateway.access.errors import OpenToAllError
from gateway.access.mode import mode_of
from gateway.access.who import Who
from kernel.contracts.accounts import NewLink
from kernel.settings import Settings
from tests.accounts import BASE, House, open_house
from tests.rooms import Rooms, open_front_door

PASSWORD = "correct horse battery"
PAGE = {"Accept": "text/html"}


@pytest.fixture
async def house(settings: Settings, database_url: str) -> AsyncIterator[House]:
    async with open_house(settings, database_url) as opened:
        yield opened


async def form(client: httpx.AsyncClient, address: str, **fields: str) -> httpx.Response:
    """A form filled in as a person does: the page first, then what it holds."""
    page = await client.get(address, headers=PAGE)
    hidden = dict(re.findall(r'type="hidden" name="(csrf)" value="([^"]*)"', page.text))
    return await client.post(address, data=hidden | fields, headers=PAGE)


async def welcomed(house: House, client: httpx.AsyncClient, login: str = "hanni", role: str = "viewer") -> str:
    """Invited and accepted; the link."""
    invited = await house.clients["admin"].post("/v1/invitations", json={"role": role, "name": "하니"})
    link = str(invited.json()["link"])
    path = link.removeprefix(house.settings.public_url)
    answer = await form(client, path, login=login, name="하니", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return path


async def test_an_invitation_opens_once_and_its_account_signs_in(house: House) -> None:
    async with house.client() as browser:
        path = await welcomed(house, browser)
        assert (await browser.get("/v1/me")).json()["account"]["login"] == "hanni"
        assert "하니" in (await browser.get("/", headers=PAGE)).text
    async with house.client() as other:
        assert (await form(other, path, login="x", name="x", password=PASSWORD)).status_code == 410
        again = await form(other, "/sign-in", login=" Hanni ", password=PASSWORD, next="/people")
        assert (again.status_code, again.headers["location"]) == (303, "/people")
        cookie = next(c for c in other.cookies.jar if c.name == cookie_name(house.settings))
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert (cookie.get_nonstandard_attr("SameSite"), cookie.secure) == ("lax", False)


async def test_looking_at_a_link_does_not_use_it_up(house: House) -> None:
    link = (await house.clients["admin"].post("/v1/invitations", json={})).json()["link"]
    path = link.removeprefix(house.settings.public_url)
    for _ in range(3):
        assert (await house.nobody.get(path, headers=PAGE)).status_code == 200
    weak = await form(house.nobody, path, login="danielle", name="다니엘", password="1234567890")
    assert weak.status_code == 422
    assert (await house.nobody.get(path, headers=PAGE)).status_code == 200


async def test_the_first_admin_comes_in_by_a_link_that_a_new_start_replaces(
    settings: Settings, database_url: str
) -> None:
    strict = settings.model_copy(update={"access": "accounts"})
    links = []
    for _ in range(2):
        async with open_front_door(Rooms(strict), database_url) as (client, app):
            links.append(str(app.state.setup_link).removeprefix(strict.public_url))
            assert (await client.get(links[0], headers=PAGE)).status_code == (200 if len(links) == 1 else 410)
    async with open_front_door(Rooms(strict), database_url) as (client, app):
        path = str(app.state.setup_link).removeprefix(strict.public_url)
        await form(client, path, login="minji", name="민지", password=PASSWORD)
        assert (await client.get("/v1/me")).json()["role"] == "admin"
    async with open_front_door(Rooms(strict), database_url) as (_, app):
        assert app.state.setup_link is None


async def test_a_wrong_password_says_the_same_as_an_unknown_login(house: House) -> None:
    async with house.client() as browser:
        await welcomed(house, browser)
    said = [
        (await form(house.nobody, "/sign-in", login=login, password="wrong wrong wrong")).text
        for login in ("hanni", "nobody")
    ]
    told = [re.search(r'class="refusal"[^>]*>([^<]+)', page) for page in said]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0].group(1) == told[1].group(1)


async def test_trying_too_often_waits_and_the_right_password_waits_too(house: House) -> None:
    async with house.client() as browser:
        await welcomed(house, browser)
    for _ in range(5):
        assert (await form(house.nobody, "/sign-in", login="hanni", password="wrong wrong")).status_code == 403
    late = await form(house.nobody, "/sign-in", login="hanni", password=PASSWORD)
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0
    async with house.desk.database.transaction() as connection:
        await connection.execute(text("update library.sign_in_failures set created_at = now() - interval '1 hour'"))
    assert (await form(house.nobody, "/sign-in", login="hanni", password=PASSWORD)).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "\t//evil.example"],
)
async def test_signing_in_leads_nowhere_else(house: House, elsewhere: str) -> None:
    async with house.client() as browser:
        await welcomed(house, browser)
    answer = await form(house.nobody, "/sign-in", login="hanni", password=PASSWORD, next=elsewhere)
    assert answer.headers["location"] == "/"


async def test_a_page_leads_to_the_sign_in_page_and_back(house: House) -> None:
    page = await house.nobody.get("/people?x=1", headers=PAGE)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/people%3Fx%3D1")
    program = await house.nobody.get("/v1/people")
    assert (program.status_code, program.headers["www-authenticate"]) == (401, "Bearer")


async def test_forms_and_scripts_of_a_session_must_know_its_token(house: House) -> None:
    async with house.client() as forged:
        forged.cookies.set(cookie_name(house.settings), await house.cookie_of("admin"))
        assert (await forged.get("/v1/me")).status_code == 200
        for said in ({}, {"Scenedesk-CSRF": "0" * 64}, {"Scenedesk-CSRF": keys.csrf_of("other")}):
            answer = await forged.post("/v1/groups", json={"name": "NJZ"}, headers=said)
            assert (answer.status_code, answer.json()["code"]) == (403, "forged_form")
        assert (await forged.post("/sign-out", data={"csrf": "x"}, headers=PAGE)).status_code == 403
        assert (await forged.get("/v1/me")).status_code == 200
        assert (await forged.post("/language", data={"lang": "en"}, headers=PAGE)).status_code == 403


async def test_a_visitor_chooses_the_language_by_a_form_of_ours(house: House) -> None:
    async with house.client() as visitor:
        assert (await visitor.post("/language", data={"lang": "en"}, headers=PAGE)).status_code == 403
        page = await visitor.get("/sign-in?next=/people", headers=PAGE)
        hidden = dict(
            re.findall(r'type="hidden" name="(csrf|next)" value="([^"]*)"', page.text.partition("</form>")[0])
        )
        chosen = await visitor.post("/language", data={**hidden, "lang": "en"}, headers=PAGE)
        assert (chosen.status_code, chosen.headers["location"]) == (303, "/sign-in?next=%2Fpeople")
    assert (await house.clients["editor"].post("/v1/groups", json={"name": "NJZ"})).status_code == 201
    no_page = await house.nobody.post("/sign-in", data={"login": "a", "password": "b"}, headers=PAGE)
    assert no_page.status_code == 403


async def test_signing_out_ends_the_session_and_everywhere_ends_all(house: House) -> None:
    first, second = house.clients["editor"], await house.signed_in("editor")
    csrf = first.headers["Scenedesk-CSRF"]
    assert len((await first.get("/v1/me/sessions")).json()["items"]) == 2
    left = await first.post("/sign-out", data={"csrf": csrf}, headers=PAGE)
    assert left.headers["location"] == "/sign-in"
    assert (await first.get("/v1/me")).status_code == 401
    assert (await second.delete("/v1/me/sessions")).status_code == 204
    assert (await second.get("/v1/me")).status_code == 401


async def test_shutting_somebody_out_ends_sessions_and_tokens_for_good(house: House) -> None:
    secret = await house.token_of("editor", "write")
    program = house.client(Authorization=f"Bearer {secret}")
    address = f"/v1/accounts/{house.people['editor'].id}"
    assert (await program.get("/v1/me")).json()["role"] == "editor"
    assert (await house.clients["admin"].patch(address, json={"disabled": True})).json()["disabled"] is True
    for client in (program, house.clients["editor"]):
        assert (await client.get("/v1/me")).status_code == 401
    await house.clients["admin"].patch(address, json={"disabled": False})
    for client in (program, house.clients["editor"]):
        assert (await client.get("/v1/me")).status_code == 401
    await program.aclose()


async def test_the_last_admin_stays(house: House) -> None:
    address = f"/v1/accounts/{house.people['admin'].id}"
    for changed in ({"disabled": True}, {"role": "editor"}):
        answer = await house.clients["admin"].patch(address, json=changed)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    await house.add("second", "admin")
    assert (await house.clients["admin"].patch(address, json={"role": "viewer"})).status_code == 200
    assert (await house.clients["admin"].get("/v1/accounts")).status_code == 403


async def test_changing_the_password_ends_other_sessions(house: House) -> None:
    async with house.client() as browser, house.client() as other:
        await welcomed(house, browser)
        await form(other, "/sign-in", login="hanni", password=PASSWORD)
        page = (await browser.get("/account", headers=PAGE)).text
        csrf = re.search(r'data-csrf="(\w+)"', page)
        assert csrf is not None
        said = {"Scenedesk-CSRF": csrf.group(1)}
        body = {"old": "not that one", "new": "another horse battery"}
        assert (await browser.put("/v1/me/password", json=body, headers=said)).status_code == 403
        body["old"] = PASSWORD
        assert (await browser.put("/v1/me/password", json=body, headers=said)).status_code == 204
        assert (await other.get("/v1/me")).status_code == 401
        assert (await browser.get("/v1/me")).status_code == 200
        assert (await form(other, "/sign-in", login="hanni", password=PASSWORD)).status_code == 403
        assert (await form(other, "/sign-in", login="hanni", password=body["new"])).status_code == 303


async def test_a_new_password_by_link_ends_sessions(house: House) -> None:
    asked = {"account_id": str(house.people["editor"].id)}
    link = (await house.clients["admin"].post("/v1/invitations", json=asked)).json()["link"]
    async with house.client() as browser:
        path = link.removeprefix(house.settings.public_url)
        assert (await form(browser, path, login="somebody else", password=PASSWORD)).status_code == 303
        assert (await browser.get("/v1/me")).json()["account"]["login"] == "editor"
    assert (await house.clients["editor"].get("/v1/me")).status_code == 401


# ---- tokens


async def test_a_token_is_shown_once_and_kept_as_a_hash(house: House) -> None:
    made = await house.clients["editor"].post("/v1/tokens", json={"name": "suite", "scopes": ["read"], "days": 1})
    secret = made.json()["secret"]
    listed = (await house.clients["editor"].get("/v1/tokens")).json()["items"]
    assert [one["name"] for one in listed] == ["suite"]
    assert secret not in str(listed)
    async with house.desk.database.transaction() as connection:
        kept = (await connection.execute(text("select hash from library.tokens"))).scalar_one()
    assert bytes(kept) == keys.hashed(secret)
    async with house.client(Authorization=f"Bearer {secret}") as program:
        assert (await program.get("/v1/me")).json()["via"] == "token"
        refused = await program.post("/v1/groups", json={"name": "NJZ"})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
        assert (await program.post("/v1/tokens", json={"name": "child"})).status_code == 403
        used = (await house.clients["editor"].get("/v1/tokens")).json()["items"][0]["used_at"]
        assert used is not None
        await house.clients["editor"].delete(f"/v1/tokens/{listed[0]['id']}")
        assert (await program.get("/v1/me")).status_code == 401


async def test_a_token_never_does_more_than_its_account(house: House) -> None:
    asked = {"name": "x", "scopes": ["admin"]}
    assert (await house.clients["editor"].post("/v1/tokens", json=asked)).status_code == 403
    secret = await house.token_of("viewer", "admin")
    async with house.client(Authorization=f"Bearer {secret}") as program:
        assert (await program.get("/v1/me")).json()["role"] == "viewer"


async def test_a_service_acts_for_people_with_their_rights_and_in_their_name(house: House) -> None:
    service = (await house.clients["admin"].post("/v1/accounts", json={"name": "slack-bot", "role": "viewer"})).json()
    asked = {"name": "bot", "scopes": ["write", "act-for"], "account_id": service["id"], "days": None}
    secret = (await house.clients["admin"].post("/v1/tokens", json=asked)).json()["secret"]
    bot = house.client(Authorization=f"Bearer {secret}")

    def acting(whom: Any) -> dict[str, str]:
        return {"Scenedesk-Act-For": str(whom), "Scenedesk-Door": "slack"}

    me = (await bot.get("/v1/me", headers=acting(house.people["admin"].id))).json()
    assert (me["account"]["login"], me["role"]) == ("admin", "editor")
    assert (await bot.get("/v1/me", headers=acting("viewer"))).json()["role"] == "viewer"
    assert (await bot.get("/v1/me", headers=acting("nobody"))).status_code == 403
    assert (await bot.post("/v1/people", json={"name": "민지"}, headers=acting("viewer"))).status_code == 403
    person = (await bot.post("/v1/people", json={"name": "민지"}, headers=acting("editor"))).json()
    entry = (await house.clients["admin"].get("/v1/audit", params={"person": person["id"]})).json()["items"][0]
    assert (entry["actor"], entry["actor_name"], entry["door"]) == (
        str(house.people["editor"].id), "Editor", "slack",
    )  # fmt: skip
    plain = house.client(Authorization=f"Bearer {await house.token_of('admin', 'admin')}")
    assert (await plain.get("/v1/me", headers=acting("viewer"))).status_code == 403
    for client in (bot, plain):
        await client.aclose()


async def test_somebody_of_another_program_is_linked_once_by_whoever_opens_the_signed_address(house: House) -> None:
    await house.add("bot", "viewer", kind="service")
    secret = await house.token_of("bot", "write", "act-for")
    editor, asked = house.clients["editor"], {"elsewhere": "slack:T1:U1", "name": "민지 (Newsroom)"}
    async with house.client(Authorization=f"Bearer {secret}") as bot:
        acting = {"Scenedesk-Act-For": "slack:T1:U1"}
        assert (await bot.get("/v1/me", headers=acting)).json()["code"] == "may_not_act_for"
        offered = (await bot.post("/v1/links", json=asked)).json()
        path = offered["address"].removeprefix(house.settings.public_url)
        page = await editor.get(path, headers={"Accept": "text/html"})
        assert "민지 (Newsroom)" in page.text
        assert (await bot.get("/v1/me", headers=acting)).status_code == 403, "looking links nobody"
        assert (await editor.post(path)).status_code == 200
        assert (await bot.get("/v1/me", headers=acting)).json()["account"]["login"] == "editor"
        assert [link["name"] for link in (await editor.get("/v1/me/links")).json()["items"]] == ["민지 (Newsroom)"]
        assert "민지 (Newsroom)" in (await editor.get("/account", headers={"Accept": "text/html"})).text
        for program, linked in (("slack", ["slack:T1:U1"]), ("sl", [])):
            everybody = await bot.get("/v1/links", params={"program": program})
            assert [link["elsewhere"] for link in everybody.json()["items"]] == linked
        for other in (bot, house.clients["admin"]):
            refused = await other.get("/v1/links", params={"program": "slack"}, headers=acting)
            assert (refused.status_code, refused.json()["code"]) == (403, "may_not_act_for")
        assert (await house.clients["viewer"].delete("/v1/me/links/slack:T1:U1")).status_code == 404
        assert (await editor.delete("/v1/me/links/slack:T1:U1")).status_code == 204
        assert (await bot.get("/v1/me", headers=acting)).status_code == 403


async def test_nobody_is_linked_by_an_address_that_was_changed_is_old_or_comes_from_no_service(house: House) -> None:
    asked = NewLink(elsewhere="slack:T1:U1", name="민지")
    service, editor = Who("viewer", "token", acts=True), house.clients["editor"]
    fresh, old = [
        (await linking.offer(house.desk, service, asked, datetime.now(UTC) - ago)).address.rpartition("/")[2]
        for ago in (timedelta(0), linking.OPENS_FOR)
    ]
    changed = ("A" if fresh[0] != "A" else "B") + fresh[1:]
    for said in (old, changed, fresh[:-1], "no-offer", "no.offer"):
        assert (await editor.post(f"/link/{said}")).status_code == 410, said
    assert (await editor.get("/v1/me/links")).json()["items"] == []
    refused = await editor.post("/v1/links", json=asked.model_dump())
    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_act_for")


async def test_whoever_reads_the_data_folder_needs_no_token(house: House) -> None:
    path = house.settings.data_dir / keys.TRUST
    assert path.stat().st_mode & 0o077 == 0
    async with house.client(Authorization=f"Bearer {path.read_text()}") as owner:
        assert (await owner.get("/v1/me")).json()["via"] == "local"
    assert keys.trust(house.settings.data_dir) == path.read_text()


@pytest.mark.parametrize("said", ["Bearer x", "Bearer ", "Basic YTpi", "Bearer sd_" + "a" * 43])
async def test_a_bad_token_is_refused_even_where_nobody_signs_in(
    settings: Settings, database_url: str, said: str
) -> None:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        answer = await client.get("/v1/me", headers={"Authorization": said})
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
        assert (await client.get("/v1/me")).json()["via"] == "open"


async def test_a_key_is_answered_to_its_sender_alone(house: House) -> None:
    key = {"Idempotency-Key": "k"}
    await house.add("other", "editor")
    other = await house.signed_in("other")
    first = await house.clients["editor"].post("/v1/groups", json={"name": "NJZ"}, headers=key)
    second = await other.post("/v1/groups", json={"name": "NJZ"}, headers=key)
    assert (first.status_code, second.status_code) == (201, 409)


# ---- open


@pytest.mark.parametrize(
    ("changed", "mode"),
    [
        ({}, "open"),
        ({"host": "0.0.0.0"}, "accounts"),  # noqa: S104 - not bound
        ({"host": "::1"}, "open"),
        ({"public_url": "https://desk.example.org"}, "accounts"),
        ({"access": "accounts"}, "accounts"),
        ({"access": "open"}, "open"),
        ({"access": "open-to-all", "host": "0.0.0.0"}, "open"),  # noqa: S104 - not bound
    ],
)
def test_how_it_runs(changed: dict[str, str], mode: str) -> None:
    assert mode_of(Settings(_env_file=None).model_copy(update=changed)) == mode


@pytest.mark.parametrize("changed", [{"host": "192.168.0.7"}, {"public_url": "http://desk.lan"}])
def test_open_to_others_is_refused_with_the_reason(changed: dict[str, str], tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path).model_copy(update={"access": "open"} | changed)
    with pytest.raises(OpenToAllError, match=next(iter(changed.values()))):
        mode_of(settings)


async def test_an_open_product_answers_under_its_own_names_only(settings: Settings, database_url: str) -> None:
    async with open_front_door(Rooms(settings), database_url) as (client, _):
        for host, status in (("evil.example", 403), ("127.0.0.1:8000", 200), ("localhost", 200), ("[::1]:80", 200)):
            assert (await client.get("/v1/people", headers={"Host": host})).status_code == status, host
        ready = (await client.get("/readyz")).json()
        assert ready["notes"]["access"].startswith("open")
        assert "로컬 사용자" in (await client.get("/?lang=ko", headers=PAGE)).text


async def test_a_visit_to_sign_in_asks_nothing_of_who_is_in(house: House) -> None:
    already = await house.clients["viewer"].get("/sign-in?next=/people", headers=PAGE)
    assert already.headers["location"] == "/people"
    assert entering.SETUP_HOURS == 24
    assert BASE.startswith("http://")
