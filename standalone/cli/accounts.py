"""`scenedesk accounts`: who may come in."""

from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.table import Table

from kernel.contracts.accounts import (
    Account,
    ChangedAccount,
    IssuedInvitation,
    IssuedToken,
    NewInvitation,
    NewService,
    NewToken,
    Role,
)
from kernel.contracts.errors import NotFoundError
from standalone.cli.session import Session, session
from standalone.rest import Library, open_library

app = typer.Typer(no_args_is_help=True, help="Who may come in: list, invite, role, disable, token.")

Login = Annotated[str, typer.Argument(help="What they sign in with", metavar="LOGIN")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON")]


@app.command("list")
def list_(context: typer.Context, json: AsJson = False) -> None:
    """Everybody who may come in, and services."""
    here = session(context)
    found = here.run(_accounts(here))
    if json:
        here.print_json([one.model_dump(mode="json") for one in found])
        return
    table = Table(box=None)
    for column in ("login", "name", "role", "seen"):
        table.add_column(here.word(f"account_{column}"))
    for one in found:
        seen = (
            here.word("account_shut_out") if one.disabled else f"{one.seen_at:%Y-%m-%d %H:%M}" if one.seen_at else "-"
        )
        table.add_row(one.login, one.name, one.role, seen)
    here.console.print(table if found else here.word("no_accounts"))


async def _accounts(here: Session) -> list[Account]:
    async with open_library(here.settings, here.language, here.server) as library:
        return await library.accounts()


@app.command()
def invite(
    context: typer.Context,
    login: Annotated[str | None, typer.Argument(help="What they shall sign in with", metavar="LOGIN")] = None,
    name: Annotated[str | None, typer.Option(help="What others call them")] = None,
    role: Annotated[Role, typer.Option(help="viewer, editor or admin")] = "viewer",
    hours: Annotated[int, typer.Option(help="How long the link opens", min=1, max=720)] = 72,
    reset: Annotated[
        bool, typer.Option("--reset", help="For somebody who is there: a link for a new password")
    ] = False,
) -> None:
    """Print a link that opens once: whoever has it chooses a password. The first admin comes in the same way."""
    here = session(context)
    if reset and login is None:
        raise typer.BadParameter("--reset LOGIN", param_hint="LOGIN")
    new = NewInvitation(role=role, name=name, login=login, hours=hours)
    made = here.run(_invite(here, new, login if reset else None))
    here.say("invited", style="bold green", until=f"{made.expires_at.astimezone():%Y-%m-%d %H:%M}")
    typer.echo(made.link)


async def _invite(here: Session, new: NewInvitation, reset: str | None) -> IssuedInvitation:
    async with open_library(here.settings, here.language, here.server) as library:
        if reset is not None:
            found = await _called(library, reset)
            new = NewInvitation(account_id=found.id, hours=new.hours)
        return await library.invite(new)


async def _called(library: Library, login: str) -> Account:
    for one in await library.accounts():
        if one.login == login.strip().casefold():
            return one
    raise NotFoundError(what=f"account: {login}")


@app.command()
def role(
    context: typer.Context, login: Login, role: Annotated[Role, typer.Argument(help="viewer, editor or admin")]
) -> None:
    """Change what somebody may do, from their next request on."""
    _change(context, login, ChangedAccount(role=role))


@app.command()
def disable(context: typer.Context, login: Login) -> None:
    """Shut somebody out: their sessions and tokens end at once."""
    _change(context, login, ChangedAccount(disabled=True))


@app.command()
def enable(context: typer.Context, login: Login) -> None:
    """Let somebody in again. Sessions and tokens stay ended."""
    _change(context, login, ChangedAccount(disabled=False))


def _change(context: typer.Context, login: str, changed: ChangedAccount) -> None:
    here = session(context)

    async def work() -> Account:
        async with open_library(here.settings, here.language, here.server) as library:
            return await library.change_account((await _called(library, login)).id, changed)

    one = here.run(work())
    state = here.word("account_shut_out") if one.disabled else one.role
    here.say("account_changed", style="green", login=one.login, state=state)


@app.command()
def token(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    login: Annotated[str, typer.Argument(help="Of whom; a service that is not there is added", metavar="LOGIN")],
    name: Annotated[str, typer.Option(help="What it is for")] = "command line",
    scope: Annotated[list[str] | None, typer.Option(help="read, write, admin, act-for")] = None,
    days: Annotated[int | None, typer.Option(help="Until it expires", min=1, max=3650)] = 90,
    forever: Annotated[bool, typer.Option("--forever", help="It never expires")] = False,
    service: Annotated[bool, typer.Option("--service", help="LOGIN is a program, not a person")] = False,
) -> None:
    """Print a token, once: for SCENEDESK_TOKEN, or `Authorization: Bearer`."""
    here = session(context)
    try:
        asked = {"name": name, "scopes": scope or ["read"], "days": None if forever else days}
        new = NewToken.model_validate(asked)
    except ValidationError as error:
        raise typer.BadParameter(", ".join(scope or []), param_hint="--scope") from error
    made = here.run(_token(here, login, new, service=service))
    here.say("token_made", style="bold green", scopes=", ".join(made.scopes))
    typer.echo(made.secret)


async def _token(here: Session, login: str, new: NewToken, *, service: bool) -> IssuedToken:
    async with open_library(here.settings, here.language, here.server) as library:
        try:
            account = await _called(library, login)
        except NotFoundError:
            if not service:
                raise
            role: Role = "editor" if {"write", "act-for"} & set(new.scopes) else "viewer"
            account = await library.add_service(NewService(name=login, role=role))
        return await library.issue_token(new.model_copy(update={"account_id": account.id}))


@app.command()
def tokens(context: typer.Context, json: AsJson = False) -> None:
    """Every token that stands, and whose it is."""
    here = session(context)

    async def work() -> tuple[list[Account], list[tuple[str, str, str, str]]]:
        async with open_library(here.settings, here.language, here.server) as library:
            known = await library.accounts()
            logins = {one.id: one.login for one in known}
            return known, [
                (str(one.id), logins.get(one.account_id, "?"), one.name, ", ".join(one.scopes))
                for one in await library.tokens()
            ]

    _known, rows = here.run(work())
    if json:
        here.print_json([dict(zip(("id", "login", "name", "scopes"), row, strict=True)) for row in rows])
        return
    table = Table(box=None)
    for column in ("id", "login", "name", "scopes"):
        table.add_column(here.word(f"account_{column}"))
    for row in rows:
        table.add_row(*row)
    here.console.print(table if rows else here.word("no_tokens"))


@app.command()
def revoke(context: typer.Context, token_id: Annotated[UUID, typer.Argument(help="As `tokens` lists it")]) -> None:
    """End a token: from this moment it opens nothing."""
    here = session(context)

    async def work() -> None:
        async with open_library(here.settings, here.language, here.server) as library:
            await library.revoke_token(token_id)

    here.run(work())
    here.say("token_revoked", style="green")
