"""Values as JSON and back: what is read is what its type says, and nothing is lost."""

import collections.abc
import copy
import dataclasses
import enum
import json
import random
import types as builtin
import typing
import unittest
from datetime import datetime, timedelta

import sealwright
from interface import OPERATIONS, vectors
from sealwright import _decode, _tables, types
from setting import Case, made

REPLACEMENTS = [None, True, -1, 7, 1.5, "x", "!!!?", "QQ", "QQ==", "QR", [], ["x"], [[]], {}, {"x": 1}]

LEFT_OUT = object()
MUTATIONS = 100
"""Of a value of each class."""


def hints(cls):
    return typing.get_type_hints(cls, include_extras=True)


def conforms(value, hint):
    """Whether a value is what an annotation says, by nothing but the annotation."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is typing.Any:
        return True
    if origin in (typing.Union, builtin.UnionType):
        return any(conforms(value, one) for one in arguments)
    if origin is typing.Literal:
        return value in arguments
    if origin is tuple and arguments[1:] != (...,):
        return type(value) is tuple and len(value) == len(arguments) and all(map(conforms, value, arguments))
    if origin in (tuple, collections.abc.Sequence):
        return type(value) is tuple and all(conforms(one, arguments[0]) for one in value)
    if origin in (dict, collections.abc.Mapping):
        return type(value) is dict and all(type(name) is str and conforms(one, arguments[1]) for name, one in value.items())
    if dataclasses.is_dataclass(hint):
        return type(value) is hint and all(conforms(getattr(value, name), inside) for name, inside in hints(hint).items())
    if hint in (str, int, bool, bytes, datetime, timedelta, type(None)) or (isinstance(hint, type) and issubclass(hint, enum.Enum)):
        return type(value) is hint
    return False


def values_of(value):
    """All values of classes in a value."""
    if isinstance(value, tuple):
        for item in value:
            yield from values_of(item)
    elif dataclasses.is_dataclass(value):
        yield value
        for field in dataclasses.fields(value):
            yield from values_of(getattr(value, field.name))


def mutations(document, numbers):
    """One change each, somewhere in it."""
    places = [((), document)]
    for path, place in places:
        if isinstance(place, (dict, list)):
            places += [((*path, key), inside) for key, inside in (place.items() if isinstance(place, dict) else enumerate(place))]
    changes = [((*path, "of_a_later_version"), 1) for path, place in places if isinstance(place, dict)]
    changes += [(path, replacement) for path, _ in places[1:] for replacement in [*REPLACEMENTS, LEFT_OUT]]
    for path, replacement in numbers.sample(changes, min(len(changes), MUTATIONS)):
        yield changed(document, path, replacement)


def changed(document, path, replacement):
    document = copy.deepcopy(document)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    if replacement is LEFT_OUT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = replacement
    return document


def says_nothing(value):
    """0 is equal to False, and no nothing."""
    return value is None or value is False or value == []


def keeps(written, read):
    """Whether all that was read is written again, but what says no more than to leave it out."""
    if isinstance(read, dict) and isinstance(written, dict):
        return all(keeps(written[name], value) if name in written else says_nothing(value) for name, value in read.items())
    if isinstance(read, list) and isinstance(written, list):
        return len(written) == len(read) and all(map(keeps, written, read))
    return type(written) is type(read) and written == read


class Json(Case):
    @classmethod
    def setUpClass(cls):
        cls.samples = {}
        for vector in vectors():
            if "ok" in vector.response and isinstance(vector.request, dict):
                response = _tables.OPERATIONS[vector.request["op"]].response
                for value in values_of(_decode.decode(vector.response["ok"], response)):
                    known = cls.samples.setdefault(type(value), [])
                    if len(known) < 2 and value not in known:
                        known.append(value)

    def test_values_of_each_class_are_what_their_types_say_and_kept(self):
        self.assertGreater(len(self.samples), 120)
        for cls, values in self.samples.items():
            for value in values:
                self.assertTrue(conforms(value, cls), value)
                self.assertEqual(sealwright.from_json(cls, sealwright.to_json(value)), value)

    def test_what_is_changed_is_refused_or_kept(self):
        numbers = random.Random(9)
        accepted, refused = 0, 0
        for cls, values in self.samples.items():
            for mutation in mutations(json.loads(sealwright.to_json(values[0])), numbers):
                try:
                    value = sealwright.from_json(cls, json.dumps(mutation))
                except sealwright.SealwrightError as error:
                    self.assertEqual(error.code, "request_malformed")
                    refused += 1
                    continue
                accepted += 1
                self.assertTrue(conforms(value, cls), mutation)
                self.assertTrue(keeps(json.loads(sealwright.to_json(value)), mutation), mutation)
        self.assertGreater(min(refused, accepted), 1500)

    def test_it_says_where_it_is_wrong(self):
        authority = json.loads(sealwright.to_json(made()[0]))
        for change, at in (
            ({"certificate": 7}, "certificate"),
            ({"chain": "abc"}, "chain"),
            ({"chain": ["x", 7]}, "chain.1"),
            ({"subject_key_identifier": "!!!?"}, "subject_key_identifier"),
            ({"former": [{**authority, "key": None}]}, "former.0.key"),
            ({"of_a_later_version": 1, "next": None, "another": 2}, None),
        ):
            error = self.raises("request_malformed", sealwright.from_json, types.Authority, json.dumps({**authority, **change}))
            self.assertEqual(error.at, at)
        self.assertEqual(error.detail, "found fields that Authority has not: of_a_later_version, another")
        record = json.loads(sealwright.to_json(made()[1].record))
        error = self.raises("request_malformed", sealwright.from_json, types.CertificateRecord, json.dumps({**record, "not_after": -1}))
        self.assertEqual(error.at, "not_after")
        for header in (["a"], ["a", "b", "c"], [7, "b"], "ab"):
            text = json.dumps({"headers": [["a", "b"], header], "method": "GET", "target_uri": "https://x/"})
            error = self.raises("request_malformed", sealwright.from_json, types.HttpRequest, text)
            self.assertEqual(error.at, "headers.1.0" if header == [7, "b"] else "headers.1")
        error = self.raises("request_malformed", sealwright.from_json, types.Authority, '{"chain": []}')
        self.assertEqual(error.detail, "found Authority without certificate, key, subject_key_identifier")

    def test_an_authority_is_kept(self):
        authority, signed, _ = made()
        self.assertEqual(sealwright.from_json(types.Authority, sealwright.to_json(authority)), authority)
        self.assertEqual(sealwright.from_json(types.CertificateRecord, sealwright.to_json(signed.record)), signed.record)
        with self.assertRaises(dataclasses.FrozenInstanceError):
            authority.certificate = ""
        for text in ("", "7", "[]", "[" * 100_000, '{"certificate":' * 100_000, None, 7, b"\xff", "NaN", "9" * 5000):
            self.raises("request_malformed", sealwright.from_json, types.Authority, text)

        class Derived(types.Authority):
            pass

        for cls in (int, [], None, types.Extension, authority, Derived):
            self.raises("argument_invalid", sealwright.from_json, cls, "7")
        self.raises("request_malformed", sealwright.to_json, (10**5000,))

    def test_what_json_has_not_or_would_be_lost_is_refused(self):
        self.assertEqual(sealwright.from_json(types.PublishedKey, '{"jwk":{"x":1.5,"y":"\\ud83d\\ude00"}}').jwk["y"], "\U0001f600")
        for value in ("NaN", "-Infinity", "1e999", '"\\ud800"', '"\ud800"', '["\\udc00"]', '{"\\ud800":1}', '{"a":1,"a":1}'):
            for text in (f'{{"jwk":{{"x":{value}}}}}', f'{{"jwk":{{"x":{value}}}}}'.encode(errors="surrogatepass")):
                self.raises("request_malformed", sealwright.from_json, types.PublishedKey, text)
        error = self.raises("request_malformed", sealwright.from_json, types.PublishedKey, '{"jwk":{},"jwk":{}}')
        self.assertIn("two fields of one name", error.detail)

    def test_what_a_derived_class_adds_is_not_dropped(self):
        class Plain(types.KeyReference):
            slot: int = 7
            made: typing.ClassVar[int] = 1

        @dataclasses.dataclass(frozen=True, kw_only=True)
        class Dataclass(types.KeyReference):
            slot: int = 7

        class Same(types.KeyReference):
            made: "typing.ClassVar[int]" = 1

        for cls in (Plain, Dataclass):
            for value, at in ((cls(id="k"), None), ((cls(id="k"),), "0")):
                error = self.raises("request_malformed", sealwright.to_json, value)
                self.assertEqual((error.at, error.detail[-5:]), (at, " slot"))
        self.assertEqual(sealwright.to_json(Same(id="k")), sealwright.to_json(types.KeyReference(id="k")))

    def test_annotations_are_read_at_run_time(self):
        for name in OPERATIONS:
            self.assertIn("return", hints(getattr(sealwright, name)))
        for name, cls in vars(types).items():
            if dataclasses.is_dataclass(cls):
                self.assertTrue(hints(cls) or not dataclasses.fields(cls), name)


if __name__ == "__main__":
    unittest.main()
