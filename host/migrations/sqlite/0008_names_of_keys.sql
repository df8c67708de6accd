-- What messages call a key by, beside its hash. Of what was issued before they are not known.
ALTER TABLE certificates ADD COLUMN subject_key_identifier TEXT;
ALTER TABLE certificates ADD COLUMN jwk_thumbprint TEXT;
CREATE INDEX certificates_subject_key_identifier ON certificates (subject_key_identifier)
    WHERE subject_key_identifier IS NOT NULL;
CREATE INDEX certificates_jwk_thumbprint ON certificates (jwk_thumbprint) WHERE jwk_thumbprint IS NOT NULL;
