"""Searches that are kept and what they have found; questions asked before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0010_saved_searches"
down_revision: str | None = "0009_vocabulary"
branch_labels: str | None = None
depends_on: str | None = None

LIBRARY = "library"


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("question", JSONB, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("door", sa.Text, nullable=False),
        _time("looked_at", "now()"),
        _time("created_at", "now()"),
        sa.UniqueConstraint("actor", "name"),
        schema=LIBRARY,
    )
    op.create_table(
        "saved_search_hits",
        _of("saved_search_id", "saved_searches", primary_key=True),
        sa.Column("segment_id", sa.Uuid, primary_key=True),
        _of("video_id", "videos", nullable=False),
        sa.Column("moment", sa.Uuid, nullable=False),
        sa.Column("start_ms", sa.BigInteger, nullable=False),
        sa.Column("end_ms", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.Boolean, nullable=False),
        _time("found_at", "clock_timestamp()"),
        schema=LIBRARY,
    )
    _index("ix_library_saved_search_hits_video_id", ["video_id"])
    _index("ix_saved_search_hits_new", ["saved_search_id", "found_at"], postgresql_where=sa.text("not seen"))
    op.create_table(
        "past_questions",
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, server_default="1"),
        _time("asked_at", "clock_timestamp()"),
        schema=LIBRARY,
    )


def downgrade() -> None:
    for table in ("past_questions", "saved_search_hits", "saved_searches"):
        op.drop_table(table, schema=LIBRARY)


def _time(name: str, default: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text(default))


def _of(name: str, table: str, *, primary_key: bool = False, nullable: bool | None = None) -> sa.Column[object]:
    key = sa.ForeignKey(f"{LIBRARY}.{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.Uuid, key, primary_key=primary_key, nullable=bool(nullable))


def _index(name: str, columns: Sequence[str], **options: object) -> None:
    op.create_index(name, "saved_search_hits", columns, schema=LIBRARY, **options)  # type: ignore[arg-type]
