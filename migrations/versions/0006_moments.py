"""Moments: when exactly somebody is seen in a document, and what else of it a question may name."""

from alembic import op

revision: str = "0006_moments"
down_revision: str | None = "0005_accounts"
branch_labels: str | None = None
depends_on: str | None = None

# Documents indexed before this told no exact moments: whoever is in one is taken to be there all along.
FILL = """
UPDATE "index".document_people AS people SET seen = int8multirange(int8range(documents.start_ms, documents.end_ms))
FROM "index".documents AS documents WHERE documents.segment_id = people.segment_id;
UPDATE "index".documents SET unknown_seen = int8multirange(int8range(start_ms, end_ms)) WHERE unknown_faces > 0;
"""


def upgrade() -> None:
    op.execute("""ALTER TABLE "index".document_people ADD COLUMN seen INT8MULTIRANGE DEFAULT '{}' NOT NULL""")
    op.execute("""ALTER TABLE "index".documents ADD COLUMN unknown_seen INT8MULTIRANGE DEFAULT '{}' NOT NULL""")
    op.execute('ALTER TABLE "index".documents ADD COLUMN scale TEXT, ADD COLUMN day DATE')
    for statement in FILL.strip().split(";\n"):
        op.execute(statement)
    op.execute('ALTER TABLE "index".document_people ALTER COLUMN seen DROP DEFAULT')
    op.execute('ALTER TABLE "index".documents ALTER COLUMN unknown_seen DROP DEFAULT')
    op.create_index("ix_documents_day", "documents", ["day"], schema="index")
    op.create_index("ix_documents_scale", "documents", ["scale"], schema="index")


def downgrade() -> None:
    op.drop_index("ix_documents_scale", "documents", schema="index")
    op.drop_index("ix_documents_day", "documents", schema="index")
    op.execute('ALTER TABLE "index".documents DROP COLUMN unknown_seen, DROP COLUMN scale, DROP COLUMN day')
    op.execute('ALTER TABLE "index".document_people DROP COLUMN seen')
