"""Tables of history, and of what is kept beside it; in schema `library` too."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from gateway.tables import VIDEOS, metadata

edits = Table(
    "edits",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", ForeignKey("library.videos.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("note", Text),
    Column("decision_id", Uuid, index=True),  # of the rulings that made it
    Column("of_version", Integer),  # of an undo, redo or revert: the version it is about
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("lineage", JSONB, nullable=False, server_default="[]"),  # [{parent_id, child_id}, ...]
    # Spans of segments that a machine would have made where people have cut otherwise.
    Column("withheld", JSONB, nullable=False, server_default="[]"),
    Column("schema", Integer, nullable=False, server_default="1"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # The optimistic lock: two writers of one version cannot both win.
    UniqueConstraint("video_id", "version"),
    Index("ix_edits_newest", "created_at", "video_id", "version"),
)

touches = Table(
    "touches",
    metadata,
    # Which edits have a segment before or after them. Made of `edits` in the same transaction, never alone.
    Column("segment_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("video_id", ForeignKey(VIDEOS, ondelete="CASCADE"), nullable=False),
    Index("ix_touches_video", "video_id", "version"),
)

settled = Table(
    "settled",
    metadata,
    # Spans of machine-cut segments that people split, merged, moved or deleted (gateway.editor.settled).
    Column("segment_id", Uuid, primary_key=True),
    Column("video_id", ForeignKey(VIDEOS, ondelete="CASCADE"), nullable=False, index=True),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
)
