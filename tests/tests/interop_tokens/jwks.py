"""Verifies tokens as a server in Python does: PyJWT, with the keys from the JWK set at a URL.

Gets {"url": ..., "tokens": [...], "audience": ..., "issuer": ...} and prints, for each token, its claims and the id of
its key, or the name of the exception.
"""

import json
import sys

import jwt

request = json.load(sys.stdin)
client = jwt.PyJWKClient(request["url"])


def judge(token):
    try:
        key = client.get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256", "PS256", "ES256", "EdDSA"],
            audience=request["audience"],
            issuer=request["issuer"],
            options={"require": ["exp", "nbf", "iat", "jti", "sub"]},
        )
        return {"claims": claims, "kid": key.key_id}
    except jwt.PyJWTError as error:
        return {"error": type(error).__name__}


json.dump([judge(token) for token in request["tokens"]], sys.stdout)
