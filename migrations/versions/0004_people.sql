-- People: who is on screen, decided once; where their pictures are from; what was ruled, found, forgotten.

CREATE TABLE library.series (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    line_up JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE library.strangers (
    id UUID NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

ALTER TABLE library.videos ADD COLUMN series_id UUID REFERENCES library.series (id) ON DELETE SET NULL;
ALTER TABLE library.videos ADD COLUMN line_up JSONB;
CREATE INDEX ix_library_videos_series_id ON library.videos (series_id);

ALTER TABLE library.people ADD COLUMN merged_into UUID REFERENCES library.people (id);
ALTER TABLE library.people ADD COLUMN former JSONB NOT NULL DEFAULT '[]';
CREATE INDEX ix_library_people_merged_into ON library.people (merged_into);

ALTER TABLE library.memberships ADD COLUMN since DATE;
ALTER TABLE library.memberships ADD COLUMN until DATE;

ALTER TABLE library."references" ADD COLUMN address TEXT;
ALTER TABLE library."references" ADD COLUMN rights TEXT;
ALTER TABLE library."references" ADD COLUMN consent TEXT NOT NULL DEFAULT 'unstated';
ALTER TABLE library."references" ADD COLUMN expires_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE library."references" ADD COLUMN withdrawn_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE library."references" ADD COLUMN perceptual_hash BIGINT;
ALTER TABLE library."references" ADD COLUMN duplicate_of UUID REFERENCES library."references" (id) ON DELETE SET NULL;
CREATE INDEX ix_library_references_duplicate_of ON library."references" (duplicate_of);
ALTER TABLE library."references" ADD COLUMN video_id UUID REFERENCES library.videos (id) ON DELETE SET NULL;
ALTER TABLE library."references" ADD COLUMN at_ms BIGINT;

ALTER TABLE library.tracks ADD COLUMN similarity FLOAT NOT NULL DEFAULT '0';
ALTER TABLE library.tracks ADD COLUMN ruled BOOLEAN NOT NULL DEFAULT 'false';
ALTER TABLE library.tracks ADD COLUMN copy_of UUID;
ALTER TABLE library.tracks ADD COLUMN stranger_id UUID REFERENCES library.strangers (id) ON DELETE SET NULL;
ALTER TABLE library.tracks ADD COLUMN best INTEGER NOT NULL DEFAULT '0';
ALTER TABLE library.tracks ADD COLUMN evidence JSONB;
-- Screen time over all videos is read from the index alone: a track's row holds its faces and is wide.
DROP INDEX library.ix_library_tracks_person_id;
CREATE INDEX ix_tracks_person ON library.tracks (person_id) INCLUDE (video_id, start_ms, end_ms, copy_of)
WHERE person_id IS NOT NULL;
CREATE INDEX ix_tracks_stranger ON library.tracks (stranger_id) INCLUDE (person_id, video_id, start_ms, end_ms)
WHERE stranger_id IS NOT NULL;
CREATE INDEX ix_segments_people ON library.segments USING gin (people);

ALTER TABLE library.edits ADD COLUMN decision_id UUID;
CREATE INDEX ix_library_edits_decision_id ON library.edits (decision_id);

CREATE TABLE library.track_vectors (
    track_id UUID NOT NULL,
    model_id TEXT NOT NULL,
    vector HALFVEC NOT NULL,
    PRIMARY KEY (track_id),
    FOREIGN KEY (track_id) REFERENCES library.tracks (id) ON DELETE CASCADE
);
CREATE INDEX ix_track_vectors_model ON library.track_vectors (model_id);

CREATE TABLE library.decisions (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    door TEXT NOT NULL,
    note TEXT,
    undone_at TIMESTAMP WITH TIME ZONE,
    learnt JSONB DEFAULT '[]' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE library.rulings (
    id UUID NOT NULL,
    decision_id UUID NOT NULL,
    video_id UUID NOT NULL,
    verdict TEXT NOT NULL,
    person_id UUID,
    stranger_id UUID,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    faces JSONB NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY (decision_id) REFERENCES library.decisions (id) ON DELETE CASCADE,
    FOREIGN KEY (video_id) REFERENCES library.videos (id) ON DELETE CASCADE,
    FOREIGN KEY (person_id) REFERENCES library.people (id) ON DELETE CASCADE,
    FOREIGN KEY (stranger_id) REFERENCES library.strangers (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_rulings_decision_id ON library.rulings (decision_id);
CREATE INDEX ix_library_rulings_person_id ON library.rulings (person_id);
CREATE INDEX ix_library_rulings_stranger_id ON library.rulings (stranger_id);
CREATE INDEX ix_rulings_video ON library.rulings (video_id, created_at, id) WHERE revoked_at is null;

CREATE TABLE library.gallery_versions (
    id UUID NOT NULL,
    fingerprint TEXT NOT NULL,
    model_id TEXT NOT NULL,
    scorer TEXT NOT NULL,
    threshold FLOAT NOT NULL,
    calibration JSONB NOT NULL,
    people INTEGER NOT NULL,
    "references" INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (fingerprint, model_id, scorer)
);

CREATE TABLE library.trainings (
    id UUID NOT NULL,
    model_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    live BOOLEAN NOT NULL,
    report JSONB NOT NULL,
    weights BYTEA,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE library.audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    actor TEXT NOT NULL,
    door TEXT NOT NULL,
    action TEXT NOT NULL,
    person_id UUID,
    reference_id UUID,
    details JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_library_audit_person_id ON library.audit (person_id);
CREATE INDEX ix_library_audit_reference_id ON library.audit (reference_id);

CREATE TABLE library.forgotten (
    person_id UUID NOT NULL,
    receipt JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (person_id)
);

CREATE TABLE library.collections (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    person_id UUID,
    query TEXT NOT NULL,
    rights TEXT NOT NULL,
    consent TEXT DEFAULT 'unstated' NOT NULL,
    most INTEGER DEFAULT '20' NOT NULL,
    review BOOLEAN DEFAULT 'true' NOT NULL,
    state TEXT DEFAULT 'queued' NOT NULL,
    found INTEGER DEFAULT '0' NOT NULL,
    problem JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY (person_id) REFERENCES library.people (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_collections_person_id ON library.collections (person_id);

CREATE TABLE library.candidates (
    id UUID NOT NULL,
    collection_id UUID NOT NULL,
    address TEXT NOT NULL,
    page TEXT,
    title TEXT,
    state TEXT DEFAULT 'waiting' NOT NULL,
    picture TEXT,
    content_hash TEXT,
    perceptual_hash BIGINT,
    face JSONB,
    similarity FLOAT,
    reason TEXT,
    video_id UUID,
    reference_id UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (collection_id, address),
    FOREIGN KEY (collection_id) REFERENCES library.collections (id) ON DELETE CASCADE,
    FOREIGN KEY (video_id) REFERENCES library.videos (id) ON DELETE SET NULL,
    FOREIGN KEY (reference_id) REFERENCES library."references" (id) ON DELETE SET NULL
);
CREATE INDEX ix_candidates_state ON library.candidates (state, created_at, id);

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON library.audit
FOR EACH STATEMENT EXECUTE FUNCTION library.refuse_change();

-- Forgetting a person takes their name and their face out of history too; nothing else may touch it.
CREATE OR REPLACE FUNCTION library.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('scenedesk.forgetting', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on library.% is refused: history is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
