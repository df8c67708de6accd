-- Who signed the request that a reply was made for (SHA-256 of the certificate): only that signer, or
-- whoever holds the certificate's own key, is given the reply again.
ALTER TABLE remembered_replies ADD COLUMN signer_sha256 TEXT;
-- Polls and new requests are judged by the key that they are about.
CREATE INDEX certificates_public_key_sha256 ON certificates (public_key_sha256);
