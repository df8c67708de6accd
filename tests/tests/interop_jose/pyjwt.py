"""PyJWT as a peer: verifies the tokens of a request on standard input and mints its own; see interop_jose.rs."""

import json
import sys

import jwt

request = json.load(sys.stdin)
now = request["now"]
published = jwt.PyJWKSet.from_dict(request["jwks"])

claims = []
for token in request["tokens"]:
    kid = jwt.get_unverified_header(token["token"]).get("kid")
    key = published[kid].key if kid else token["public_key"]
    claims.append(jwt.decode(token["token"], key, algorithms=[token["alg"]], audience=token.get("audience")))

bound, compatible = [], []
for key in request["keys"]:
    said = {"iss": "peer", "aud": ["files"], "exp": now + 60.5, "nbf": now, "path": "/a", "jti": "1"}
    bound.append(jwt.encode(said, key["private_key"], algorithm=key["alg"], headers={"kid": key["kid"]}))
    said = {"sub": "app-1.2.ipa", "iss": "portal", "exp": now + 3600}
    compatible.append(jwt.encode(said, key["private_key"], algorithm=key["alg"], headers={"typ": None}))

json.dump({"claims": claims, "bound": bound, "compatible": compatible}, sys.stdout)
