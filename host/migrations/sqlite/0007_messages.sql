-- Messages that devices signed, and programs that have them verified.

-- Each message counts once: what counted is remembered for as long as it could count again.
CREATE TABLE replay_keys (
    key               TEXT PRIMARY KEY,
    -- Whose it is: each key has so much room.
    public_key_sha256 TEXT NOT NULL,
    -- The last second in which the message would be accepted.
    until             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replay_keys_until ON replay_keys (until);
CREATE INDEX replay_keys_public_key_sha256 ON replay_keys (public_key_sha256);
-- How many there are; to count them for each message would take its time.
CREATE TABLE replay_count (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    n  INTEGER NOT NULL CHECK (n >= 0)
) STRICT;
INSERT INTO replay_count (id, n) VALUES (1, 0);

-- Rebuilt, since a CHECK cannot be changed: the scope of those who verify messages is new.
CREATE TABLE new_api_tokens (
    id         TEXT PRIMARY KEY,
    -- Of 256 random bits, hex: there is nothing to guess, so that no slow hash is needed.
    sha256     TEXT NOT NULL UNIQUE,
    scope      TEXT NOT NULL CHECK (scope IN ('mint', 'keys', 'verify')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO new_api_tokens SELECT id, sha256, scope, created_at, expires_at FROM api_tokens;
DROP TABLE api_tokens;
ALTER TABLE new_api_tokens RENAME TO api_tokens;
