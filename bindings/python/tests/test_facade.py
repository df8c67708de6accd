"""What the functions promise beside the engine: errors, defaults, times, keys, files."""

import ast
import dataclasses
import inspect
import json
import os
import pydoc
import shutil
import subprocess
import sys
import tempfile
import typing
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest import mock

import sealwright
from interface import NUMBERS, OPERATIONS, SCHEMA
from sealwright import ErrorCode, KeyReference, KeyRing, types
from sealwright._encode import is_der
from sealwright._tables import MAX_REQUEST_BYTES
from setting import NOON, P256, Case, der, made


class Facade(Case):
    def test_an_error_has_code_detail_and_place(self):
        error = self.raises("key_unknown", sealwright.create_csr, subject="CN=x", key=KeyReference(id="k"))
        self.assertIs(error.code, ErrorCode.KEY_UNKNOWN)
        self.assertEqual((error.at, str(error)), ("key", f"{error.detail} (at key)"))
        self.assertEqual({code.value: code.number for code in ErrorCode}, NUMBERS)

    def test_what_is_asked_of_a_key_that_nobody_holds(self):
        public = sealwright.generate_key(algorithm=P256).public_key
        error = self.raises("key_unknown", sealwright.create_csr, subject="CN=x", key=KeyReference(id="k", public_key=public))
        self.assertIn("give a signer", error.detail)

    def test_what_json_cannot_carry_is_refused_and_not_changed(self):
        circle = []
        circle.append(circle)
        for value in (float("nan"), float("inf"), {1: 2}, object(), 1j, circle, [set()], lambda: None, KeyRing, {"x": b"y"}):
            with self.subTest(value=str(value)[:40]):
                error = self.raises("request_malformed", sealwright.sign_url, url="x", key=KeyReference(id="k"), token=value)
                if value is circle:
                    self.assertEqual((error.at, error.detail), ("token", "found more than 128 levels"))
        self.raises("request_malformed", sealwright.jwks, keys=[10**5000])
        self.raises("request_malformed", sealwright.inspect, input="\ud800")

    def test_a_request_is_counted_while_it_is_made(self):
        many = ["!" * 1000]
        for _ in range(26):
            many = [many, many]
        large = "x" * (1 << 23)
        for inputs in (many, range(10**12), [[]] * (1 << 23), [{"": None}] * (1 << 22), [large] * 3, [large.encode()] * 3, [Path("/dev/zero")]):
            error = self.raises("request_too_large", sealwright.lint, inputs=inputs)
            # The engine would say how many there are, and nothing of where.
            self.assertEqual((error.at, error.detail), ("inputs", f"found a request of more than {MAX_REQUEST_BYTES} bytes"))
        self.raises("request_too_large", sealwright.sign_url, url="x", key=KeyReference(id="k"), token={"x" * (1 << 24): 1})
        # No such limit is on what is kept.
        self.assertEqual(sealwright.to_json((large, large)), json.dumps((large, large), separators=(",", ":")))

    def test_what_the_engine_takes_is_not_too_large(self):
        call, sizes = sealwright.call, []

        def counted(request, keys):
            sizes.append(len(request))
            return call(request, keys)

        densest = [7, "", [], [7], {"": 7}] * 1000
        with mock.patch("sealwright._call.call", counted):
            self.raises("request_malformed", sealwright.lint, inputs=[*densest, ""])
            self.raises("request_malformed", sealwright.lint, inputs=[*densest, "x" * (MAX_REQUEST_BYTES - sizes[0])])
        self.assertEqual(sizes[1], MAX_REQUEST_BYTES)

    def test_bytes_are_bytes_and_text_is_text(self):
        error = self.raises("request_malformed", sealwright.scep_read_ca_certificates, body="MIIB")
        self.assertEqual((error.at, error.detail), ("body", "found a value of type str, wanted bytes"))
        error = self.raises("request_malformed", sealwright.create_csr, subject=b"CN=x", key=KeyReference(id="k"))
        self.assertEqual((error.at, error.detail), ("subject", "found bytes, wanted text"))
        error = self.raises("request_malformed", sealwright.verify_path, certificate=b"-----BEGIN", anchors=[])
        self.assertEqual((error.at, error.detail), ("certificate", "found bytes, wanted text in PEM, or an object of pyca/cryptography"))
        authority, _, _ = made()
        self.assertIsInstance(authority.subject_key_identifier, bytes)
        for body in (b"x", bytearray(b"x"), memoryview(b"xyz")[::2]):
            self.raises("cms_malformed", sealwright.scep_read_ca_certificates, body=body)
        key = sealwright.generate_key(algorithm=P256).private_key.encode()
        for pem in (key, bytearray(key), memoryview(key)):
            KeyRing().import_key("k", pem)
        released = memoryview(b"x")
        released.release()
        error = self.raises("request_malformed", sealwright.scep_read_ca_certificates, body=released)
        self.assertEqual(error.at, "body")
        self.raises("argument_invalid", sealwright.call, released)
        self.raises("argument_invalid", KeyRing().import_key, "k", released)

    def test_times_are_aware_and_spans_whole_seconds(self):
        _, signed, _ = made(validity_seconds=timedelta(hours=1))
        self.assertEqual(signed.record.not_after, NOON + timedelta(minutes=59, seconds=59))
        self.assertEqual(signed.record.not_after.tzinfo, timezone.utc)
        east = NOON.astimezone(timezone(timedelta(hours=9)))
        self.assertEqual(made(east, validity_seconds=timedelta(hours=1))[1].record.not_after, signed.record.not_after)
        naive = self.raises("request_malformed", made, datetime(2026, 7, 1))
        self.assertIn("aware", naive.detail)
        self.raises("request_malformed", made, datetime(1969, 1, 1, tzinfo=timezone.utc))
        self.raises("request_malformed", made, validity_seconds=timedelta(seconds=1.5))
        self.raises("request_malformed", made, validity_seconds=NOON)

    def test_classes_derived_from_those_of_datetime_are_taken(self):
        # As pendulum's, whose differences and quotients are of other kinds.
        class Moment(datetime):
            def __sub__(self, other):
                raise AssertionError("a difference of its own kind")

        class Duration(timedelta):
            def __floordiv__(self, other):
                raise AssertionError("a quotient of its own kind")

            __divmod__ = __mod__ = __truediv__ = __floordiv__

        moment = Moment(2026, 7, 1, 12, tzinfo=timezone.utc)
        _, signed, _ = made(moment, validity_seconds=Duration(hours=1))
        self.assertEqual(signed.record.not_after, NOON + timedelta(minutes=59, seconds=59))

    def test_a_span_that_is_too_long_for_python_is_its_longest_and_can_be_sent(self):
        profile = json.loads(sealwright.to_json(sealwright.profiles().profiles[0]))
        text = json.dumps({**profile, "maximum_validity_seconds": 2**63})
        found = sealwright.from_json(types.Profile, text)
        self.assertEqual(found.maximum_validity_seconds, timedelta.max - timedelta(microseconds=999_999))
        self.assertIn('"maximum_validity_seconds":86399999999999', sealwright.to_json(found))

    def test_classes_derived_from_its_own_are_taken(self):
        class Reference(KeyReference):
            pass

        error = self.raises("key_unknown", sealwright.create_csr, subject="CN=x", key=Reference(id="k"))
        self.assertEqual(error.at, "key")

    def test_the_clock_and_the_seed_are_filled_in_and_what_is_given_is_kept(self):
        given = {"algorithm": P256, "seed": bytes(32)}
        self.assertEqual(sealwright.generate_key(**given), sealwright.generate_key(**given))
        self.assertNotEqual(sealwright.generate_key(algorithm=P256), sealwright.generate_key(algorithm=P256))
        _, signed, _ = made(None)
        self.assertLess(abs(signed.record.not_before - datetime.now(timezone.utc)), timedelta(hours=1))

    def test_help_says_what_there_is(self):
        def told(subject):
            return pydoc.render_doc(subject, renderer=pydoc.plaintext)

        functions = told(sealwright.operations)
        for name in OPERATIONS:
            self.assertIn(f"\n    {name}(", functions)
        described = 0
        for module in (types, inspect.getmodule(ErrorCode)):
            for node in ast.walk(ast.parse(inspect.getsource(module))):
                if isinstance(node, ast.ClassDef):
                    whole = " ".join(told(getattr(module, node.name)).replace(" |  ", " ").split())
                    for attribute, text in zip(node.body, node.body[1:]):
                        if isinstance(attribute, (ast.Assign, ast.AnnAssign)) and isinstance(text, ast.Expr):
                            name = ast.unparse(getattr(attribute, "target", None) or attribute.targets[0])
                            self.assertIn(f" {name}: {' '.join(text.value.value.split())} ", whole)
                            described += 1
        self.assertGreater(described, 500)
        for name, union in vars(types).items():
            for cls in typing.get_args(union):
                if dataclasses.is_dataclass(cls):
                    self.assertIn(f"`{name}`", cls.__doc__)

    def test_secrets_are_not_shown(self):
        key = sealwright.generate_key(algorithm=P256)
        self.assertNotIn("PRIVATE", repr(key))
        self.assertIn("PUBLIC KEY", repr(key))
        error = self.raises("key_malformed", KeyRing().import_key, "k", key.private_key.replace("M", "Q"))
        self.assertNotIn(key.private_key.splitlines()[1][:20], str(error))

    def test_a_closed_ring_says_so(self):
        with KeyRing() as keys:
            keys.import_key("k", sealwright.generate_key(algorithm=P256).private_key)
        error = self.raises("argument_invalid", sealwright.create_csr, subject="CN=x", key=KeyReference(id="k"), keys=keys)
        self.assertIn("new KeyRing", error.detail)
        self.raises("argument_invalid", keys.import_key, "k", "x")
        for id, pem in ((1, "x"), ("k", None), ("\ud800", "x"), ("k", "\ud800")):
            self.raises("argument_invalid", KeyRing().import_key, id, pem)
        self.raises("field_invalid", KeyRing().import_key, "", "x")
        self.raises("argument_invalid", sealwright.create_csr, subject="CN=x", key=KeyReference(id="k"), keys={"k": "pem"})
        for wrong in (lambda question: b"", {"k": "pem"}, False):
            error = self.raises("argument_invalid", sealwright.call, b"{}", wrong)
            self.assertIn("as keys, wanted a KeyRing", error.detail)
        for request in (None, "x", 7, [1]):
            self.raises("argument_invalid", sealwright.call, request)

    def test_what_a_signer_raises_reaches_the_caller(self):
        public = sealwright.generate_key(algorithm=P256).public_key

        def broken(question):
            raise RuntimeError(question.key)

        with self.assertRaisesRegex(RuntimeError, "^k$"):
            sealwright.create_csr(subject="CN=x", key=KeyReference(id="k", public_key=public), keys=broken)
        for answer, code in (("text", "argument_invalid"), (b"no signature", "key_answer_invalid"), (None, "key_answer_invalid")):
            self.raises(code, sealwright.create_csr, subject="CN=x", key=KeyReference(id="k", public_key=public), keys=lambda _, answer=answer: answer)

    def test_as_many_questions_are_answered_as_a_request_may_carry_answers(self):
        question = {"key": "k", "use": "sign", "scheme": "ed25519", "input": ""}
        response = sealwright.create_csr(subject="CN=x", key=KeyReference(id="device"), keys=made()[2])
        done = f'{{"ok":{sealwright.to_json(response)}}}'.encode()

        def engine(request, keys):
            answers = json.loads(request).get("answers", [])
            return (0, done) if len(answers) == 64 else (1, json.dumps({"needs": [question]}).encode())

        with mock.patch("sealwright._call.call", engine):
            self.assertEqual(sealwright.create_csr(subject="CN=x", key=KeyReference(id="k"), keys=lambda _: b""), response)

    def test_a_file_may_be_text_bytes_or_a_path(self):
        _, signed, _ = made()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "c.pem")
            path.write_text(signed.certificate)
            binary = Path(folder, "c.der")
            binary.write_bytes(der(signed.certificate))

            class Octets:
                def __fspath__(self):
                    return bytes(path)

            for given in (signed.certificate, signed.certificate.encode(), path, binary, binary.read_bytes(), Octets()):
                [found] = sealwright.inspect(input=given).objects
                self.assertIsInstance(found, types.ObjectCertificate)
                self.assertEqual(found.subject, "CN=device")
            with self.assertRaises(FileNotFoundError):
                sealwright.inspect(input=Path(folder, "none"))
        self.raises("request_too_large", sealwright.inspect, input=Path("/dev/zero"))

    def test_a_path_that_cannot_be_one_is_an_error_of_the_request(self):
        class Number:
            def __fspath__(self):
                return 7

        os.PathLike.register(Number)
        for given in (Path("a\0b"), Path("\ud800"), Number()):
            self.assertEqual(self.raises("request_malformed", sealwright.inspect, input=given).at, "input")
            self.assertEqual(self.raises("request_malformed", sealwright.lint, inputs=["x", given]).at, "inputs.1")

    def test_the_word_that_tells_an_object_apart_is_sent(self):
        shape = types.ShapeCompatible(issuer="i", subject="s", lifetime_seconds=timedelta(hours=1))
        self.assertEqual(json.loads(sealwright.to_json(shape))["shape"], "compatible")
        with KeyRing() as keys:
            keys.import_key("k", sealwright.generate_key(algorithm=P256).private_key)
            self.assertTrue(sealwright.mint_jwt(key=KeyReference(id="k"), token=shape, keys=keys).token)

    def test_bytes_are_der_if_they_begin_so(self):
        _, signed, keys = made()
        pem = signed.certificate.encode()
        for around in ("0\xe9 notes\n".encode() + pem, b"0\x80 in Windows-1252\n" + pem, b"\xe9 in Latin-1\n" + pem, b" 0 s:CN=Root\n" + pem, b"0 s:CN=Root\n" + pem, pem + b"\0", pem + b"\x1a", pem + b"\x1b[0m"):
            self.assertEqual(sealwright.inspect(input=around), sealwright.inspect(input=signed.certificate))
        for der_of, wanted in (
            (b"\x30", False),
            (b"\x30\x00", True),
            (b"\x30\x02\x05\x00", True),
            (b"\x30\x20s:", False),
            (b"", False),
            (b"\x30\x81\x80" + bytes(128), True),
            (b"\x30\x82\x01\x00" + bytes(256), True),
            (b"\x30\x82\x01\x00" + bytes(255), False),
            (b"\x30\x82\x01\x00" + bytes(257), False),
            (b"\x30\x80\x05\x00\x00\x00", True),
            (b"\x30\x80", False),
            (b"\x30\x82", False),
            (b"\x30\xff", False),
        ):
            self.assertEqual(is_der(der_of), wanted, der_of)
        short = b"\x30\x1d\x0c\x1b-----BEGIN CERTIFICATE-----"
        self.assertIn("found DER", self.raises("object_unknown", sealwright.inspect, input=short).detail)
        named = sealwright.create_authority(subject="CN=-----BEGIN CERTIFICATE-----", key=KeyReference(id="root"), keys=keys)
        [found] = sealwright.inspect(input=der(named.authority.certificate)).objects
        self.assertEqual(found.subject, "CN=-----BEGIN CERTIFICATE-----")

    def test_it_needs_no_metadata_of_an_installation(self):
        package = Path(sealwright.__file__).parent
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(package, Path(folder, "sealwright"))
            script = f"import sys; sys.path.insert(0, {folder!r}); import sealwright; print(sealwright.__file__, sealwright.__version__)"
            done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), [f"{folder}/sealwright/__init__.py", sealwright.__version__])

    def test_the_engine_is_the_one_of_the_schema(self):
        from sealwright import _engine

        self.assertEqual(_engine.ABI_VERSION, SCHEMA["abi_version"])
        self.assertEqual(_engine.VERSION, sealwright.__version__)
        self.assertTrue(Path(sealwright.__file__).with_name("py.typed").is_file())


if __name__ == "__main__":
    unittest.main()
