"""Edits of all videos by time; saved searches whose owner is told of what they find."""

import sqlalchemy as sa
from alembic import op

revision: str = "0013_news"
down_revision: str | None = "0012_sex"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("ix_edits_newest", "edits", ["created_at", "video_id", "version"], schema="library")
    at = sa.Column("told_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))
    op.add_column("saved_searches", at, schema="library")


def downgrade() -> None:
    op.drop_column("saved_searches", "told_at", schema="library")
    op.drop_index("ix_edits_newest", "edits", schema="library")
