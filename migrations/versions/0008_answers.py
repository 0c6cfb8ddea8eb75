"""Answers: what a language model has said, and what it cost."""

from pathlib import Path

from alembic import op

revision: str = "0008_answers"
down_revision: str | None = "0007_editing"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    script = Path(__file__).with_name("0008_answers.sql").read_text(encoding="utf-8")
    connection = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda driver: driver.execute(script))


def downgrade() -> None:
    op.execute("DROP SCHEMA answers CASCADE")
