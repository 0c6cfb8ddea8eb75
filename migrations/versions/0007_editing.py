"""History says who follows whom; which edits touched a segment; where people replaced the machine's cuts."""

from pathlib import Path

from alembic import op

revision: str = "0007_editing"
down_revision: str | None = "0006_moments"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    _run("0007_editing.sql")


def downgrade() -> None:
    _run("0007_editing_down.sql")


def _run(name: str) -> None:
    """Many statements at once, which SQLAlchemy's prepared statements can't carry; in the open transaction."""
    script = Path(__file__).with_name(name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(script))
