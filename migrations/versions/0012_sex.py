"""Whether somebody is a woman or a man, where an editor said so: captions that say otherwise are mended."""

import sqlalchemy as sa
from alembic import op

revision: str = "0012_sex"
down_revision: str | None = "0011_links"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("people", sa.Column("sex", sa.Text), schema="library")


def downgrade() -> None:
    op.drop_column("people", "sex", schema="library")
