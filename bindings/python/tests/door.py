"""Every vector through the installed package, as bytes and by its functions. Prints one JSON object."""

import json
import sys

import sealwright
from interface import OPERATIONS, differs, give, vectors


def ring_of(vector):
    ring = sealwright.KeyRing()
    for key in vector.keys:
        ring.import_key(key["id"], key["pem"])
    return ring


def as_bytes(vector):
    """Octet by octet."""
    with ring_of(vector) as keys:
        status, body = sealwright.call(vector.octets, keys)
    wanted = json.dumps(vector.response, separators=(",", ":"), ensure_ascii=False).encode()
    if (status, body) != (vector.status, wanted):
        raise AssertionError(f"found {status} {body.decode()}\nwanted {vector.status} {wanted.decode()}")


def by_function(vector, signer=None):
    """What a function gives or raises; false where the vector is no request that a function can be called with."""
    found = vector.fields()
    if found is None:
        return False
    operation, wire = found
    given = {attribute(name): give(operation["request"]["properties"][name], value) for name, value in wire.items()}
    if operation["uses_keys"]:
        given["keys"] = ring_of(vector) if signer is None else signer
    try:
        response = getattr(sealwright, operation["name"])(**given)
    except sealwright.SealwrightError as error:
        compare_error(vector, error)
        return True
    if "ok" not in vector.response:
        raise AssertionError(f"found {response}, wanted {vector.response}")
    if signer is None:
        wrong = differs(operation["response"], vector.response["ok"], response, operation["name"])
        wrong += [] if type(response) is dict or "None" in repr(type(response)) else written(vector, response)
        if wrong:
            raise AssertionError("\n".join(wrong))
    return True


def written(vector, response):
    """A response is the same JSON again."""
    found = json.loads(sealwright.to_json(response))
    return [] if found == without_nulls(vector.response["ok"], found) else [f"found {found}\nwanted {vector.response['ok']}"]


def without_nulls(wire, beside):
    """Null, an empty list and nothing are one to Python, where a field may be left out."""
    if isinstance(wire, dict) and isinstance(beside, dict):
        return {name: without_nulls(value, beside.get(name)) for name, value in wire.items() if value not in (None, []) or name in beside}
    if isinstance(wire, list) and isinstance(beside, list) and len(wire) == len(beside):
        return [without_nulls(one, other) for one, other in zip(wire, beside)]
    return wire


def compare_error(vector, error):
    if vector.status == 1:
        wanted = {"code": "key_unknown"}
        found = {"code": error.code.value}
    else:
        wanted = vector.response.get("error")
        found = {"code": error.code.value, "detail": error.detail, **({} if error.at is None else {"at": error.at})}
        if wanted and wanted["code"] == found["code"] == "request_malformed":
            # What is not base64url is refused before it reaches the engine, in other words.
            return
    if found != wanted or (wanted and error.code.number < 2):
        raise AssertionError(f"found {found}, wanted {vector.response}")


def attribute(name):
    return f"{name}_" if name in ("from", "as") else name.replace("-", "_")


def run():
    counts = {"bytes": 0, "functions": 0}
    failures = []
    for operation in OPERATIONS:
        if not callable(getattr(sealwright, operation, None)):
            failures.append(f"{operation}/: there is no function of that name")
    all_of_them = vectors()
    for vector in all_of_them:
        for kind, test in (("bytes", as_bytes), ("functions", by_function)):
            try:
                counts[kind] += test(vector) is not False
            except Exception as error:
                failures.append(f"{vector.name} {kind}: {type(error).__name__}: {error}")
    failed = {failure.split("/")[0] for failure in failures}
    operations = sorted({vector.file for vector in all_of_them} - failed)
    return {"counts": counts, "operations": operations, "failures": failures}


if __name__ == "__main__":
    json.dump(run(), sys.stdout)
