"""The Python package beside pyca/cryptography and PyJWT, with software keys and with pyca's as outside signers; see python.rs."""

import json
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

import jwt
import sealwright
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from rate import rate
from sealwright import KeyReference, KeyRing, types
from sealwright.pyca import PrivateKeys, certificate, key_reference

request = json.load(sys.stdin)
DAY = timedelta(days=1)
CALLS, CERTIFICATES = 4, 250  # as many as one call takes


class Cast:
    """An authority with its key on both sides, and what it has signed."""

    def __init__(self, algorithm):
        pem = sealwright.generate_key(algorithm=algorithm).private_key
        self.key = load_pem_private_key(pem.encode(), None)
        self.lent, self.outside = KeyRing(), PrivateKeys({"root": self.key})
        self.lent.import_key("root", pem)
        self.reference = key_reference("root", self.key)
        self.root = sealwright.create_authority(
            subject="CN=Root", key=self.reference, validity_seconds=3650 * DAY, keys=self.lent
        ).authority
        self.issuer = certificate(self.root.certificate)
        device = sealwright.generate_key(algorithm=algorithm)
        with KeyRing() as keys:
            keys.import_key("device", device.private_key)
            self.csr = sealwright.create_csr(
                subject="CN=host.example.com",
                subject_alternative_names=["dns:host.example.com"],
                key=KeyReference(id="device"),
                keys=keys,
            ).csr
        self.leaf = self.sign(self.lent)
        self.token = self.mint(self.lent)

    def sign(self, keys):
        signed = sealwright.sign_csr(
            authority=self.root, csr=self.csr, profile="tls-server", validity_seconds=30 * DAY, keys=keys
        )
        return signed.certificate

    def sign_by_pyca(self):
        """The same certificate: the request's signature is checked, and the extensions are those of the profile."""
        csr = x509.load_pem_x509_csr(self.csr.encode())
        assert csr.is_signature_valid
        now = datetime.now(timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(csr.subject)
            .issuer_name(self.issuer.subject)
            .public_key(csr.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + 30 * DAY)
            .add_extension(csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value, False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(csr.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)
            .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), False)
            .add_extension(x509.KeyUsage(True, *[False] * 8), True)
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def verify(self):
        anchor = types.AnchorRequest(certificate=self.root.certificate)
        sealwright.verify_path(
            certificate=self.leaf,
            anchors=[anchor],
            purpose=types.Purpose.TLS_SERVER,
            identities=["dns:host.example.com"],
        )

    def verify_by_pyca(self):
        store = x509.verification.Store([x509.load_pem_x509_certificate(self.root.certificate.encode())])
        verifier = x509.verification.PolicyBuilder().store(store).build_server_verifier(x509.DNSName("host.example.com"))
        verifier.verify(x509.load_pem_x509_certificate(self.leaf.encode()), [])

    @property
    def algorithm(self):
        return "RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256"

    def mint(self, keys):
        token = types.ShapeCompatible(subject="app", issuer="portal", lifetime_seconds=timedelta(hours=1))
        return sealwright.mint_jwt(key=self.reference, token=token, keys=keys).token

    def mint_by_pyjwt(self):
        claims = {"sub": "app", "iss": "portal", "exp": int(time.time()) + 3600}
        return jwt.encode(claims, self.key, algorithm=self.algorithm)

    def check(self):
        key = types.VerificationKey(kid="1", public_key=self.reference.public_key)
        sealwright.verify_jwt(token=self.token, keys=[key], policy=types.TokenPolicy(issuers=["portal"]))

    def check_by_pyjwt(self):
        jwt.decode(self.token, self.key.public_key(), algorithms=[self.algorithm], issuer="portal")


def row(key, what, peer, ours, theirs, outside=None):
    lent, others, theirs = (work and rate(work, request["seconds"]) for work in (ours, outside, theirs))
    return {"key": key, "what": what, "peer": peer, "lent": lent, "outside": others, "theirs": theirs}


def rows(key, cast):
    yield row(key, "sign CSR", "pyca", lambda: cast.sign(cast.lent), cast.sign_by_pyca, lambda: cast.sign(cast.outside))
    yield row(key, "verify path", "pyca", cast.verify, cast.verify_by_pyca)
    yield row(key, "mint token", "PyJWT", lambda: cast.mint(cast.lent), cast.mint_by_pyjwt, lambda: cast.mint(cast.outside))
    yield row(key, "verify token", "PyJWT", cast.check, cast.check_by_pyjwt)
    bundle = (cast.leaf + "\n") * CERTIFICATES
    wire = json.dumps({"op": "inspect", "input": bundle}).encode()

    def read_all():
        for found in x509.load_pem_x509_certificates(bundle.encode()):
            found.subject.rfc4514_string()
            found.not_valid_after_utc
            list(found.extensions)

    def each(work):
        return lambda: [work() for _ in range(CALLS)]

    parse = "parse 1,000 certs"
    yield row(key, parse, "pyca", each(lambda: sealwright.inspect(input=bundle)), each(read_all))
    yield row(key, f"{parse}, JSON", "pyca", each(lambda: sealwright.call(wire)), each(read_all))


def threads(cast):
    """How many times as much two threads do as one."""

    def by(count):
        done = [0] * count
        end = time.perf_counter() + request["seconds"]

        def work(number):
            while time.perf_counter() < end:
                cast.sign(cast.lent)
                done[number] += 1

        all_of_them = [threading.Thread(target=work, args=(number,)) for number in range(count)]
        for thread in all_of_them:
            thread.start()
        for thread in all_of_them:
            thread.join()
        return sum(done) / request["seconds"]

    by(1)
    one, two = by(1), by(2)
    return {"one": one, "two": two}


def import_seconds(module):
    """The processor time of an import in a new process, the least of five."""
    script = f"import time; start = time.process_time(); import {module}; print(time.process_time() - start)"
    taken = [subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True).stdout for _ in range(5)]
    return min(map(float, taken))


casts = {"RSA-2048": Cast(types.KeyAlgorithm.RSA_2048), "P-256": Cast(types.KeyAlgorithm.P256)}
found = [one for name, cast in casts.items() for one in rows(name, cast)]
told = {
    "rows": found,
    "threads": {name: threads(cast) for name, cast in casts.items()},
    "import_seconds": {module: import_seconds(module) for module in ("sealwright", "cryptography.x509")},
}
json.dump(told, sys.stdout)
