"""What a decision had taught before it was taken back: it teaches the same faces when it stands again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0017_unlearnt"
down_revision: str | None = "0016_placements"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    column = sa.Column("unlearnt", JSONB, nullable=False, server_default="[]")
    op.add_column("decisions", column, schema="library")


def downgrade() -> None:
    op.drop_column("decisions", "unlearnt", schema="library")
