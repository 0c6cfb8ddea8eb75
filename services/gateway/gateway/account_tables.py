"""Tables of who may come in, who may see what, and who did what; in schema `library` too."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gateway.tables import VIDEOS, metadata

ACCOUNTS = "library.accounts.id"


def _at(name: str, *, known: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=not known, server_default=func.now() if known else None)


accounts = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False, server_default="person"),  # person | service
    Column("login", Text, nullable=False, unique=True),  # folded: what is typed to sign in
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),  # viewer | editor | admin
    Column("password", Text),  # argon2id; null for services
    _at("disabled_at"),
    _at("seen_at"),
    _at("created_at", known=True),
)

invitations = Table(
    "invitations",
    metadata,
    # A link that opens once: to become an account, or to choose a new password for one.
    Column("id", Uuid, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the link's secret
    Column("role", Text, nullable=False),
    Column("name", Text),
    Column("login", Text),
    Column("account_id", ForeignKey(ACCOUNTS, ondelete="CASCADE"), index=True),
    Column("actor", Text, nullable=False),
    _at("created_at", known=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    _at("used_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the cookie
    Column("account_id", ForeignKey(ACCOUNTS, ondelete="CASCADE"), nullable=False, index=True),
    Column("agent", Text, nullable=False),
    _at("created_at", known=True),
    _at("seen_at", known=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of the secret
    Column("account_id", ForeignKey(ACCOUNTS, ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),  # read | write | admin | act-for
    _at("created_at", known=True),
    _at("expires_at"),
    _at("used_at"),
    _at("revoked_at"),
)

links = Table(
    "links",
    metadata,
    # Who somebody is in another program, `slack:T0123:U0456`: its service acts for them under that name.
    Column("elsewhere", Text, primary_key=True),
    Column("account_id", ForeignKey(ACCOUNTS, ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),  # what they are called there
    # False: a service that acts for them by their login calls them so. It lets nobody in by itself.
    Column("confirmed", Boolean, nullable=False, server_default="true"),
    _at("created_at", known=True),
)

placements = Table(
    "placements",
    metadata,
    # What another program shows: `slack:T0123:C0456:1700000000.000123`. No foreign keys: what outlives its video
    # is what has to be taken back.
    Column("elsewhere", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # card | message | file
    Column("video_id", Uuid, nullable=False, index=True),
    Column("segment_id", Uuid, index=True),
    Column("account_id", Uuid, nullable=False),  # who placed it
    Column("audience", Text, nullable=False),  # of the video, when it was placed
    Column("version", Integer, nullable=False),  # of the segment a card shows
    Column("gone", Boolean, nullable=False),  # a card says that its scene is no more
    _at("until"),
    Column("details", JSONB, nullable=False),
    _at("created_at", known=True),
)

failures = Table(
    "sign_in_failures",
    metadata,
    # People type passwords where the login belongs: neither is kept, only a hash of what was typed.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("login_hash", LargeBinary, nullable=False),
    Column("address", Text, nullable=False),
    _at("created_at", known=True),
    Index("ix_sign_in_failures_login", "login_hash", "created_at"),
    Index("ix_sign_in_failures_address", "address", "created_at"),
)

# Whom a video, or a series, is shown to when its audience is `named`.
video_viewers = Table(
    "video_viewers",
    metadata,
    Column("video_id", ForeignKey(VIDEOS, ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey(ACCOUNTS, ondelete="CASCADE"), primary_key=True, index=True),
)

series_viewers = Table(
    "series_viewers",
    metadata,
    Column("series_id", ForeignKey("library.series.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey(ACCOUNTS, ondelete="CASCADE"), primary_key=True, index=True),
)

audit = Table(
    "audit",
    metadata,
    # Who did what to whose pictures. No foreign keys: it outlives what it speaks of. It never holds a name.
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("actor", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("person_id", Uuid, index=True),
    Column("reference_id", Uuid, index=True),
    Column("details", JSONB, nullable=False, server_default="{}"),
    _at("created_at", known=True),
)
