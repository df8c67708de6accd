"""Says of each question on standard input whether pyca/cryptography accepts the path; null stays null."""

import datetime
import ipaddress
import json
import sys

from cryptography import x509
from cryptography.x509 import verification


def subject(name):
    form, value = name
    return x509.IPAddress(ipaddress.ip_address(value)) if form == "ip" else x509.DNSName(value)


def accepts(question):
    if question is None:
        return None
    load = lambda pem: x509.load_pem_x509_certificate(pem.encode())
    try:
        store = verification.Store([load(pem) for pem in question["anchors"]])
        builder = verification.PolicyBuilder().store(store)
        builder = builder.time(datetime.datetime.fromtimestamp(question["now"], datetime.timezone.utc).replace(tzinfo=None))
        if question["max_depth"] is not None:
            builder = builder.max_chain_depth(question["max_depth"])
        name = question["name"]
        verifier = builder.build_client_verifier() if name is None else builder.build_server_verifier(subject(name))
        verifier.verify(load(question["certificate"]), [load(pem) for pem in question["intermediates"]])
        return True
    except (verification.VerificationError, ValueError, x509.ExtensionNotFound, x509.UnsupportedGeneralNameType):
        return False


json.dump([accepts(question) for question in json.load(sys.stdin)], sys.stdout)
