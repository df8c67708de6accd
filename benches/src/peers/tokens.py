"""PyJWT: how many tokens a second it mints and verifies; a request on standard input, see tokens.rs."""

import json
import sys
import time

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

request = json.load(sys.stdin)


def rate(work):
    work()
    start, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - start) < request["seconds"]:
        work()
        count += 1
    return count / elapsed


def measured(case):
    private = load_pem_private_key(case["private_key"].encode(), None)
    public = load_pem_public_key(case["public_key"].encode())
    alg = case["alg"]
    return {
        "mint": rate(lambda: jwt.encode(request["claims"], private, algorithm=alg)),
        "verify": rate(lambda: jwt.decode(case["token"], public, algorithms=[alg], issuer=request["claims"]["iss"])),
    }


json.dump([measured(case) for case in request["cases"]], sys.stdout)
