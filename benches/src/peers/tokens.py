"""PyJWT: how many tokens a second it mints and verifies; a request on standard input, see tokens.rs."""

import json
import sys

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from rate import rate

request = json.load(sys.stdin)


def measured(case):
    private = load_pem_private_key(case["private_key"].encode(), None)
    public = load_pem_public_key(case["public_key"].encode())
    alg, claims, seconds = case["alg"], request["claims"], request["seconds"]
    return {
        "mint": rate(lambda: jwt.encode(claims, private, algorithm=alg), seconds),
        "verify": rate(lambda: jwt.decode(case["token"], public, algorithms=[alg], issuer=claims["iss"]), seconds),
    }


json.dump([measured(case) for case in request["cases"]], sys.stdout)
