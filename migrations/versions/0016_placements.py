"""What other programs show of the archive; people who are known there without having linked themselves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0016_placements"
down_revision: str | None = "0015_on_screen"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "placements",
        sa.Column("elsewhere", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("video_id", sa.Uuid, nullable=False),
        sa.Column("segment_id", sa.Uuid),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        schema="library",
    )
    confirmed = sa.Column("confirmed", sa.Boolean, nullable=False, server_default="true")
    op.add_column("links", confirmed, schema="library")
    op.create_index("ix_library_placements_segment_id", "placements", ["segment_id"], schema="library")
    op.create_index("ix_library_placements_video_id", "placements", ["video_id"], schema="library")


def downgrade() -> None:
    op.execute("delete from library.links where not confirmed")
    op.drop_column("links", "confirmed", schema="library")
    op.drop_table("placements", schema="library")
