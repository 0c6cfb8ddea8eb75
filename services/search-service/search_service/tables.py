"""Tables of schema `answers`. search-service is their only writer.

No name of the gallery stands in them: what a language model is asked, and says, calls people by stand-ins.
"""

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, func
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(schema="answers")

generations = Table(
    "generations",
    metadata,
    Column("key", Text, primary_key=True),  # SHA-256 of task, model, instruction, material and form
    Column("task", Text, nullable=False),
    Column("model_id", Text, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_generations_made_at", "made_at"),
)

spending = Table(
    "spending",
    metadata,
    Column("day", Date, primary_key=True),  # UTC
    Column("requests", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)
