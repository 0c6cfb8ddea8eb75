-- Schema `answers`: written by search-service alone. tests/integration/test_migrations.py holds it
-- against services/search-service/search_service/tables.py.

CREATE SCHEMA answers;

CREATE TABLE answers.generations (
    key TEXT NOT NULL,
    task TEXT NOT NULL,
    model_id TEXT NOT NULL,
    result JSONB NOT NULL,
    made_at TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (key)
);

CREATE INDEX ix_generations_made_at ON answers.generations (made_at);

CREATE TABLE answers.spending (
    day DATE NOT NULL,
    requests INTEGER NOT NULL,
    tokens BIGINT NOT NULL,
    PRIMARY KEY (day)
);
