"""pyca/cryptography with OpenSSL 4 as judge, issuer and holder of ML-DSA keys; JSON in, JSON out.

What cannot be verified ends the program.
"""

import base64
import datetime
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import mldsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

KEYS = {
    "ml-dsa-44": mldsa.MLDSA44PrivateKey,
    "ml-dsa-65": mldsa.MLDSA65PrivateKey,
    "ml-dsa-87": mldsa.MLDSA87PrivateKey,
}
SPKI = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
PKCS8 = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def judge(question):
    root = x509.load_pem_x509_certificate(question["root"].encode())
    root.verify_directly_issued_by(root)
    leaf = x509.load_pem_x509_certificate(question["leaf"].encode())
    leaf.verify_directly_issued_by(root)
    request = x509.load_pem_x509_csr(question["csr"].encode())
    assert request.is_signature_valid
    assert x509.load_pem_x509_crl(question["crl"].encode()).is_signature_valid(root.public_key())
    response = ocsp.load_der_ocsp_response(octets(question["ocsp"]))
    root.public_key().verify(response.signature, response.tbs_response_bytes)
    key = serialization.load_pem_private_key(question["key"].encode(), None)
    sealed = serialization.load_pem_private_key(question["sealed"].encode(), question["password"].encode())
    assert sealed.private_bytes(*PKCS8) == key.private_bytes(*PKCS8) == question["key"].encode()
    return {
        "algorithm": type(root.public_key()).__name__,
        "oids": sorted({own.signature_algorithm_oid.dotted_string for own in (root, leaf)}),
        "public_key": key.public_key().public_bytes(*SPKI).decode(),
    }


def certificate(subject, key, issuer, issuer_key, authority, now):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
        .add_extension(x509.BasicConstraints(authority, None), True)
    )
    signed = builder.sign(issuer_key, None)
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def issue(question):
    now = datetime.datetime.fromtimestamp(question["now"], datetime.timezone.utc)
    name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    root, leaf = KEYS[question["root"]].generate(), KEYS[question["leaf"]].generate()
    request = x509.CertificateSigningRequestBuilder().subject_name(name("leaf")).sign(leaf, None)
    return {
        "root": certificate(name("root"), root, name("root"), root, True, now),
        "leaf": certificate(name("leaf"), leaf, name("root"), root, False, now),
        "csr": request.public_bytes(serialization.Encoding.PEM).decode(),
        "key": leaf.private_bytes(*PKCS8).decode(),
        "public_key": leaf.public_key().public_bytes(*SPKI).decode(),
    }


def sign(question):
    key = serialization.load_pem_private_key(question["key"].encode(), None)
    signature = key.sign(octets(question["input"]))
    return {"answer": base64.urlsafe_b64encode(signature).decode().rstrip("=")}


question = json.load(sys.stdin)
print(json.dumps({"judge": judge, "issue": issue, "sign": sign}[question["do"]](question)))
