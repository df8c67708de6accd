-- Keys that sign tokens for content, and what programs show to have tokens minted.

-- A name stands for several keys, one after the other: its generations. The private key lies sealed beside the others, as
-- token-KID, for as long as it signs.
CREATE TABLE token_keys (
    name             TEXT NOT NULL,
    generation       INTEGER NOT NULL,
    -- The thumbprint (RFC 7638). A key that was here once is never taken again.
    kid              TEXT NOT NULL UNIQUE,
    -- RFC 7518 3.1.
    algorithm        TEXT NOT NULL,
    -- How long its tokens may live.
    validity_seconds INTEGER NOT NULL,
    -- SubjectPublicKeyInfo, PEM.
    public_key       TEXT NOT NULL,
    is_uploaded      INTEGER NOT NULL CHECK (is_uploaded IN (0, 1)),
    created_at       INTEGER NOT NULL,
    -- From then on another one signs, and this one verifies, until the second of the two.
    rotated_at       INTEGER,
    verifies_until   INTEGER,
    -- From then on it does not even verify.
    retired_at       INTEGER,
    PRIMARY KEY (name, generation)
) STRICT, WITHOUT ROWID;
-- One key of a name signs.
CREATE UNIQUE INDEX token_keys_signing ON token_keys (name) WHERE rotated_at IS NULL AND retired_at IS NULL;

CREATE TABLE api_tokens (
    id         TEXT PRIMARY KEY,
    -- Of 256 random bits, hex: there is nothing to guess, so that no slow hash is needed.
    sha256     TEXT NOT NULL UNIQUE,
    scope      TEXT NOT NULL CHECK (scope IN ('mint', 'keys')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
