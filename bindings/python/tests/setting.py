"""An authority and a certificate by it, for tests that need one."""

import base64
import unittest
from datetime import datetime, timedelta, timezone

import sealwright
from sealwright import KeyReference, KeyRing, SealwrightError, types

P256 = types.KeyAlgorithm.P256
YEAR = timedelta(days=365)
NOON = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)


def made(now=NOON, **more):
    """An authority, a certificate by it, and the ring with their keys."""
    keys = KeyRing()
    for name in ("root", "device"):
        keys.import_key(name, sealwright.generate_key(algorithm=P256).private_key)
    root = sealwright.create_authority(subject="CN=Root", key=KeyReference(id="root"), validity_seconds=10 * YEAR, now=now, keys=keys)
    csr = sealwright.create_csr(subject="CN=device", key=KeyReference(id="device"), keys=keys).csr
    signed = sealwright.sign_csr(authority=root.authority, csr=csr, profile="device-identity", now=now, keys=keys, **more)
    return root.authority, signed, keys


def der(pem):
    return base64.b64decode("".join(pem.splitlines()[1:-1]))


class Case(unittest.TestCase):
    def raises(self, code, work, *arguments, **named):
        with self.assertRaises(SealwrightError) as raised:
            work(*arguments, **named)
        self.assertEqual(raised.exception.code, code)
        return raised.exception
