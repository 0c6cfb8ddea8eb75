"""Tables of schema `library` about finding: searches that are kept, questions asked before."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from gateway.tables import VIDEOS, metadata


def _at(name: str, default: object) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=default)  # type: ignore[arg-type]


frame_hashes = Table(
    "frame_hashes",
    metadata,
    # What a video's frames look like; written when its timeline is.
    Column("video_id", ForeignKey(VIDEOS, ondelete="CASCADE"), primary_key=True),
    Column("at_ms", BigInteger, primary_key=True),
    Column("bits", BigInteger, nullable=False),  # gateway.pipeline.frame_hashes
)

saved_searches = Table(
    "saved_searches",
    metadata,
    # A question asked again after each indexing.
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("question", JSONB, nullable=False),  # kernel.contracts.search.SearchRequest
    Column("actor", Text, nullable=False),
    Column("door", Text, nullable=False),
    _at("looked_at", func.now()),
    _at("told_at", func.now()),  # its owner was told of what it had found until then
    _at("created_at", func.now()),
    UniqueConstraint("actor", "name"),
)

saved_search_hits = Table(
    "saved_search_hits",
    metadata,
    # What it has found: every segment of every moment, so that no segment is ever new twice.
    Column("saved_search_id", ForeignKey("library.saved_searches.id", ondelete="CASCADE"), primary_key=True),
    Column("segment_id", Uuid, primary_key=True),
    Column("video_id", ForeignKey(VIDEOS, ondelete="CASCADE"), nullable=False, index=True),
    Column("moment", Uuid, nullable=False),  # the segment of it that answers best
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("seen", Boolean, nullable=False),  # was there before, or has been looked at
    _at("found_at", func.clock_timestamp()),
    Index("ix_saved_search_hits_new", "saved_search_id", "found_at", postgresql_where=text("not seen")),
)

past_questions = Table(
    "past_questions",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),  # kernel.spelling.key: spellings of one question are one
    Column("query", Text, nullable=False),
    Column("times", Integer, nullable=False, server_default="1"),
    _at("asked_at", func.clock_timestamp()),
)
