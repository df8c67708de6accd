-- What is asked of all certificates at once is answered from an index alone: the rows, each with its certificate,
-- lie scattered over the whole file.

-- The revocation that a list has to tell of, as events.id.
ALTER TABLE certificates ADD COLUMN revocation_event INTEGER;
UPDATE certificates SET revocation_event =
    (SELECT max(id) FROM events WHERE subject = certificates.serial AND action = 'revoke')
    WHERE revoked_at IS NOT NULL;

-- The entries of a revocation list, in its order.
DROP INDEX certificates_revoked;
CREATE INDEX certificates_revoked ON certificates
    (authority, serial, generation, not_after, revoked_at, revocation_reason, invalidity_date, revocation_event)
    WHERE revoked_at IS NOT NULL;
-- How many are in force, and until when. What every row has alike is in it too: without, SQLite looks at the row.
CREATE INDEX certificates_in_force ON certificates (authority, not_after, generation, profile, revoked_at)
    WHERE revoked_at IS NULL;
-- Nothing asks by common name alone.
DROP INDEX certificates_common_name;

-- Numbers that lists of a key had elsewhere, before a restore: every later list has a higher one.
CREATE TABLE crl_numbers (
    key    TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
