"""Where errors say that something stands, whatever the names on the way to it are."""

import json
import unittest

import sealwright
from sealwright import ErrorCode, SealwrightError, types
from setting import Case

PLAIN = ["a", "_", "a-b_0", "Z" * 256]
QUOTED = {
    "a.b": r'["a.b"]',
    "0": r'["0"]',
    "-a": r'["-a"]',
    "": r'[""]',
    "a\n": r'["a\u000a"]',
    'a".b': r'["a\".b"]',
    "\\[x]": r'["\\[x]"]',
    "\0\t\x1b\x7f\xe9": r'["\u0000\u0009\u001b\u007f\u00e9"]',
    "\U0001f600\u2028": r'["\ud83d\ude00\u2028"]',
    "\xe9" * 42: '["' + r"\u00e9" * 42 + '"]',
}
LONG = ["a" * 257, "a." * 127, "\xe9" * 43, "x" * 3_000_000, "\0" * 3_000_000]


class Place(Case):
    def at(self, work, *arguments, **named):
        return self.raises("request_malformed", work, *arguments, **named).at

    def sent(self, token):
        return self.at(sealwright.sign_url, url="x", key=types.KeyReference(id="k"), token=token)

    def test_of_what_is_sent(self):
        for name in PLAIN:
            self.assertEqual(self.sent({name: object()}), f"token.{name}")
            self.assertEqual(self.at(sealwright.to_json, {name: [0, object()]}), f"{name}.1")
        for name, told in QUOTED.items():
            self.assertEqual(self.sent({name: object()}), f"token{told}")
            self.assertEqual(self.sent([{name: {"b": object()}}]), f"token.0{told}.b")
            self.assertEqual(self.at(sealwright.to_json, {name: {name: [object()]}}), f"{told}{told}.0")
            self.assertEqual(json.loads(told), [name])
        lone = self.sent({"\ud800": object(), "b": 1})
        self.assertEqual(lone, r'token["\ud800"]')

    def test_of_what_is_read(self):
        def read(numbers):
            return self.at(sealwright.from_json, types.AuthorityBackup, json.dumps({"crl_numbers": numbers}))

        for name in PLAIN:
            self.assertEqual(read({name: 7}), f"crl_numbers.{name}")
        for name, told in QUOTED.items():
            self.assertEqual(read({name: 7}), f"crl_numbers{told}")
        for name in LONG:
            self.assertEqual(read({name: 7}), "crl_numbers")

    def test_ends_before_a_step_that_is_too_long(self):
        for name in LONG:
            self.assertEqual(self.sent({"a": {name: {"b": [object()]}}}), "token.a")
            self.assertIsNone(self.at(sealwright.to_json, {name: {"b": object()}}))
            self.assertEqual(self.sent({name: {"b": object()}}), "token")
        self.assertIsNone(self.at(sealwright.to_json, {LONG[0]: b"x"}))

    def test_details_are_as_long_as_the_engines(self):
        for length in (499, 500, 501, 3_000_000):
            told = SealwrightError(ErrorCode.FIELD_INVALID, "\xe9" * length)
            self.assertEqual(told.detail, "\xe9" * min(length, 500) + ("…" if length > 500 else ""))
            self.assertEqual(told.args, (told.code, told.detail, told.at))
            # What the engine has cut is not cut again.
            self.assertEqual(SealwrightError(told.code, told.detail).detail, told.detail)
        names = {f"n{number}": 1 for number in range(100_000)}
        error = self.raises("request_malformed", sealwright.from_json, types.Authority, json.dumps(names))
        self.assertEqual(len(error.detail), 501)


if __name__ == "__main__":
    unittest.main()
