"""Who is in a document, beside the document: questions about several people start there, whatever else they ask."""

from alembic import op

revision: str = "0019_casts"
down_revision: str | None = "0018_frame_hashes"
branch_labels: str | None = None
depends_on: str | None = None

FILL = """
UPDATE "index".documents AS documents SET people = casts.people
FROM (
    SELECT segment_id, array_agg(person_id ORDER BY person_id) AS people FROM "index".document_people GROUP BY 1
) AS casts WHERE casts.segment_id = documents.segment_id
"""
INDEX = """CREATE INDEX ix_documents_people ON "index".documents USING gin (people) WITH (fastupdate = off)"""


def upgrade() -> None:
    op.execute("""ALTER TABLE "index".documents ADD COLUMN people UUID[] DEFAULT '{}' NOT NULL""")
    op.execute(FILL)
    op.execute(INDEX)
    op.execute('ALTER TABLE "index".documents ALTER COLUMN people DROP DEFAULT')


def downgrade() -> None:
    op.drop_index("ix_documents_people", "documents", schema="index")
    op.execute('ALTER TABLE "index".documents DROP COLUMN people')
