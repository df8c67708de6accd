"""From an operation's fields to its response."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any

from sealwright import _engine
from sealwright._decode import decode, decode_base64url
from sealwright._encode import dumps, encode_base64url, encode_fields
from sealwright._error import SealwrightError
from sealwright._errors import ErrorCode
from sealwright._inputs import Bytes, to_bytes
from sealwright._keys import DecryptQuestion, KeyRing, Question, Signer, SignQuestion
from sealwright._tables import ABI_VERSION, OPERATIONS
from sealwright.types import KeyTransport, SignatureScheme

_MAX_ROUNDS = 65
"""One more than a request may carry answers."""

if ABI_VERSION != _engine.ABI_VERSION:
    raise ImportError(f"found an engine of interface version {_engine.ABI_VERSION}, wanted {ABI_VERSION}: install sealwright anew")


def call(request: Bytes, keys: KeyRing | None = None) -> tuple[int, bytes]:
    """One request as the engine itself takes it: JSON in UTF-8, with `op`, and bytes in base64url.

    Nothing is filled in. For programs that carry requests from somewhere else; everybody else has a function for each
    operation.

    Returns:
        0, 1 where a key is asked for, or the number of an error code; and the response, JSON.
    """
    octets = to_bytes(request, ErrorCode.ARGUMENT_INVALID)
    if keys is None:
        return _engine.call(octets)
    if not isinstance(keys, KeyRing):
        raise _no_keys(keys, "a KeyRing")
    return _engine.call(octets, keys._ring)


def run(name: str, values: Mapping[str, Any], keys: KeyRing | Signer | None = None) -> Any:
    """Runs an operation; what it asks of keys that are not lent, the signer answers."""
    ring = keys if isinstance(keys, KeyRing) else None
    signer = keys.elsewhere if isinstance(keys, KeyRing) else keys
    if signer is not None and not callable(signer):
        raise _no_keys(signer, "a KeyRing or a signer")
    # The same request each time, clock and seed included.
    fields = _prepare(name, values)
    answers: list[str | None] = []
    for _ in range(_MAX_ROUNDS):
        answer = _ask(fields, answers, ring)
        if "ok" in answer:
            return decode(answer["ok"], OPERATIONS[name].response)
        for needed in answer["needs"]:
            answers.append(_answer(_question(needed), signer))
    raise SealwrightError(ErrorCode.ENGINE_DEFECT, f"{_MAX_ROUNDS} rounds of questions and no end")


def _no_keys(found: object, wanted: str) -> SealwrightError:
    detail = f"found a value of type {type(found).__name__} as keys, wanted {wanted}"
    return SealwrightError(ErrorCode.ARGUMENT_INVALID, detail)


def _prepare(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    operation = OPERATIONS[name]
    given = {field: value for field, value in values.items() if value is not None}
    if operation.now and "now" not in given:
        given["now"] = int(time.time())
    if operation.seed and "seed" not in given:
        given["seed"] = os.urandom(32)
    return {"op": name, **encode_fields(given, operation.request)}


def _ask(fields: dict[str, Any], answers: list[str | None], keys: KeyRing | None) -> dict[str, Any]:
    whole = {**fields, "answers": answers} if answers else fields
    status, body = call(dumps(whole).encode(), keys)
    answer: dict[str, Any] = json.loads(body)
    if status > 1:
        error = answer["error"]
        raise SealwrightError(ErrorCode(error["code"]), error["detail"], error.get("at"))
    return answer


def _question(needed: Mapping[str, str]) -> Question:
    key, octets = needed["key"], decode_base64url(needed["input"])
    if needed["use"] == "sign":
        return SignQuestion(key=key, scheme=SignatureScheme(needed["scheme"]), input=octets)
    return DecryptQuestion(key=key, scheme=KeyTransport(needed["scheme"]), input=octets)


def _answer(question: Question, signer: Signer | None) -> str | None:
    if signer is None:
        detail = f"the key {question.key!r} is held elsewhere: lend it in a KeyRing, or give a signer"
        raise SealwrightError(ErrorCode.KEY_UNKNOWN, detail)
    answer = signer(question)
    if answer is None:
        return None
    if not isinstance(answer, bytes):
        raise SealwrightError(
            ErrorCode.ARGUMENT_INVALID, f"the signer answered with a {type(answer).__name__}, wanted bytes"
        )
    return encode_base64url(answer)


