DROP TRIGGER audit_is_append_only ON library.audit;
CREATE OR REPLACE FUNCTION library.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on library.% is refused: history is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
ALTER TABLE library.edits DROP COLUMN decision_id;
DROP INDEX library.ix_segments_people;
DROP INDEX library.ix_tracks_person;
CREATE INDEX ix_library_tracks_person_id ON library.tracks (person_id);
ALTER TABLE library.tracks DROP COLUMN similarity, DROP COLUMN ruled, DROP COLUMN copy_of, DROP COLUMN stranger_id, DROP COLUMN best,
    DROP COLUMN evidence;
ALTER TABLE library."references" DROP COLUMN address, DROP COLUMN rights, DROP COLUMN consent, DROP COLUMN expires_at,
    DROP COLUMN withdrawn_at, DROP COLUMN perceptual_hash, DROP COLUMN duplicate_of, DROP COLUMN video_id, DROP COLUMN at_ms;
ALTER TABLE library.memberships DROP COLUMN since, DROP COLUMN until;
ALTER TABLE library.people DROP COLUMN merged_into, DROP COLUMN former;
ALTER TABLE library.videos DROP COLUMN series_id, DROP COLUMN line_up;
DROP TABLE library.candidates, library.collections, library.forgotten, library.audit, library.trainings,
    library.gallery_versions, library.rulings, library.decisions, library.track_vectors, library.strangers, library.series;
