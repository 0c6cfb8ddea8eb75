CREATE TABLE "index".vocabulary (
    lexeme TEXT NOT NULL,
    documents INTEGER NOT NULL,
    PRIMARY KEY (lexeme)
);

INSERT INTO "index".vocabulary
SELECT lexeme, count(DISTINCT segment_id)
FROM "index".documents, unnest(caption_lexemes || object_lexemes || title_lexemes) AS lexeme
GROUP BY lexeme;

CREATE TABLE "index".totals (
    single BOOLEAN DEFAULT true NOT NULL,
    documents INTEGER NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (single),
    CONSTRAINT ck_totals_one_row CHECK (single)
);

INSERT INTO "index".totals (documents, revision) SELECT count(*), 1 FROM "index".documents;

-- One index for words wherever they stand, written at once: a list of what is pending would be read by every question.
CREATE INDEX ix_documents_lexemes ON "index".documents
USING gin ((caption_lexemes || object_lexemes || title_lexemes)) WITH (fastupdate = off);

DROP INDEX "index".ix_documents_caption_lexemes;

DROP INDEX "index".ix_documents_object_lexemes;

DROP INDEX "index".ix_documents_title_lexemes;

ALTER TABLE "index".document_people
ADD COLUMN video_id UUID, ADD COLUMN start_ms BIGINT, ADD COLUMN end_ms BIGINT, ADD COLUMN presence INTEGER;

UPDATE "index".document_people AS p
SET
    video_id = d.video_id,
    start_ms = d.start_ms,
    end_ms = d.end_ms,
    presence = round(
        1000000 * CASE WHEN p.human THEN 1.0 ELSE p.probability END
        * least(1.0, p.seen_ms / (d.end_ms - d.start_ms)::FLOAT)
    )
FROM "index".documents AS d
WHERE d.segment_id = p.segment_id;

ALTER TABLE "index".document_people
ALTER COLUMN video_id SET NOT NULL, ALTER COLUMN start_ms SET NOT NULL, ALTER COLUMN end_ms SET NOT NULL,
ALTER COLUMN presence SET NOT NULL;

-- Everything a question about people alone needs, in the order of time.
CREATE INDEX ix_document_people_moments ON "index".document_people
(person_id, video_id, start_ms, segment_id) INCLUDE (end_ms, presence);

-- Vectors are looked up and removed by document: one index does both when its key begins with that.
ALTER TABLE "index".vectors
DROP CONSTRAINT vectors_pkey, ADD CONSTRAINT vectors_pkey PRIMARY KEY (segment_id, model_id, part);

DROP INDEX "index".ix_index_vectors_segment_id;

CREATE INDEX ix_removals_video ON "index".removals (video_id);
