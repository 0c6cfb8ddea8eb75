"""The library, and the job queue beside it."""

from pathlib import Path

from alembic import op

revision: str = "0001_library"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for name in ("0001_library.sql", "0001_jobs.sql"):
        _run(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE")
    op.execute("DROP SCHEMA library CASCADE")


def _run(script: str) -> None:
    """Many statements at once, which SQLAlchemy's prepared statements can't carry; in the open transaction."""
    connection = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(script))
