-- Asked for each enrolment; keys of certificates in force are no part of the answer.
CREATE INDEX certificates_revoked_keys ON certificates (public_key_sha256, revocation_reason)
    WHERE revoked_at IS NOT NULL;
