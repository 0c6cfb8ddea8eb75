"""Who is on screen at a time is read from an index alone."""

from alembic import op

revision: str = "0015_on_screen"
down_revision: str | None = "0014_words"
branch_labels: str | None = None
depends_on: str | None = None

NAME, COLUMNS = "ix_tracks_video_start", ["video_id", "start_ms", "id"]


def upgrade() -> None:
    op.drop_index(NAME, "tracks", schema="library")
    op.create_index(NAME, "tracks", COLUMNS, schema="library", postgresql_include=["end_ms", "person_id"])


def downgrade() -> None:
    op.drop_index(NAME, "tracks", schema="library")
    op.create_index(NAME, "tracks", COLUMNS, schema="library")
