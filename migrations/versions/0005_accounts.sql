CREATE TABLE library.accounts (
    id UUID NOT NULL,
    kind TEXT DEFAULT 'person' NOT NULL CHECK (kind IN ('person', 'service')),
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
    password TEXT,
    disabled_at TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (login)
);

CREATE TABLE library.invitations (
    id UUID NOT NULL,
    hash BYTEA NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
    name TEXT,
    login TEXT,
    account_id UUID,
    actor TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (hash),
    FOREIGN KEY (account_id) REFERENCES library.accounts (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_invitations_account_id ON library.invitations (account_id);

CREATE TABLE library.sessions (
    id UUID NOT NULL,
    hash BYTEA NOT NULL,
    account_id UUID NOT NULL,
    agent TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (hash),
    FOREIGN KEY (account_id) REFERENCES library.accounts (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_sessions_account_id ON library.sessions (account_id);

CREATE TABLE library.tokens (
    id UUID NOT NULL,
    hash BYTEA NOT NULL,
    account_id UUID NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT[] NOT NULL CHECK (scopes <@ ARRAY['read', 'write', 'admin', 'act-for']),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (hash),
    FOREIGN KEY (account_id) REFERENCES library.accounts (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_tokens_account_id ON library.tokens (account_id);

CREATE TABLE library.sign_in_failures (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    login_hash BYTEA NOT NULL,
    address TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_sign_in_failures_login ON library.sign_in_failures (login_hash, created_at);
CREATE INDEX ix_sign_in_failures_address ON library.sign_in_failures (address, created_at);

-- Null leaves it to the series, and a series that says nothing shows its videos to everyone.
ALTER TABLE library.videos ADD COLUMN audience TEXT CHECK (audience IN ('everyone', 'editors', 'named'));
ALTER TABLE library.series ADD COLUMN audience TEXT CHECK (audience IN ('everyone', 'editors', 'named'));
ALTER TABLE library.videos ADD COLUMN owner_id UUID REFERENCES library.accounts (id) ON DELETE SET NULL;
CREATE INDEX ix_library_videos_owner_id ON library.videos (owner_id);
-- Hidden videos are few, and asked for by every question of somebody who is no admin.
CREATE INDEX ix_videos_restricted ON library.videos (id) WHERE audience IN ('editors', 'named');

CREATE TABLE library.video_viewers (
    video_id UUID NOT NULL,
    account_id UUID NOT NULL,
    PRIMARY KEY (video_id, account_id),
    FOREIGN KEY (video_id) REFERENCES library.videos (id) ON DELETE CASCADE,
    FOREIGN KEY (account_id) REFERENCES library.accounts (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_video_viewers_account_id ON library.video_viewers (account_id);

CREATE TABLE library.series_viewers (
    series_id UUID NOT NULL,
    account_id UUID NOT NULL,
    PRIMARY KEY (series_id, account_id),
    FOREIGN KEY (series_id) REFERENCES library.series (id) ON DELETE CASCADE,
    FOREIGN KEY (account_id) REFERENCES library.accounts (id) ON DELETE CASCADE
);
CREATE INDEX ix_library_series_viewers_account_id ON library.series_viewers (account_id);

ALTER TABLE library.collections ADD COLUMN actor TEXT DEFAULT 'person' NOT NULL;
