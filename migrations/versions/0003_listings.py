"""Listings of runs and tracks read an index in their own order."""

from alembic import op

revision: str = "0003_listings"
down_revision: str | None = "0002_index"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_index("ix_runs_created", "runs", ["created_at", "id"], schema="library")
    op.create_index("ix_tracks_video_start", "tracks", ["video_id", "start_ms", "id"], schema="library")
    op.drop_index("ix_library_tracks_video_id", "tracks", schema="library")


def downgrade() -> None:
    op.create_index("ix_library_tracks_video_id", "tracks", ["video_id"], schema="library")
    op.drop_index("ix_tracks_video_start", "tracks", schema="library")
    op.drop_index("ix_runs_created", "runs", schema="library")
