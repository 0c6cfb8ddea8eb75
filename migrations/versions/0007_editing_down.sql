DROP TABLE library.settled, library.touches;
ALTER TABLE library.edits DROP COLUMN withheld, DROP COLUMN lineage, DROP COLUMN of_version;
