"""The index: documents, their people, names and vectors."""

from pathlib import Path

from alembic import op

revision: str = "0002_index"
down_revision: str | None = "0001_library"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _run(Path(__file__).with_name("0002_index.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute('DROP SCHEMA "index" CASCADE')
    op.execute("DROP EXTENSION vector")


def _run(script: str) -> None:
    """Many statements at once, which SQLAlchemy's prepared statements can't carry; in the open transaction."""
    connection = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(script))
