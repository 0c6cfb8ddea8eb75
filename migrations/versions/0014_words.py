"""By which reading of texts the words of a document were read: older ones are read again in the background."""

import sqlalchemy as sa
from alembic import op

revision: str = "0014_words"
down_revision: str | None = "0013_news"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    column = sa.Column("reading", sa.Integer, nullable=False, server_default="0")
    op.add_column("documents", column, schema="index")


def downgrade() -> None:
    op.drop_column("documents", "reading", schema="index")
