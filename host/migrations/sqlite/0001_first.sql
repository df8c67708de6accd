-- Times are Unix seconds; serials and hashes are lowercase hex.

CREATE TABLE authorities (
    id          TEXT PRIMARY KEY,
    role        TEXT NOT NULL CHECK (role IN ('root', 'issuing', 'ra')),
    -- The engine's Authority value, given back to it as it is.
    value       TEXT NOT NULL,
    is_current  INTEGER NOT NULL DEFAULT 1 CHECK (is_current IN (0, 1)),
    created_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX authorities_current ON authorities (role) WHERE is_current = 1;

CREATE TABLE certificates (
    serial                    TEXT PRIMARY KEY,
    subject                   TEXT NOT NULL,
    common_name               TEXT,
    issuer                    TEXT NOT NULL,
    -- A JSON array of "kind:value".
    subject_alternative_names TEXT NOT NULL,
    device_name               TEXT,
    user_name                 TEXT,
    -- Null for a root, which nobody else issued.
    authority                 TEXT REFERENCES authorities (id),
    profile                   TEXT NOT NULL,
    issued_at                 INTEGER NOT NULL,
    not_before                INTEGER NOT NULL,
    not_after                 INTEGER NOT NULL,
    revoked_at                INTEGER,
    revocation_reason         TEXT,
    transaction_id            TEXT,
    csr_sha256                TEXT,
    sha256                    TEXT NOT NULL UNIQUE,
    public_key_sha256         TEXT NOT NULL,
    pem                       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificates_issued_at ON certificates (issued_at);
CREATE INDEX certificates_not_after ON certificates (not_after);
CREATE INDEX certificates_common_name ON certificates (common_name);
-- Polls and new requests are judged by the key that they are about.
CREATE INDEX certificates_public_key_sha256 ON certificates (public_key_sha256);
CREATE INDEX certificates_transaction_id ON certificates (transaction_id)
    WHERE transaction_id IS NOT NULL;

-- Which certificate answers a repeated request.
CREATE TABLE remembered_replies (
    transaction_id TEXT NOT NULL,
    csr_sha256     TEXT NOT NULL,
    serial         TEXT NOT NULL REFERENCES certificates (serial) DEFERRABLE INITIALLY DEFERRED,
    remembered_at  INTEGER NOT NULL,
    -- Who signed the request that the reply was made for (SHA-256 of the certificate): only that signer, or
    -- whoever holds the certificate's own key, is given the reply again.
    signer_sha256  TEXT,
    PRIMARY KEY (transaction_id, csr_sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE challenges (
    id         TEXT PRIMARY KEY,
    -- argon2id, as a PHC string.
    hash       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
