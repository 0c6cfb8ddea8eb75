-- Schema `library`: written by the gateway and its worker alone. tests/integration/test_migrations.py holds it
-- against services/gateway/gateway/tables.py.

CREATE SCHEMA library;

CREATE TABLE library.groups (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    aliases JSONB DEFAULT '[]' NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE library.idempotency_keys (
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER,
    response JSONB,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (key, route)
);

CREATE TABLE library.people (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    aliases JSONB DEFAULT '[]' NOT NULL,
    colour INTEGER NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_people_name ON library.people (name);

CREATE TABLE library.videos (
    id UUID NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    origin TEXT NOT NULL,
    content_hash TEXT,
    external_id TEXT,
    media TEXT,
    state TEXT DEFAULT 'new' NOT NULL,
    duration_ms BIGINT,
    width INTEGER,
    height INTEGER,
    frame_rate FLOAT,
    probe JSONB,
    version INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (content_hash),
    UNIQUE (external_id)
);

CREATE INDEX ix_videos_created ON library.videos (created_at, id);

CREATE TABLE library.edits (
    id UUID NOT NULL,
    video_id UUID NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    door TEXT NOT NULL,
    note TEXT,
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    schema INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (video_id, version),
    FOREIGN KEY (video_id) REFERENCES library.videos (id)
);

CREATE TABLE library.memberships (
    group_id UUID NOT NULL,
    person_id UUID NOT NULL,
    PRIMARY KEY (group_id, person_id),
    FOREIGN KEY (group_id) REFERENCES library.groups (id) ON DELETE CASCADE,
    FOREIGN KEY (person_id) REFERENCES library.people (id) ON DELETE CASCADE
);

CREATE INDEX ix_library_memberships_person_id ON library.memberships (person_id);

CREATE TABLE library."references" (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    picture TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    source TEXT NOT NULL,
    reason TEXT,
    face JSONB,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (person_id, content_hash),
    FOREIGN KEY (person_id) REFERENCES library.people (id) ON DELETE CASCADE
);

CREATE INDEX ix_library_references_person_id ON library."references" (person_id);

CREATE TABLE library.runs (
    id UUID NOT NULL,
    video_id UUID NOT NULL,
    state TEXT DEFAULT 'queued' NOT NULL,
    token BIGINT DEFAULT '0' NOT NULL,
    fruitless_takes INTEGER DEFAULT '0' NOT NULL,
    cancel_requested BOOLEAN DEFAULT 'false' NOT NULL,
    steps JSONB DEFAULT '[]' NOT NULL,
    realtime FLOAT,
    problem JSONB,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    PRIMARY KEY (id),
    FOREIGN KEY (video_id) REFERENCES library.videos (id) ON DELETE CASCADE
);

CREATE INDEX ix_runs_video ON library.runs (video_id, created_at, id);

CREATE UNIQUE INDEX uq_runs_active ON library.runs (video_id) WHERE state in ('queued', 'running');

CREATE TABLE library.segments (
    id UUID NOT NULL,
    video_id UUID NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    version INTEGER NOT NULL,
    people UUID[] NOT NULL,
    content JSONB NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (video_id) REFERENCES library.videos (id) ON DELETE CASCADE
);

CREATE INDEX ix_segments_video_span ON library.segments (video_id, start_ms, end_ms, id);

CREATE TABLE library.steps (
    video_id UUID NOT NULL,
    step TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    result BYTEA NOT NULL,
    current BOOLEAN NOT NULL,
    cpu_ms BIGINT,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (video_id, step, fingerprint),
    FOREIGN KEY (video_id) REFERENCES library.videos (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_steps_current ON library.steps (video_id, step) WHERE current;

CREATE TABLE library.tracks (
    id UUID NOT NULL,
    video_id UUID NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    person_id UUID,
    probability FLOAT NOT NULL,
    nearest_person_id UUID,
    model_id TEXT NOT NULL,
    faces JSONB NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (video_id) REFERENCES library.videos (id) ON DELETE CASCADE,
    FOREIGN KEY (person_id) REFERENCES library.people (id) ON DELETE SET NULL,
    FOREIGN KEY (nearest_person_id) REFERENCES library.people (id) ON DELETE SET NULL
);

CREATE INDEX ix_library_tracks_person_id ON library.tracks (person_id);
CREATE INDEX ix_library_tracks_nearest_person_id ON library.tracks (nearest_person_id);

CREATE INDEX ix_library_tracks_video_id ON library.tracks (video_id);

CREATE TABLE library.reference_vectors (
    reference_id UUID NOT NULL,
    model_id TEXT NOT NULL,
    vector BYTEA NOT NULL,
    PRIMARY KEY (reference_id, model_id),
    FOREIGN KEY (reference_id) REFERENCES library."references" (id) ON DELETE CASCADE
);

-- History is append-only, whoever asks.
CREATE FUNCTION library.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on library.% is refused: history is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER edits_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON library.edits
FOR EACH STATEMENT EXECUTE FUNCTION library.refuse_change();
