"""Words of who asks: accounts, invitations, sessions, tokens, and who may see what."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from kernel.contracts.model import Value

Role = Literal["viewer", "editor", "admin"]
TokenScope = Literal["read", "write", "admin", "act-for"]
Audience = Literal["everyone", "editors", "named"]

Login = Annotated[str, Field(min_length=1, max_length=200, examples=["minji@example.org"])]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["김민지"])]
# Longer ones would only be a way to keep the hashing busy.
Password = Annotated[str, Field(min_length=1, max_length=256, examples=["correct horse battery"])]


class Account(Value):
    """Somebody who may come in. A service has no password and no sessions, only tokens."""

    id: UUID
    kind: Literal["person", "service"]
    login: str
    name: str
    role: Role
    disabled: bool
    created_at: datetime
    seen_at: datetime | None = Field(default=None, description="When they last asked for anything, to the minute")


class NewService(Value):
    """A program that comes in by token, such as the Slack bot."""

    name: Name = Field(examples=["slack-bot"])
    role: Role = "viewer"


class ChangedAccount(Value):
    """What shall be otherwise; what is left out stays."""

    name: Name | None = None
    role: Role | None = None
    disabled: bool | None = Field(default=None, description="True ends all sessions and tokens at once")


class NewInvitation(Value):
    """Somebody new, or with `account_id` somebody who shall choose a new password."""

    role: Role = "viewer"
    name: Annotated[str, Field(max_length=100)] | None = Field(default=None, examples=["김민지"])
    login: Annotated[str, Field(max_length=200)] | None = Field(default=None, examples=["minji@example.org"])
    account_id: UUID | None = Field(default=None, description="Who shall choose a new password")
    hours: int = Field(default=72, ge=1, le=720, description="How long its link opens")


class Invitation(Value):
    id: UUID
    role: Role
    name: str | None
    login: str | None
    account_id: UUID | None = None
    created_at: datetime
    expires_at: datetime


class IssuedInvitation(Invitation):
    """Its link is shown this once."""

    link: str


class Session(Value):
    """A browser somebody is signed in with."""

    id: UUID
    agent: str = Field(description="What the browser calls itself")
    created_at: datetime
    seen_at: datetime
    current: bool = False


class Token(Value):
    """A program's way in. Its secret is kept nowhere, only a hash of it."""

    id: UUID
    account_id: UUID
    name: str
    scopes: list[TokenScope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = Field(default=None, description="To the minute")


class NewToken(Value):
    """`read` looks, `write` changes too, `admin` does what an admin may; never more than the account itself may."""

    name: Name = Field(examples=["edit suite 2"])
    scopes: list[TokenScope] = Field(default=["read"], min_length=1, max_length=4)
    days: int | None = Field(default=90, ge=1, le=3650, description="Until it expires; null: never")
    account_id: UUID | None = Field(default=None, description="Of a service; only an admin may say so")


class IssuedToken(Token):
    """Its secret is shown this once."""

    secret: str = Field(examples=["sd_9QmX…"])


Elsewhere = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^[a-z]{2,20}(:[A-Za-z0-9._-]{1,60}){1,3}$"),
    Field(description="Who somebody is in another program", examples=["slack:T0123456:U0456789"]),
]


class NewLink(Value):
    """Somebody of another program who is to be linked to an account."""

    elsewhere: Elsewhere
    name: Name = Field(description="What they are called there", examples=["민지 (Newsroom)"])


class OfferedLink(Value):
    """An address at which whoever is signed in links themselves. It is signed, and opens until it expires."""

    address: str
    expires_at: datetime


class Link(Value):
    """An account's name in another program, whose service acts for them."""

    elsewhere: str
    name: str
    created_at: datetime
    confirmed: bool = Field(
        default=True, description="By themselves; else their service only knows them by their login, and is not let in"
    )


class Me(Value):
    """Who asks, and what they may do."""

    account: Account | None = Field(description="None: the local user of a Scenedesk that runs open")
    name: str
    role: Role
    via: Literal["open", "local", "session", "token"]
    access: Literal["open", "accounts"]


class ChangedPassword(Value):
    old: Password
    new: Password


class Visibility(Value):
    """Who may see a video: everyone signed in, editors, or those named; whoever brought it and admins always."""

    audience: Audience
    accounts: list[UUID] = Field(default=[], max_length=500, description="Those named")


class VisibilityOfVideo(Value):
    """What was said of a video (null: nothing), what holds for it, who brought it; and what those named are called."""

    said: Visibility | None
    holds: Visibility
    owner: UUID | None = None
    names: dict[str, str] = {}
