"""Tables of schema `index`. embed-service is their only writer; search-service reads them."""

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB

metadata = MetaData(schema="index")

models = Table(
    "models",
    metadata,
    Column("model_id", Text, primary_key=True),
    Column("state", Text, nullable=False),  # active | filling | retired
    Column("backend", Text, nullable=False),
    Column("options", JSONB, nullable=False),  # what the backend was loaded with, to load it again
    Column("card", JSONB, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # Two processes cannot both switch.
    Index("ux_models_active", "state", unique=True, postgresql_where=text("state = 'active'")),
)

documents = Table(
    "documents",
    metadata,
    Column("segment_id", Uuid, primary_key=True),
    Column("video_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("text_ko", Text),
    Column("text_en", Text),
    Column("origin", Text, nullable=False),
    Column("caption_model", Text),
    Column("observed", Boolean, nullable=False),
    Column("unknown_faces", Integer, nullable=False),
    Column("objects", ARRAY(Text), nullable=False),
    Column("fingerprint", Text, nullable=False),  # of the whole document as it was put
    # Lexemes of kernel.language: Korean in dictionary form, English stemmed.
    Column("caption_lexemes", ARRAY(Text), nullable=False),
    Column("object_lexemes", ARRAY(Text), nullable=False),
    Column("title_lexemes", ARRAY(Text), nullable=False),
    Column("reading", Integer, nullable=False, server_default="0"),  # by which the lexemes were read
    Column("unknown_seen", INT8MULTIRANGE, nullable=False),  # milliseconds in which some stranger is on screen
    Column("scale", Text),
    Column("day", Date),
    Column("people", ARRAY(Uuid), nullable=False),  # those of `document_people`
    Index("ix_documents_day", "day"),
    Index("ix_documents_scale", "scale"),
    Index("ix_documents_video", "video_id", "start_ms", "segment_id"),
    # Written at once: what is pending would be read by every question.
    Index("ix_documents_people", "people", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    Index(
        "ix_documents_lexemes",
        text("((caption_lexemes || object_lexemes) || title_lexemes)"),
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
)

vocabulary = Table(
    "vocabulary",
    metadata,
    Column("lexeme", Text, primary_key=True),
    Column("documents", Integer, nullable=False),  # that have it, wherever
)

totals = Table(
    "totals",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("documents", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),  # another one after every write: what was counted before is stale
    CheckConstraint("single", name="ck_totals_one_row"),
)

document_people = Table(
    "document_people",
    metadata,
    # The key begins with the person: a question that names somebody starts here.
    Column("person_id", Uuid, primary_key=True),
    Column("segment_id", ForeignKey("index.documents.segment_id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("probability", Float, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Column("human", Boolean, nullable=False),
    # Milliseconds of the video, inside the document's span; all of it where nothing more exact is known.
    Column("seen", INT8MULTIRANGE, nullable=False),
    # Copies of the document's, and certainty x share of it in millionths: questions about people alone read no more.
    Column("video_id", Uuid, nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("presence", Integer, nullable=False),
    Index(
        "ix_document_people_moments",
        *("person_id", "video_id", "start_ms", "segment_id"),
        postgresql_include=["end_ms", "presence"],
    ),
)

removals = Table(
    "removals",
    metadata,
    # A segment that was removed comes back only with a later version: a late, older put cannot revive it.
    Column("segment_id", Uuid, primary_key=True),
    Column("video_id", Uuid),
    Column("version", Integer, nullable=False),
    Index("ix_removals_video", "video_id"),
)

vectors = Table(
    "vectors",
    metadata,
    # The key begins with the document: it is looked up and removed by that.
    Column("segment_id", ForeignKey("index.documents.segment_id", ondelete="CASCADE"), primary_key=True),
    Column("model_id", ForeignKey("index.models.model_id"), primary_key=True),
    Column("part", Text, primary_key=True),  # of the document's text
    # Of any dimension: models differ. 16 bits a value: half the room, recall .998, and no detour through TOAST.
    Column("vector", HALFVEC(), nullable=False),
)

names = Table(
    "names",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),  # person | group
    Column("name_ko", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("aliases", ARRAY(Text), nullable=False),
    Column("members", ARRAY(Uuid), nullable=False),
    Column("revision", Uuid, nullable=False),  # the same on every row: readers see at one row whether to read all
)
