"""Keys of pyca/cryptography outside of the engine, and its certificates in and out."""

import dataclasses
import unittest

import sealwright
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, mldsa, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from door import by_function
from interface import give, vectors
from sealwright import DecryptQuestion, KeyReference, KeyRing, SignQuestion, pyca, types
from sealwright.pyca import PrivateKeys, certificate, key_reference, public_key_pem
from setting import YEAR, Case

KEYS = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ml_dsa_44": mldsa.MLDSA44PrivateKey.generate,
    "ml_dsa_65": mldsa.MLDSA65PrivateKey.generate,
    "ml_dsa_87": mldsa.MLDSA87PrivateKey.generate,
}


class Outside:
    """Keys of a vector, and whether what they gave is random."""

    def __init__(self, keys):
        self.signer = PrivateKeys(keys)
        self.asked = 0
        self.is_random = False

    def __call__(self, question):
        self.asked += 1
        self.is_random |= str(question.scheme).startswith(("ecdsa", "rsa_pss", "ml_dsa"))
        return self.signer(question)


class Pyca(Case):
    def test_it_has_its_own_names_and_none_of_cryptography(self):
        names = {"PrivateKey", *(name for name, value in vars(pyca).items() if getattr(value, "__module__", "") == pyca.__name__)}
        self.assertEqual(set(pyca.__all__), {name for name in names if not name.startswith("_")})

    def test_every_vector_with_its_keys_outside(self):
        counts = {"asked": 0, "exact": 0}
        loaded = {}

        def load(pem):
            # A small key is there to be refused: OpenSSL may as well.
            if pem not in loaded:
                try:
                    loaded[pem] = load_pem_private_key(pem.encode(), None)
                except Exception:
                    loaded[pem] = None
            return loaded[pem]

        for vector in vectors():
            found = vector.fields()
            if not vector.keys or vector.held_only or found is None or not found[0]["uses_keys"]:
                continue
            keys = {key["id"]: load(key["pem"]) for key in vector.keys}
            if None in keys.values():
                continue
            outside = Outside(keys)
            with self.subTest(vector.name):
                if vector.status == 0:
                    response = self.respond(found, outside)
                    if outside.asked and not outside.is_random:
                        self.assertEqual(response, self.respond(found, self.ring(vector)))
                        counts["exact"] += 1
                else:
                    by_function(vector, outside)
                counts["asked"] += bool(outside.asked)
        self.assertGreater(counts["asked"], 150, counts)
        self.assertGreater(counts["exact"], 90, counts)

    def ring(self, vector):
        keys = KeyRing()
        for key in vector.keys:
            keys.import_key(key["id"], key["pem"])
        return keys

    def respond(self, found, keys):
        operation, wire = found
        given = {name: give(operation["request"]["properties"][name], value) for name, value in wire.items()}
        return getattr(sealwright, operation["name"])(**given, keys=keys)

    def test_an_authority_and_a_device_of_each_kind_of_key(self):
        [strict] = [profile for profile in sealwright.profiles().profiles if profile.name == "device-identity"]
        profile = dataclasses.replace(strict, key_types=tuple(types.KeyType))
        for name, make in KEYS.items():
            root, device = make(), make()
            keys = PrivateKeys({"root": root, "device": device})
            with self.subTest(name):
                authority = sealwright.create_authority(subject="CN=Root", key=key_reference("root", root), validity_seconds=YEAR, keys=keys).authority
                csr = sealwright.create_csr(subject="CN=device", key=key_reference("device", device.public_key()), keys=keys).csr
                read = x509.load_pem_x509_csr(csr.encode())
                self.assertTrue(read.is_signature_valid)
                signed = sealwright.sign_csr(authority=authority, csr=csr, profile=profile, keys=keys)
                leaf, issuer = certificate(signed.certificate), certificate(authority.certificate)
                leaf.verify_directly_issued_by(issuer)
                self.assertEqual(leaf.not_valid_after_utc, signed.record.not_after)
                self.assertEqual(leaf.fingerprint(hashes.SHA256()).hex(), signed.record.sha256)
                self.assertEqual(leaf.public_key(), device.public_key())

    def test_its_objects_are_taken_where_there_is_pem(self):
        root = KEYS["p256"]()
        keys = PrivateKeys({"root": root})
        authority = sealwright.create_authority(subject="CN=Root", key=key_reference("root", root), validity_seconds=YEAR, keys=keys).authority
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name.from_rfc4514_string("CN=device"))
        csr = builder.sign(KEYS["p256"](), hashes.SHA256())
        leaf = certificate(sealwright.sign_csr(authority=authority, csr=csr, profile="device-identity", keys=keys).certificate)
        anchor = types.AnchorRequest(certificate=certificate(authority.certificate))
        crl = sealwright.sign_crl(authority=authority, entries=[], number="1", keys=keys).crl
        good = sealwright.verify_path(certificate=leaf, anchors=[anchor], crls=[x509.load_pem_x509_crl(crl.encode())])
        self.assertEqual(len(good.path), 2)
        [found] = sealwright.inspect(input=csr).objects
        self.assertEqual(found.subject, "CN=device")
        self.raises("request_malformed", sealwright.create_csr, subject=leaf, key=KeyReference(id="k"))

    def test_its_public_keys_are_taken_where_there_are_such(self):
        root, device = KEYS["p256"](), KEYS["p384"]()
        keys = PrivateKeys({"root": root})
        reference = KeyReference(id="root", public_key=root.public_key())
        authority = sealwright.create_authority(subject="CN=Root", key=reference, validity_seconds=YEAR, keys=keys).authority
        spki = device.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for given in (device.public_key(), spki, bytearray(spki), public_key_pem(device), public_key_pem(device).encode()):
            issued = sealwright.issue_from_public_key(
                authority=authority, public_key=given, subject="CN=x", profile="device-identity", keys=keys
            )
            self.assertEqual(certificate(issued.certificate).public_key(), device.public_key())
        [found] = sealwright.inspect(input=device.public_key()).objects
        self.assertEqual(found.kind, "public_key")
        self.assertEqual(len(sealwright.jwks(keys=[types.PublishedKey(public_key=device.public_key())]).keys), 1)

    def test_what_is_none_of_its_objects(self):
        class Broken:
            def public_bytes(self, *arguments):
                raise RuntimeError(arguments)

        anchors = [types.AnchorRequest(certificate="x")]
        for given in (x509.Certificate, Broken(), KEYS["p256"]()):
            for work in (
                lambda given: sealwright.inspect(input=given),
                lambda given: sealwright.verify_path(certificate=given, anchors=anchors),
                lambda given: sealwright.create_csr(subject="CN=x", key=KeyReference(id="k", public_key=given)),
            ):
                self.raises("request_malformed", work, given)

    def test_keys_of_both_sorts(self):
        root, device = KEYS["p256"](), sealwright.generate_key(algorithm=types.KeyAlgorithm.P256)
        with KeyRing(elsewhere=PrivateKeys({"root": root})) as keys:
            keys.import_key("device", device.private_key)
            authority = sealwright.create_authority(subject="CN=Root", key=key_reference("root", root), validity_seconds=YEAR, keys=keys).authority
            csr = sealwright.create_csr(subject="CN=x", key=KeyReference(id="device"), keys=keys).csr
            self.assertTrue(sealwright.sign_csr(authority=authority, csr=csr, profile="device-identity", keys=keys).certificate)

    def test_a_key_that_is_not_there_or_unfit(self):
        question = SignQuestion(key="k", scheme=types.SignatureScheme.RSA_PKCS1_SHA256, input=b"x")
        self.raises("key_unknown", PrivateKeys({}), question)
        for name in ("p256", "ed25519"):
            self.assertIn("rsa_pkcs1_sha256", self.raises("key_unfit", PrivateKeys({"k": KEYS[name]()}), question).detail)
        other = SignQuestion(key="k", scheme=types.SignatureScheme.ECDSA_P256_SHA256, input=b"x")
        self.raises("key_unfit", PrivateKeys({"k": KEYS["p384"]()}), other)
        self.raises("key_unfit", PrivateKeys({"k": KEYS["rsa"]()}), other)
        decrypt = DecryptQuestion(key="k", scheme=types.KeyTransport.RSA_OAEP_SHA256, input=bytes(256))
        self.raises("key_unfit", PrivateKeys({"k": KEYS["p256"]()}), decrypt)
        self.assertIsNone(PrivateKeys({"k": KEYS["rsa"]()})(decrypt))
        other = SignQuestion(key="k", scheme=types.SignatureScheme.ML_DSA_44, input=b"x")
        for key in (KEYS["ml_dsa_65"](), KEYS["rsa"](), dsa.generate_private_key(2048)):
            self.raises("key_unfit", PrivateKeys({"k": key}), other)

    def test_a_modulus_without_room_for_what_is_signed(self):
        question = SignQuestion(key="k", scheme=types.SignatureScheme.RSA_PSS_SHA512, input=b"x")
        self.raises("key_unfit", PrivateKeys({"k": rsa.generate_private_key(65537, 1024)}), question)

    def test_public_halves(self):
        for make in KEYS.values():
            key = make()
            self.assertEqual(public_key_pem(key), public_key_pem(key.public_key()))


if __name__ == "__main__":
    unittest.main()
