"""Who somebody is in other programs, whose services act for them."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011_links"
down_revision: str | None = "0010_saved_searches"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    account = sa.ForeignKey("library.accounts.id", ondelete="CASCADE")
    op.create_table(
        "links",
        sa.Column("elsewhere", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Uuid, account, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        schema="library",
    )
    op.create_index("ix_library_links_account_id", "links", ["account_id"], schema="library")


def downgrade() -> None:
    op.drop_table("links", schema="library")
