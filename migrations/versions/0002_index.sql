-- Schema `index`: written by embed-service alone. tests/integration/test_migrations.py holds it
-- against services/embed-service/embed_service/tables.py.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE SCHEMA "index";

CREATE TABLE "index".documents (
    segment_id UUID NOT NULL,
    video_id UUID NOT NULL,
    version INTEGER NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    title TEXT NOT NULL,
    text_ko TEXT,
    text_en TEXT,
    origin TEXT NOT NULL,
    caption_model TEXT,
    observed BOOLEAN NOT NULL,
    unknown_faces INTEGER NOT NULL,
    objects TEXT[] NOT NULL,
    fingerprint TEXT NOT NULL,
    caption_lexemes TEXT[] NOT NULL,
    object_lexemes TEXT[] NOT NULL,
    title_lexemes TEXT[] NOT NULL,
    PRIMARY KEY (segment_id)
);

CREATE INDEX ix_documents_caption_lexemes ON "index".documents USING gin (caption_lexemes);

CREATE INDEX ix_documents_object_lexemes ON "index".documents USING gin (object_lexemes);

CREATE INDEX ix_documents_title_lexemes ON "index".documents USING gin (title_lexemes);

CREATE INDEX ix_documents_video ON "index".documents (video_id, start_ms, segment_id);

CREATE TABLE "index".models (
    model_id TEXT NOT NULL,
    state TEXT NOT NULL,
    backend TEXT NOT NULL,
    options JSONB NOT NULL,
    card JSONB NOT NULL,
    dimension INTEGER NOT NULL,
    created_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (model_id)
);

CREATE UNIQUE INDEX ux_models_active ON "index".models (state) WHERE state = 'active';

CREATE TABLE "index".names (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT NOT NULL,
    aliases TEXT[] NOT NULL,
    members UUID[] NOT NULL,
    revision UUID NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE "index".removals (
    segment_id UUID NOT NULL,
    video_id UUID,
    version INTEGER NOT NULL,
    PRIMARY KEY (segment_id)
);

CREATE TABLE "index".document_people (
    person_id UUID NOT NULL,
    segment_id UUID NOT NULL,
    probability FLOAT NOT NULL,
    seen_ms BIGINT NOT NULL,
    human BOOLEAN NOT NULL,
    PRIMARY KEY (person_id, segment_id),
    FOREIGN KEY(segment_id) REFERENCES "index".documents (segment_id) ON DELETE CASCADE
);

CREATE INDEX ix_index_document_people_segment_id ON "index".document_people (segment_id);

CREATE TABLE "index".vectors (
    model_id TEXT NOT NULL,
    segment_id UUID NOT NULL,
    part TEXT NOT NULL,
    vector HALFVEC NOT NULL,
    PRIMARY KEY (model_id, segment_id, part),
    FOREIGN KEY(model_id) REFERENCES "index".models (model_id),
    FOREIGN KEY(segment_id) REFERENCES "index".documents (segment_id) ON DELETE CASCADE
);

CREATE INDEX ix_index_vectors_segment_id ON "index".vectors (segment_id);
