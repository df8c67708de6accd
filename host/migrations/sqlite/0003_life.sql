-- The life of an authority: revocation, approval by hand, generations.

-- Rebuilt, since a CHECK cannot be changed: the signers of OCSP responses are new.
CREATE TABLE new_authorities (
    id          TEXT PRIMARY KEY,
    role        TEXT NOT NULL CHECK (role IN ('root', 'issuing', 'ra', 'ocsp')),
    -- The engine's Authority value, given back to it as it is.
    value       TEXT NOT NULL,
    is_current  INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)),
    created_at  INTEGER NOT NULL
) STRICT;
INSERT INTO new_authorities SELECT id, role, value, is_current, created_at FROM authorities ORDER BY rowid;
DROP TABLE authorities;
ALTER TABLE new_authorities RENAME TO authorities;
CREATE UNIQUE INDEX authorities_current ON authorities (role) WHERE is_current = 1;

-- Which generation of the authority signed it.
ALTER TABLE certificates ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
ALTER TABLE certificates ADD COLUMN invalidity_date INTEGER;
CREATE INDEX certificates_revoked ON certificates (authority, generation) WHERE revoked_at IS NOT NULL;

-- Who did what, when and why; rows are added and never changed.
CREATE TABLE events (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    -- revoke, approve, reject, renew and so on
    action  TEXT NOT NULL,
    -- What it was done to: a serial, a request's id, an authority's.
    subject TEXT NOT NULL,
    -- The reason that was given, in words.
    comment TEXT
) STRICT;
CREATE INDEX events_action ON events (action, id);
CREATE INDEX events_subject ON events (subject);

-- The revocation lists; the newest of each key is the one in force.
CREATE TABLE crls (
    -- The id of the key that signed it.
    key         TEXT NOT NULL,
    number      INTEGER NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER NOT NULL,
    -- The last revocation (events.id) that it tells of.
    last_event  INTEGER NOT NULL,
    pem         TEXT NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;

-- Requests for which somebody has to say yes.
CREATE TABLE pending_requests (
    id                TEXT PRIMARY KEY,
    transaction_id    TEXT NOT NULL,
    csr_sha256        TEXT NOT NULL,
    public_key_sha256 TEXT NOT NULL,
    signer_sha256     TEXT NOT NULL,
    subject           TEXT NOT NULL,
    -- What the request asks for, as the engine tells it, without the challenge password.
    content           TEXT NOT NULL,
    -- The message as it came, encrypted to the registration authority: a challenge password is in it.
    message           BLOB NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'rejected', 'issued')),
    requested_at      INTEGER NOT NULL,
    decided_at        INTEGER,
    decided_by        TEXT,
    comment           TEXT,
    UNIQUE (transaction_id, csr_sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_requests_poll ON pending_requests (transaction_id, public_key_sha256);
CREATE INDEX pending_requests_state ON pending_requests (state, requested_at);
CREATE INDEX pending_requests_key ON pending_requests (public_key_sha256);
