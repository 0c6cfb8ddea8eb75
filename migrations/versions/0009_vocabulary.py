"""What questions count and sort is kept: in how many documents a word is, and how much of a document somebody has."""

from pathlib import Path

from alembic import op

revision: str = "0009_vocabulary"
down_revision: str | None = "0008_answers"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _run("0009_vocabulary.sql")


def downgrade() -> None:
    _run("0009_vocabulary_down.sql")


def _run(name: str) -> None:
    """Many statements at once, which SQLAlchemy's prepared statements can't carry; in the open transaction."""
    script = Path(__file__).with_name(name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(script))
