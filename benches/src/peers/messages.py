"""pyca/cryptography, and http-message-signatures upon it: how many messages of devices a second; a request on standard
input, see messages.rs. Each time the certificate is read, and has to be the authority's, as in the engine."""

import base64
import json
import sys

import http_message_signatures as hms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from http_message_signatures import algorithms
from http_message_signatures.structures import CaseInsensitiveDict
from rate import rate

request = json.load(sys.stdin)
root = x509.load_pem_x509_certificate(request["root"].encode())
body = base64.b64decode(request["body"])

ALGORITHMS = {
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
}


def signer(case):
    certificate = x509.load_pem_x509_certificate(case["certificate"].encode())
    certificate.verify_directly_issued_by(root)
    return certificate.public_key()


def bare(case):
    key, signature = signer(case), base64.b64decode(case["signature"])
    match key:
        case ec.EllipticCurvePublicKey():
            key.verify(signature, body, ec.ECDSA(hashes.SHA256()))
        case _:
            key.verify(signature, body, padding.PKCS1v15(), hashes.SHA256())


class Keys(hms.HTTPSignatureKeyResolver):
    """The key of the certificate that came along."""

    def __init__(self, key):
        self.key = key

    def resolve_public_key(self, key_id):
        return self.key


class Message:
    """A request."""

    def __init__(self, case):
        self.method = case["method"]
        self.url = case["target_uri"]
        self.headers = CaseInsensitiveDict(case["headers"])


def http(case):
    verifier = hms.HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[case["algorithm"]], key_resolver=Keys(signer(case))
    )
    [_] = verifier.verify(Message(case), body=body)


forms = {"bare": bare, "http": http}
json.dump([rate(lambda: forms[case["form"]](case), request["seconds"]) for case in request["cases"]], sys.stdout)
