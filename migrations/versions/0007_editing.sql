ALTER TABLE library.edits ADD COLUMN of_version INTEGER;
ALTER TABLE library.edits ADD COLUMN lineage JSONB DEFAULT '[]' NOT NULL;
ALTER TABLE library.edits ADD COLUMN withheld JSONB DEFAULT '[]' NOT NULL;

CREATE TABLE library.touches (
    segment_id UUID NOT NULL,
    version INTEGER NOT NULL,
    video_id UUID NOT NULL,
    PRIMARY KEY (segment_id, version),
    FOREIGN KEY(video_id) REFERENCES library.videos (id) ON DELETE CASCADE
);
CREATE INDEX ix_touches_video ON library.touches (video_id, version);

INSERT INTO library.touches (segment_id, version, video_id)
SELECT DISTINCT (segment ->> 'id')::uuid, version, video_id
FROM library.edits, jsonb_array_elements(before || after) AS segment;

CREATE TABLE library.settled (
    segment_id UUID NOT NULL,
    video_id UUID NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    PRIMARY KEY (segment_id),
    FOREIGN KEY(video_id) REFERENCES library.videos (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_settled_video_id ON library.settled (video_id);
