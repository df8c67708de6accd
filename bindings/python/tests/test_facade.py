"""What the functions promise beside the engine: errors, defaults, times, keys, JSON, threads, the command line."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import sealwright
from interface import NUMBERS, SCHEMA
from sealwright import ErrorCode, KeyReference, KeyRing, SealwrightError, types

P256 = types.KeyAlgorithm.P256
YEAR = timedelta(days=365)
NOON = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)


def made(now=NOON, **more):
    """An authority, a certificate by it, and the ring with their keys."""
    keys = KeyRing()
    for name in ("root", "device"):
        keys.import_key(name, sealwright.generate_key(algorithm=P256).private_key)
    root = sealwright.create_authority(subject="CN=Root", key=KeyReference(id="root"), validity_seconds=10 * YEAR, now=now, keys=keys)
    csr = sealwright.create_csr(subject="CN=device", key=KeyReference(id="device"), keys=keys).csr
    signed = sealwright.sign_csr(authority=root.authority, csr=csr, profile="device-identity", now=now, keys=keys, **more)
    return root.authority, signed, keys


class Facade(unittest.TestCase):
    def raises(self, code, work, *arguments, **named):
        with self.assertRaises(SealwrightError) as raised:
            work(*arguments, **named)
        self.assertEqual(raised.exception.code, code)
        return raised.exception

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
                self.raises("request_malformed", sealwright.sign_url, url="x", key=KeyReference(id="k"), token=value)
        self.raises("request_malformed", sealwright.jwks, keys=[10**5000])
        self.raises("request_malformed", sealwright.inspect, input="\ud800")

    def test_bytes_are_bytes_and_text_is_text(self):
        error = self.raises("request_malformed", sealwright.scep_read_ca_certificates, body="MIIB")
        self.assertEqual((error.at, error.detail), ("body", "found a value of type str, wanted bytes"))
        error = self.raises("request_malformed", sealwright.create_csr, subject=b"CN=x", key=KeyReference(id="k"))
        self.assertEqual(error.at, "subject")
        authority, _, _ = made()
        self.assertIsInstance(authority.subject_key_identifier, bytes)
        for body in (b"x", bytearray(b"x"), memoryview(b"x")):
            self.raises("cms_malformed", sealwright.scep_read_ca_certificates, body=body)

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

    def test_the_clock_and_the_seed_are_filled_in_and_what_is_given_is_kept(self):
        given = {"algorithm": P256, "seed": bytes(32)}
        self.assertEqual(sealwright.generate_key(**given), sealwright.generate_key(**given))
        self.assertNotEqual(sealwright.generate_key(algorithm=P256), sealwright.generate_key(algorithm=P256))
        _, signed, _ = made(None)
        self.assertLess(abs(signed.record.not_before - datetime.now(timezone.utc)), timedelta(hours=1))

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

    def test_values_are_kept_as_json(self):
        authority, signed, keys = made()
        again = sealwright.from_json(types.Authority, sealwright.to_json(authority))
        self.assertEqual(again, authority)
        self.assertEqual(sealwright.from_json(types.CertificateRecord, sealwright.to_json(signed.record)), signed.record)
        with self.assertRaises(dataclasses.FrozenInstanceError):
            authority.certificate = ""
        for text in ("", "7", "[]", "{}", '{"certificate":7}', "[" * 100_000):
            self.raises("request_malformed", sealwright.from_json, types.Authority, text)
        self.raises("argument_invalid", sealwright.from_json, int, "7")

    def test_a_file_may_be_text_bytes_or_a_path(self):
        _, signed, _ = made()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "c.pem")
            path.write_text(signed.certificate)
            for given in (signed.certificate, signed.certificate.encode(), path):
                [found] = sealwright.inspect(input=given).objects
                self.assertIsInstance(found, types.ObjectCertificate)
                self.assertEqual(found.subject, "CN=device")
            with self.assertRaises(FileNotFoundError):
                sealwright.inspect(input=Path(folder, "none"))

    def test_the_engine_is_the_one_of_the_schema(self):
        from sealwright import _engine

        self.assertEqual(_engine.ABI_VERSION, SCHEMA["abi_version"])
        self.assertEqual(_engine.VERSION, sealwright.__version__)
        self.assertTrue(Path(sealwright.__file__).with_name("py.typed").is_file())


class Threads(unittest.TestCase):
    def test_others_run_during_a_long_call(self):
        ticks = 0
        stop = threading.Event()

        def tick():
            nonlocal ticks
            while not stop.is_set():
                ticks += 1
                time.sleep(0)

        thread = threading.Thread(target=tick)
        thread.start()
        key = sealwright.generate_key(algorithm=P256).private_key
        before, start = ticks, time.monotonic()
        sealwright.encrypt_private_key(private_key=key, password="x", iterations=1_000_000)
        during, elapsed = ticks - before, time.monotonic() - start
        stop.set()
        thread.join()
        # With the interpreter held there would be one or two.
        self.assertGreater(during, 100, f"in {elapsed} s")

    def test_a_ring_is_used_and_changed_by_many_threads(self):
        keys = KeyRing()
        pem = sealwright.generate_key(algorithm=P256).private_key
        keys.import_key("k", pem)
        failures = []

        def work(number):
            try:
                for _ in range(20):
                    keys.import_key(f"k{number}", pem)
                    sealwright.create_csr(subject="CN=x", key=KeyReference(id="k"), keys=keys)
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_a_program_may_end_in_the_middle_of_a_call(self):
        script = (
            "import sealwright, threading, time\n"
            "key = sealwright.generate_key(algorithm='p256').private_key\n"
            "work = lambda: sealwright.encrypt_private_key(private_key=key, password='x', iterations=1_000_000)\n"
            "threading.Thread(target=work, daemon=True).start()\n"
            "time.sleep(0.1)\n"
        )
        self.assertEqual(subprocess.run([sys.executable, "-c", script]).returncode, 0)


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        authority, signed, _ = made(None)
        other, _, _ = made(None)
        for name, text in (("leaf", signed.certificate), ("root", authority.certificate), ("other", other.certificate), ("none", "x")):
            Path(cls.folder.name, f"{name}.pem").write_text(text)

    def command(self, *arguments):
        environment = {**os.environ, "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "sealwright", *arguments], cwd=self.folder.name, env=environment, capture_output=True, text=True
        )
        self.assertNotIn("Traceback", done.stderr)
        return done.returncode, done.stdout, done.stderr

    def test_inspect(self):
        code, printed, _ = self.command("inspect", "leaf.pem")
        self.assertEqual(code, 0)
        self.assertIn("subject: CN=device", printed)
        code, printed, _ = self.command("inspect", "--json", "leaf.pem")
        self.assertEqual(json.loads(printed)["objects"][0]["subject"], "CN=device")

    def test_verify(self):
        code, printed, _ = self.command("verify", "leaf.pem", "--anchor", "root.pem")
        self.assertEqual(code, 0, printed)
        self.assertIn("purpose: any", printed)
        code, printed, _ = self.command("verify", "leaf.pem", "--anchor", "root.pem", "--json")
        self.assertEqual(len(json.loads(printed)["path"]), 2)
        code, _, told = self.command("verify", "leaf.pem", "--anchor", "other.pem")
        self.assertEqual(code, 1)
        self.assertIn("path_signature_invalid", told)
        code, printed, _ = self.command("verify", "leaf.pem", "--anchor", "root.pem", "--at", "2040-01-01", "--json")
        self.assertEqual((code, json.loads(printed)["error"]["code"]), (1, "path_certificate_expired"))
        self.assertEqual(self.command("verify", "leaf.pem", "--anchor", "root.pem", "--purpose", "tls_server")[0], 1)

    def test_lint(self):
        code, printed, _ = self.command("lint", "leaf.pem", "--json")
        self.assertEqual((code, json.loads(printed)["counts"]["error"]), (0, 0))
        code, printed, _ = self.command("lint", "leaf.pem", "--as", "tls_server")
        self.assertEqual(code, 1)
        self.assertIn("error:", printed)

    def test_what_cannot_be_read(self):
        for arguments in (("inspect", "absent.pem"), ("verify", "none.pem", "--anchor", "root.pem"), ("verify", "leaf.pem", "--anchor", "none.pem")):
            code, printed, told = self.command(*arguments)
            self.assertEqual((code, printed), (2, ""))
            self.assertIn("error: ", told)
        self.assertEqual(self.command("verify", "leaf.pem")[0], 2)

    def test_help(self):
        for arguments in ((), ("inspect",), ("verify",), ("lint",)):
            code, printed, _ = self.command(*arguments, "--help")
            self.assertEqual(code, 0)
            self.assertIn("usage: python -m sealwright", printed)


if __name__ == "__main__":
    unittest.main()
