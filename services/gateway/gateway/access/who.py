"""Who asks, and what they may do. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from gateway.library.sight import Sight
from kernel.contracts.accounts import Account, Role

RANK: dict[Role, int] = {"viewer": 0, "editor": 1, "admin": 2}
OF_SCOPE: dict[str, Role] = {"read": "viewer", "write": "editor", "admin": "admin"}

Via = Literal["open", "local", "session", "token"]


@dataclass(frozen=True)
class Who:
    """Somebody who came in. `held` is the session or token they came in by, `csrf` what its pages must send back;
    `acts`: a service's token that may act for others; `acted`: one does, as them.
    """

    role: Role
    via: Via
    account: Account | None = None
    held: UUID | None = None
    csrf: str | None = None
    acts: bool = False
    acted: bool = False

    @property
    def account_id(self) -> UUID | None:
        return self.account.id if self.account is not None else None

    @property
    def actor(self) -> str:
        """As history and audit know them: an account's id; `local` is whoever sits at the machine."""
        return str(self.account.id) if self.account is not None else LOCAL

    @property
    def sight(self) -> Sight:
        return Sight(self.account_id, self.role)

    def may(self, role: Role) -> bool:
        return RANK[self.role] >= RANK[role]


LOCAL = "local"


def least(one: Role, other: Role) -> Role:
    return one if RANK[one] <= RANK[other] else other


def role_of(most: Role, scopes: Collection[str]) -> Role | None:
    """What a token may do: the most its scopes say, never more than `most`. None: nothing by itself."""
    granted = [OF_SCOPE[scope] for scope in scopes if scope in OF_SCOPE]
    return least(most, max(granted, key=RANK.__getitem__)) if granted else None
