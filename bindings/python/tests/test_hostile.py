"""Requests that nobody should send: what a function raises is what the native engine has to say of it."""

import copy
import json
import os
import random
import struct
import subprocess
import unittest

import sealwright
from door import attribute
from interface import NUMBERS, OPERATIONS, give, vectors

NATIVE = os.environ["SEALWRIGHT_NATIVE"]
ROUNDS = 25

NAMES = {number: name for name, number in NUMBERS.items()} | {0: "ok", 1: "key_unknown"}

FIELDS = ["no_such_field", "__class__", "__init__", "self", "", "\ud800", "op\0", "from"]


def nested(levels):
    value = 1
    for level in range(levels):
        value = {"x": value} if level % 2 else [value]
    return value


def hostile_values():
    return [
        None, True, -1, 1.5, 1e300, 2**53 + 1, 2**64, 10**40, "", "\ud800", "a\udc00b", "\0 !",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "!" * (1 << 20),
        [], [None], {}, {"__class__": {"x": 1}}, {"kind": "certificate"}, nested(100), nested(400),
    ]  # fmt: skip


def native(requests):
    """What the native engine says by its C interface: the status and the response of each."""
    # No keys before it; and behind it neither an operation nor fields, which are for the builder of requests.
    frames = b"".join(struct.pack("<II", 0, len(request)) + request + struct.pack("<II", 0, 0) for request in requests)
    printed = subprocess.run([NATIVE, "call"], input=frames, stdout=subprocess.PIPE, check=True).stdout
    answers = []
    place = 0
    for _ in requests:
        status, length = struct.unpack_from("<II", printed, place)
        answers.append((status, printed[place + 8 : place + 8 + length]))
        place += 8 + length
    assert place == len(printed)
    return answers


def wire(value) -> bytes:
    """Whatever JSON can say, the halves of characters too."""
    return json.dumps(value, separators=(",", ":")).encode()


def successes():
    """A success of each operation, without keys where there is one."""
    found = {}
    for vector in vectors():
        if "error" not in vector.response and isinstance(vector.request, dict):
            best = found.get(vector.file)
            if best is None or (len(vector.keys), len(vector.octets)) < (len(best.keys), len(best.octets)):
                found[vector.file] = vector
    return [vector for vector in found.values() if vector.fields()]


def mutated(request, numbers):
    """One change somewhere in it. What Python itself refuses, a parameter that is unknown or missing, is not tried."""
    places = []

    def collect(value, depth):
        if isinstance(value, (dict, list)):
            places.append((value, depth))
            for inside in value.values() if isinstance(value, dict) else value:
                collect(inside, depth + 1)

    collect(request, 0)
    place, depth = numbers.choice(places)
    value = numbers.choice(hostile_values())
    kind = numbers.randrange(4)
    if kind == 0 and isinstance(place, dict) and depth:
        place[numbers.choice(FIELDS)] = value
    elif kind == 1 and place and depth:
        del place[numbers.choice(list(place) if isinstance(place, dict) else range(len(place)))]
    elif place:
        key = numbers.choice(list(place) if isinstance(place, dict) else range(len(place)))
        # To Python it is left out.
        if value is not None or depth:
            place[key] = value
    return request


def code_of(work):
    try:
        work()
    except sealwright.SealwrightError as error:
        return error.code.value
    except Exception as error:
        return f"not a SealwrightError: {type(error).__name__}: {error}"
    return "ok"


class Hostile(unittest.TestCase):
    def test_functions_raise_the_native_code(self):
        numbers = random.Random(7)
        asked = []
        for vector in successes():
            operation, fields = vector.fields()
            schemas = operation["request"].get("properties", {})
            for _ in range(ROUNDS):
                request = mutated(copy.deepcopy(fields), numbers)
                given = {attribute(name): give(schemas.get(name, True), value) for name, value in request.items()}
                code = code_of(lambda: getattr(sealwright, operation["name"])(**given))
                asked.append((wire({"op": operation["name"], **request}), code))
        answers = native([octets for octets, _ in asked])
        wrong = [
            f"found {code}, wanted {NAMES[status]}: {octets[:300]!r}"
            for (octets, code), (status, _) in zip(asked, answers)
            if code != NAMES[status]
        ]
        self.assertGreater(len(asked), 900)
        self.assertEqual(wrong, [], f"{len(wrong)} of {len(asked)}")
        refused = sum(code == "request_malformed" for _, code in asked)
        self.assertLess(refused * 10, len(asked) * 9, "nearly all are refused for their form: nothing is tried")

    def test_values_of_no_use_are_refused(self):
        for operation in OPERATIONS.values():
            for name in operation["request"].get("required", []):
                for value in (object(), 1j, {1: 2}, sealwright, KeyError, lambda: None, memoryview(b"x").__class__, range(3)):
                    others = {attribute(other): 0 for other in operation["request"]["required"] if other != name}
                    code = code_of(lambda: getattr(sealwright, operation["name"])(**others, **{attribute(name): value}))
                    self.assertEqual(code, "request_malformed", f"{operation['name']}.{name}: {value}")

    def test_bytes_get_the_native_answer(self):
        numbers = random.Random(8)
        requests = [b"", b"\xff", b"null", b"[]", b"{" * 100_000, b" " * 100_000_000]
        for vector in successes():
            for _ in range(8):
                octets = bytearray(vector.octets[: numbers.randrange(len(vector.octets)) if numbers.randrange(2) else None])
                for _ in range(numbers.randrange(3) if octets else 0):
                    octets[numbers.randrange(len(octets))] = numbers.randrange(256)
                requests.append(bytes(octets))
        for request, answer in zip(requests, native(requests)):
            self.assertEqual(sealwright.call(request), answer, request[:300])


if __name__ == "__main__":
    unittest.main()
