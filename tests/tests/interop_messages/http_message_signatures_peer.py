"""http-message-signatures as a peer: verifies the messages of a request on standard input and signs its own; see
interop_messages.rs."""

import base64
import datetime
import json
import sys

import http_message_signatures as hms
from http_message_signatures import algorithms
from http_message_signatures.structures import CaseInsensitiveDict

ALGORITHMS = {
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "ecdsa-p384-sha384": algorithms.ECDSA_P384_SHA384,
    "ed25519": algorithms.ED25519,
}


class Keys(hms.HTTPSignatureKeyResolver):
    """The one key of a message, whatever it is called."""

    def __init__(self, case):
        self.case = case

    def resolve_public_key(self, key_id):
        return self.case["public_key"].encode()

    def resolve_private_key(self, key_id):
        return self.case["private_key"].encode()


class Message:
    """A request."""

    def __init__(self, case):
        self.method = case["method"]
        self.url = case["target_uri"]
        self.headers = CaseInsensitiveDict(case["headers"])


def verify(case):
    verifier = hms.HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[case["algorithm"]], key_resolver=Keys(case)
    )
    try:
        [result] = verifier.verify(Message(case), body=base64.b64decode(case["body"]))
    except hms.InvalidSignature as error:
        return {"refused": str(error)}
    covered = [name for name in result.covered_components if name != '"@signature-params"']
    return {"covered": covered, "keyid": result.parameters["keyid"], "nonce": result.nonce}


def sign(case):
    message = Message(case)
    signer = hms.HTTPMessageSigner(signature_algorithm=ALGORITHMS[case["algorithm"]], key_resolver=Keys(case))
    signer.sign(
        message,
        key_id=case["key_id"],
        created=datetime.datetime.fromtimestamp(case["now"], tz=datetime.timezone.utc),
        expires=datetime.datetime.fromtimestamp(case["now"] + 60, tz=datetime.timezone.utc),
        nonce="peer-1",
        tag="peer",
        covered_component_ids=tuple(case["components"]),
        body=None if case["body"] is None else base64.b64decode(case["body"]),
    )
    return list(message.headers.items())


request = json.load(sys.stdin)
json.dump(
    {"verified": [verify(case) for case in request["verify"]], "signed": [sign(case) for case in request["sign"]]},
    sys.stdout,
)
