"""Tables of schema `library`. The gateway (and its worker) is their only writer."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(schema="library")


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


videos = Table(
    "videos",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),  # upload | path | url | import
    Column("origin", Text, nullable=False),
    Column("content_hash", Text, unique=True),  # SHA-256 of the file: the same content is the same video
    Column("external_id", Text, unique=True),  # video_id of imported metadata
    Column("media", Text),  # a store name, or an absolute path under an allowed root
    Column("state", Text, nullable=False, server_default="new"),  # new | indexing | ready | failed
    Column("duration_ms", BigInteger),
    Column("width", Integer),
    Column("height", Integer),
    Column("frame_rate", Float),
    Column("probe", JSONB),
    Column("version", Integer, nullable=False, server_default="0"),
    _created(),
    Index("ix_videos_created", "created_at", "id"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", ForeignKey("library.videos.id", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    # The fencing token: raised by whoever takes the run; a writer with an older one is refused.
    Column("token", BigInteger, nullable=False, server_default="0"),
    # How often it was taken without finishing a step: a video that kills its worker must not do so for ever.
    Column("fruitless_takes", Integer, nullable=False, server_default="0"),
    Column("cancel_requested", Boolean, nullable=False, server_default="false"),
    Column("steps", JSONB, nullable=False, server_default="[]"),
    Column("realtime", Float),
    Column("problem", JSONB(none_as_null=True)),
    _created(),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Index("ix_runs_created", "created_at", "id"),
    Index("ix_runs_video", "video_id", "created_at", "id"),
    # One run at a time works on a video.
    Index("uq_runs_active", "video_id", unique=True, postgresql_where=text("state in ('queued', 'running')")),
)

steps = Table(
    "steps",
    metadata,
    Column("video_id", ForeignKey("library.videos.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Text, primary_key=True),
    # Hash of the step's inputs, options, backend name and version: equal fingerprint, equal result.
    Column("fingerprint", Text, primary_key=True),
    Column("result", LargeBinary, nullable=False),  # JSON, zlib
    # Whether what the step wrote elsewhere (tracks, an edit) stands in the library, or a later result's does.
    Column("current", Boolean, nullable=False),
    Column("cpu_ms", BigInteger),
    _created(),
    Index("uq_steps_current", "video_id", "step", unique=True, postgresql_where=text("current")),
)

groups = Table(
    "groups",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("aliases", JSONB, nullable=False, server_default="[]"),
    _created(),
)

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("aliases", JSONB, nullable=False, server_default="[]"),
    Column("colour", Integer, nullable=False),
    _created(),
    Index("ix_people_name", "name"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("group_id", ForeignKey("library.groups.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("library.people.id", ondelete="CASCADE"), primary_key=True, index=True),
)

references = Table(
    "references",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", ForeignKey("library.people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("picture", Text, nullable=False),  # store name
    Column("content_hash", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("reason", Text),  # why it is not used for matching; null when it is
    Column("face", JSONB),
    _created(),
    UniqueConstraint("person_id", "content_hash"),
)

reference_vectors = Table(
    "reference_vectors",
    metadata,
    Column("reference_id", ForeignKey("library.references.id", ondelete="CASCADE"), primary_key=True),
    Column("model_id", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # little-endian float32, unit length
)

tracks = Table(
    "tracks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", ForeignKey("library.videos.id", ondelete="CASCADE"), nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("library.people.id", ondelete="SET NULL"), index=True),
    Column("probability", Float, nullable=False),
    Column("nearest_person_id", ForeignKey("library.people.id", ondelete="SET NULL"), index=True),
    Column("model_id", Text, nullable=False),
    Column("faces", JSONB, nullable=False),  # [[at_ms, left, top, right, bottom], ...]
    Index("ix_tracks_video_start", "video_id", "start_ms", "id"),
)

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
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("schema", Integer, nullable=False, server_default="1"),
    _created(),
    # The optimistic lock: two writers of one version cannot both win.
    UniqueConstraint("video_id", "version"),
)

segments = Table(
    "segments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", ForeignKey("library.videos.id", ondelete="CASCADE"), nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),  # of the timeline in which it last changed
    Column("people", ARRAY(Uuid), nullable=False),  # those named in it, for counting and filtering
    Column("content", JSONB, nullable=False),  # kernel.contracts.library.Segment
    Index("ix_segments_video_span", "video_id", "start_ms", "end_ms", "id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("status", Integer),
    Column("response", JSONB),
    _created(),
)
