DROP INDEX "index".ix_removals_video;

CREATE INDEX ix_index_vectors_segment_id ON "index".vectors (segment_id);

ALTER TABLE "index".vectors
DROP CONSTRAINT vectors_pkey, ADD CONSTRAINT vectors_pkey PRIMARY KEY (model_id, segment_id, part);

DROP INDEX "index".ix_document_people_moments;

ALTER TABLE "index".document_people DROP COLUMN video_id, DROP COLUMN start_ms, DROP COLUMN end_ms, DROP COLUMN presence;

DROP INDEX "index".ix_documents_lexemes;

CREATE INDEX ix_documents_caption_lexemes ON "index".documents USING gin (caption_lexemes);

CREATE INDEX ix_documents_object_lexemes ON "index".documents USING gin (object_lexemes);

CREATE INDEX ix_documents_title_lexemes ON "index".documents USING gin (title_lexemes);

DROP TABLE "index".totals;

DROP TABLE "index".vocabulary;
