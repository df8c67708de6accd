"""The classes of `sealwright.types` are dataclasses to everybody who asks, though `dataclasses` did not make them."""

import copy
import dataclasses
import functools
import inspect
import pickle
import unittest
from typing import ClassVar

from sealwright import KeyReference, types

REFERENCE = KeyReference(id="k", public_key="x")
RESPONSE = types.GenerateKeyResponse(private_key="s", public_key="p")


class Dataclasses(unittest.TestCase):
    def test_they_are_dataclasses(self):
        self.assertTrue(dataclasses.is_dataclass(REFERENCE))
        self.assertEqual([field.name for field in dataclasses.fields(KeyReference)], ["id", "public_key"])
        self.assertEqual([field.default for field in dataclasses.fields(KeyReference)], [dataclasses.MISSING, None])
        self.assertEqual([field.repr for field in dataclasses.fields(RESPONSE)], [False, True])
        self.assertEqual(dataclasses.asdict(REFERENCE), {"id": "k", "public_key": "x"})
        self.assertEqual(dataclasses.replace(REFERENCE, id="j"), KeyReference(id="j", public_key="x"))
        self.assertEqual(list(inspect.signature(KeyReference).parameters), ["id", "public_key"])
        self.assertEqual(inspect.signature(KeyReference).parameters["public_key"].default, None)

    def test_they_are_values(self):
        same = KeyReference(public_key="x", id="k")
        self.assertEqual((same, hash(same)), (REFERENCE, hash(REFERENCE)))
        self.assertEqual(KeyReference(id="k"), KeyReference(id="k", public_key=None))
        self.assertNotEqual(KeyReference(id="k"), REFERENCE)
        one, other = types.CaVersion(certificate_index=1, key_index=2), types.CaVersion(key_index=2, certificate_index=1)
        self.assertEqual((one, hash(one)), (other, hash(other)))
        for again in (copy.copy(REFERENCE), copy.deepcopy(REFERENCE), pickle.loads(pickle.dumps(REFERENCE))):
            self.assertEqual(again, REFERENCE)

    def test_they_do_not_change_and_do_not_show_secrets(self):
        self.assertEqual(repr(REFERENCE), "KeyReference(id='k', public_key='x')")
        self.assertEqual(repr(RESPONSE), "GenerateKeyResponse(public_key='p')")
        with self.assertRaises(dataclasses.FrozenInstanceError):
            REFERENCE.id = "j"
        with self.assertRaises(dataclasses.FrozenInstanceError):
            del REFERENCE.id

    def test_parameters_are_checked(self):
        for given, wanted in (
            ({}, "missing id"),
            ({"public_key": "x"}, "missing id"),
            ({"no": 1}, "missing id; unknown no"),
            ({"id": "k", "no": 1}, "unknown no"),
            ({"public_key": "x", "no": 1}, "missing id; unknown no"),
        ):
            with self.assertRaisesRegex(TypeError, f"^KeyReference: {wanted}$"):
                KeyReference(**given)
        with self.assertRaises(TypeError):
            KeyReference("k")

    def test_classes_can_be_derived_from_them(self):
        @dataclasses.dataclass(frozen=True, kw_only=True)
        class Dataclass(KeyReference):
            slot: int = 7

        class Plain(KeyReference):
            slot: int = 7

        for cls in (Dataclass, Plain):
            made = cls(id="k")
            self.assertEqual((made.id, made.public_key, made.slot), ("k", None, 7))
            self.assertEqual([field.name for field in dataclasses.fields(made)], ["id", "public_key", "slot"])
            self.assertEqual(made, cls(id="k", slot=7))
            self.assertNotEqual(made, cls(id="k", slot=8))

        class Counted(KeyReference):
            count: ClassVar[int] = 1
            bare: ClassVar = 2
            postponed: "dataclasses.ClassVar[int]" = 3
            slot: int = 7

        self.assertEqual([field.name for field in dataclasses.fields(Counted)], ["id", "public_key", "slot"])
        self.assertEqual(repr(Counted(id="k")), "Counted(id='k', public_key=None, slot=7)".replace("Counted", Counted.__qualname__))
        with self.assertRaises(TypeError):
            Counted(id="k", count=2)

        class Remembering(KeyReference):
            @functools.cached_property
            def length(self):
                return len(self.id)

        one, other = Remembering(id="k"), Remembering(id="k")
        self.assertEqual((one.length, one, hash(one)), (1, other, hash(other)))

        class Same(KeyReference):
            pass

        self.assertNotEqual(Same(id="k"), KeyReference(id="k"))


if __name__ == "__main__":
    unittest.main()
