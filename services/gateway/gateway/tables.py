"""Tables of schema `library`. The gateway (and its worker) is their only writer."""

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
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

PEOPLE, VIDEOS = "library.people.id", "library.videos.id"


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


series = Table(
    "series",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("line_up", JSONB(none_as_null=True)),
    Column("audience", Text),  # everyone | editors | named; null: everyone
    _created(),
)

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
    Column("series_id", ForeignKey("library.series.id", ondelete="SET NULL"), index=True),
    # Who may be in it, when that was declared: {"people": [...], "groups": [...]}; null leaves it to the series.
    Column("line_up", JSONB(none_as_null=True)),
    Column("audience", Text),  # as of a series; null leaves it to the series
    Column("owner_id", ForeignKey("library.accounts.id", ondelete="SET NULL"), index=True),  # who brought it
    _created(),
    Index("ix_videos_created", "created_at", "id"),
    Index("ix_videos_restricted", "id", postgresql_where=text("audience in ('editors', 'named')")),
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
    # Merged people stay as they were and point to whom they turned out to be: un-merging is clearing this.
    Column("merged_into", ForeignKey(PEOPLE), index=True),
    # What they were called before, so that forgetting them finds it in what was written then.
    Column("former", JSONB, nullable=False, server_default="[]"),
    Column("sex", Text),  # female | male, where somebody said so; never guessed
    _created(),
    Index("ix_people_name", "name"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("group_id", ForeignKey("library.groups.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("library.people.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("since", Date),
    Column("until", Date),
)

references = Table(
    "references",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", ForeignKey("library.people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("picture", Text, nullable=False),  # store name
    Column("content_hash", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("address", Text),  # where on the web it was found
    Column("rights", Text),  # a note on who owns it and what it may be used for
    Column("consent", Text, nullable=False, server_default="unstated"),
    Column("expires_at", DateTime(timezone=True)),  # from then on it matches nothing
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("reason", Text),  # why it is not used for matching; null when it is
    Column("perceptual_hash", BigInteger),  # 64 bits, as a signed number: near-duplicates differ in few of them
    # Of nearly the same picture: the first one like it. One of them matches, the first that may.
    Column("duplicate_of", ForeignKey("library.references.id", ondelete="SET NULL"), index=True),
    Column("face", JSONB),
    # When it was taken from a video: which, and when.
    Column("video_id", ForeignKey(VIDEOS, ondelete="SET NULL")),
    Column("at_ms", BigInteger),
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
    Column("person_id", ForeignKey("library.people.id", ondelete="SET NULL")),
    Column("probability", Float, nullable=False),
    Column("similarity", Float, nullable=False, server_default="0"),  # to the person named, or to the nearest
    Column("nearest_person_id", ForeignKey("library.people.id", ondelete="SET NULL"), index=True),
    Column("ruled", Boolean, nullable=False, server_default="false"),  # a person said who it is
    # Of a face shown twice at once (LED wall, split screen, mirror): the track of the real one.
    Column("copy_of", Uuid),
    Column("stranger_id", ForeignKey("library.strangers.id", ondelete="SET NULL")),
    Column("best", Integer, nullable=False, server_default="0"),  # index of its best face
    Column("model_id", Text, nullable=False),
    Column("faces", JSONB, nullable=False),  # [[at_ms, left, top, right, bottom], ...]
    # What was seen of it (gateway.pipeline.identify.Evidence): from this and the rulings it is decided again.
    Column("evidence", JSONB(none_as_null=True)),
    # Who else is on screen at a time is read from the index alone too.
    Index("ix_tracks_video_start", "video_id", "start_ms", "id", postgresql_include=["end_ms", "person_id"]),
    # Screen time over all videos is read from the index alone: a track's row holds its faces and is wide.
    Index(
        "ix_tracks_person",
        "person_id",
        postgresql_include=["video_id", "start_ms", "end_ms", "copy_of"],
        postgresql_where=text("person_id is not null"),
    ),
    Index(
        "ix_tracks_stranger",
        "stranger_id",
        postgresql_include=["person_id", "video_id", "start_ms", "end_ms"],
        postgresql_where=text("stranger_id is not null"),
    ),
)

track_vectors = Table(
    "track_vectors",
    metadata,
    Column("track_id", ForeignKey("library.tracks.id", ondelete="CASCADE"), primary_key=True),
    Column("model_id", Text, nullable=False),
    Column("vector", HALFVEC(), nullable=False),  # unit mean of its best crops; models differ in dimension
    Index("ix_track_vectors_model", "model_id"),
)

strangers = Table(
    "strangers",
    metadata,
    # A face nobody has named, in however many tracks and videos.
    Column("id", Uuid, primary_key=True),
    Column("state", Text, nullable=False, server_default="open"),  # open | hidden
    _created(),
)

decisions = Table(
    "decisions",
    metadata,
    # Rulings made at once: approved together, undone together.
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),  # rule | look_back | name_stranger | merge_strangers | split_stranger
    Column("actor", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("note", Text),
    Column("undone_at", DateTime(timezone=True)),
    # Ids of references that were learnt by it, which go when it is undone.
    Column("learnt", JSONB, nullable=False, server_default="[]"),
    # Where those were taken from that went so, [video, milliseconds]: it teaches them again when it stands again.
    Column("unlearnt", JSONB, nullable=False, server_default="[]"),
    _created(),
)

rulings = Table(
    "rulings",
    metadata,
    # The ledger. A ruling hangs on the face it was made on (where it was, when), not on a track's id: it
    # outlives models, galleries and re-indexing.
    Column("id", Uuid, primary_key=True),
    Column("decision_id", ForeignKey("library.decisions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("video_id", ForeignKey(VIDEOS, ondelete="CASCADE"), nullable=False),
    Column("verdict", Text, nullable=False),  # is | is_not
    Column("person_id", ForeignKey(PEOPLE, ondelete="CASCADE"), index=True),
    Column("stranger_id", ForeignKey("library.strangers.id", ondelete="CASCADE"), index=True),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("faces", JSONB, nullable=False),  # as in tracks
    Column("revoked_at", DateTime(timezone=True)),
    _created(),
    Index("ix_rulings_video", "video_id", "created_at", "id", postgresql_where=text("revoked_at is null")),
)

gallery_versions = Table(
    "gallery_versions",
    metadata,
    # What decided: references, scorer, threshold. A new row when any of them changes.
    Column("id", Uuid, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("model_id", Text, nullable=False),
    Column("scorer", Text, nullable=False),  # centroids | trained
    Column("threshold", Float, nullable=False),
    Column("calibration", JSONB, nullable=False),
    Column("people", Integer, nullable=False),
    Column("references", Integer, nullable=False),
    _created(),
    UniqueConstraint("fingerprint", "model_id", "scorer"),
)

trainings = Table(
    "trainings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("model_id", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),  # of the gallery it learnt
    Column("live", Boolean, nullable=False),
    Column("report", JSONB, nullable=False),
    Column("weights", LargeBinary),
    _created(),
)

forgotten = Table(
    "forgotten",
    metadata,
    # Ids only. Kept beside the database too, so that a restored backup is held against it.
    Column("person_id", Uuid, primary_key=True),
    Column("receipt", JSONB, nullable=False),
    _created(),
)

collections = Table(
    "collections",
    metadata,
    # One search for pictures of a person, or for videos.
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),  # people | videos
    Column("person_id", ForeignKey(PEOPLE, ondelete="CASCADE"), index=True),
    Column("query", Text, nullable=False),
    Column("rights", Text, nullable=False),  # what the user confirmed
    Column("consent", Text, nullable=False, server_default="unstated"),
    Column("most", Integer, nullable=False, server_default="20"),  # findings looked at
    Column("review", Boolean, nullable=False, server_default="true"),  # each waits for somebody's yes
    Column("state", Text, nullable=False, server_default="queued"),
    Column("found", Integer, nullable=False, server_default="0"),
    Column("problem", JSONB(none_as_null=True)),
    Column("actor", Text, nullable=False, server_default="person"),  # who asked for it
    _created(),
    Column("finished_at", DateTime(timezone=True)),
)

candidates = Table(
    "candidates",
    metadata,
    # What a search found. Of a person: a picture waiting for somebody's yes. Of videos: one to be fetched.
    Column("id", Uuid, primary_key=True),
    Column("collection_id", ForeignKey("library.collections.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("page", Text),
    Column("title", Text),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("picture", Text),  # store name
    Column("content_hash", Text),
    Column("perceptual_hash", BigInteger),
    Column("face", JSONB(none_as_null=True)),
    Column("similarity", Float),  # to the person, when they are known already
    Column("reason", Text),
    Column("video_id", ForeignKey(VIDEOS, ondelete="SET NULL")),
    Column("reference_id", ForeignKey("library.references.id", ondelete="SET NULL")),
    _created(),
    UniqueConstraint("collection_id", "address"),
    Index("ix_candidates_state", "state", "created_at", "id"),
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
    Index("ix_segments_people", "people", postgresql_using="gin"),
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
