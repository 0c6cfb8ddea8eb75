"""What frames look like: a still finds the moment it was taken from."""

import sqlalchemy as sa
from alembic import op

revision: str = "0018_frame_hashes"
down_revision: str | None = "0017_unlearnt"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    video = sa.Column("video_id", sa.Uuid, sa.ForeignKey("library.videos.id", ondelete="CASCADE"), primary_key=True)
    at, bits = sa.Column("at_ms", sa.BigInteger, primary_key=True), sa.Column("bits", sa.BigInteger, nullable=False)
    op.create_table("frame_hashes", video, at, bits, schema="library")


def downgrade() -> None:
    op.drop_table("frame_hashes", schema="library")
