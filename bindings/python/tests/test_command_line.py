"""`python -m sealwright`."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import sealwright
import sealwright.__main__
from sealwright import ErrorCode, KeyReference, KeyRing, SealwrightError
from setting import P256, der, made

# What is not buffered is not written again at the end.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        authority, signed, keys = made(None)
        other, _, _ = made(None)
        crl = sealwright.sign_crl(authority=authority, entries=[], number="1", keys=keys).crl
        for name, text in (("leaf", signed.certificate), ("root", authority.certificate), ("other", other.certificate), ("list", crl)):
            Path(cls.folder.name, f"{name}.pem").write_text(text)
            Path(cls.folder.name, f"{name}.der").write_bytes(der(text))
        Path(cls.folder.name, "none.pem").write_text("x")

    def command(self, *arguments, input=b"", **environment):
        done = subprocess.run(
            [sys.executable, "-m", "sealwright", *arguments],
            cwd=self.folder.name,
            env={**ENVIRONMENT, **environment},
            input=input,
            capture_output=True,
            timeout=60,
        )
        self.assertNotIn(b"Traceback", done.stderr)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def file(self, name):
        return Path(self.folder.name, name).read_bytes()

    def test_inspect(self):
        code, printed, _ = self.command("inspect", "leaf.pem")
        self.assertEqual(code, 0)
        self.assertIn("subject: CN=device", printed)
        self.assertLess(printed.index("kind: certificate"), printed.index("extensions:"), "what it is stands first")
        code, printed, _ = self.command("inspect", "--json", "leaf.pem")
        self.assertEqual(json.loads(printed)["objects"][0]["subject"], "CN=device")

    def test_verify(self):
        code, printed, _ = self.command("verify", "leaf.pem", "--anchor", "root.pem")
        self.assertEqual(code, 0, printed)
        self.assertTrue(printed.startswith("good\n"), printed)
        self.assertIn("purpose: any", printed)
        self.assertIn("  - from: anchors.0\n", printed)
        code, printed, _ = self.command("verify", "leaf.pem", "--anchor", "root.pem", "--json")
        self.assertEqual(len(json.loads(printed)["path"]), 2)
        code, _, told = self.command("verify", "leaf.pem", "--anchor", "other.pem")
        self.assertEqual(code, 1)
        self.assertIn("path_signature_invalid", told)
        code, printed, _ = self.command("verify", "leaf.pem", "--anchor", "root.pem", "--at", "2040-01-01", "--json")
        self.assertEqual((code, json.loads(printed)["error"]["code"]), (1, "path_certificate_expired"))
        self.assertEqual(self.command("verify", "leaf.pem", "--anchor", "root.pem", "--purpose", "tls_server")[0], 1)

    def test_files_are_pem_or_der_or_standard_input(self):
        whole = self.command("verify", "leaf.pem", "--anchor", "root.pem", "--crl", "list.pem")
        self.assertEqual(whole[0], 0, whole)
        self.assertIn("status: good", whole[1])
        self.assertEqual(self.command("verify", "leaf.der", "--anchor", "root.der", "--crl", "list.der"), whole)
        for name in ("leaf.pem", "leaf.der"):
            given = self.file(name)
            self.assertEqual(self.command("verify", "-", "--anchor", "root.pem", "--crl", "list.pem", input=given), whole)
            for command in ("inspect", "lint"):
                self.assertEqual(self.command(command, "-", input=given), self.command(command, name))

    def test_only_a_dash_alone_is_standard_input(self):
        Path(self.folder.name, "-").write_bytes(self.file("leaf.pem"))
        for arguments in (["inspect"], ["lint"], ["verify", "--anchor", "root.pem"]):
            self.assertEqual(self.command(*arguments, "./-", input=b"x"), self.command(*arguments, "leaf.pem"))
        options = ["verify", "leaf.pem", "--anchor", "./-"]
        self.assertEqual(self.command(*options, input=self.file("root.pem"))[0], 1)

    def test_pem_may_have_anything_around_it(self):
        whole = self.command("verify", "leaf.pem", "--anchor", "root.pem")
        pem = self.file("leaf.pem")
        for around in (b"0 s:CN=Root\n" + pem, pem + b"\0", pem + b"\x1a", pem + b"\x1b[0m"):
            self.assertEqual(self.command("verify", "-", "--anchor", "root.pem", input=around), whole)
            for command in ("inspect", "lint"):
                self.assertEqual(self.command(command, "-", input=around), self.command(command, "leaf.pem"))

    def test_what_would_take_for_ever_is_refused_at_once(self):
        beginnings = b"-----BEGIN CERTIFICATE-----\n" * 300_000
        for hostile in (beginnings, beginnings + self.file("leaf.pem"), self.file("leaf.pem") + beginnings, b"\x30\x83" + bytes(16_000_000)):
            code, _, told = self.command("verify", "-", "--anchor", "root.pem", input=hostile)
            self.assertEqual(code, 2)
            self.assertRegex(told, "^error: (pem_malformed|certificate_malformed|request_too_large): ")

    def test_a_block_without_end_is_not_passed_over(self):
        leaf, root = self.file("leaf.pem"), self.file("root.pem")
        for file in (root[:-40] + leaf, leaf + root[:-40]):
            code, _, told = self.command("verify", "-", "--anchor", "root.pem", input=file)
            self.assertEqual((code, told), (2, "error: pem_malformed: found a PEM block CERTIFICATE without end in -\n"))

    def test_whatever_a_certificate_holds_can_be_printed(self):
        with KeyRing() as keys:
            keys.import_key("k", sealwright.generate_key(algorithm=P256).private_key)
            root = sealwright.create_authority(subject="CN=Root", crl_urls=["http://device/"], key=KeyReference(id="k"), keys=keys)
            csr = sealwright.create_csr(subject="CN=d\u00e9vice \u2713", key=KeyReference(id="k"), keys=keys).csr
            pem = sealwright.sign_csr(authority=root.authority, csr=csr, profile="device-identity", keys=keys).certificate.encode()
        self.assertIn("subject: CN=d\u00e9vice \u2713", self.command("inspect", "-", input=pem, PYTHONIOENCODING="utf-8")[1])
        code, printed, told = self.command("inspect", "-", input=pem, PYTHONIOENCODING="ascii")
        self.assertEqual((code, told), (0, ""))
        self.assertIn(r"subject: CN=d\xe9vice \u2713", printed)
        # One moves what a terminal writes next, the other turns it round.
        hostile = der(pem.decode()).replace(b"://device/", b"://a\x1b[31m/").replace(b"\xe2\x9c\x93", "\u202e".encode())
        for command in ("inspect", "lint"):
            _, printed, _ = self.command(command, "-", input=hostile, PYTHONIOENCODING="utf-8")
            self.assertRegex(printed, r"(\\x1b|u\{1b\})\[31m")
            self.assertRegex(printed, r"(\\u202e|u\{202e\})")
            self.assertNotRegex(printed, "[\x1b\u202e]")

    def test_what_keeps_a_path_from_being_judged_is_not_the_files_fault(self):
        options = ["verify", f"{self.folder.name}/leaf.pem", "--anchor", f"{self.folder.name}/root.pem"]
        for code, wanted in (("anchor_invalid", 2), ("budget_exhausted", 2), ("revocation_unknown", 2), ("revoked", 1)):
            error = SealwrightError(ErrorCode(f"path_{code}"), "a \x1b")
            with mock.patch("sealwright.verify_path", side_effect=error), contextlib.redirect_stderr(io.StringIO()) as told:
                self.assertEqual(sealwright.__main__.main(options), wanted, code)
            self.assertEqual(told.getvalue(), f"error: path_{code}: a \\x1b\n")

    def into(self, stdout, *arguments, **streams):
        streams = {"stdout": stdout, "stderr": subprocess.PIPE, **streams}
        done = subprocess.run([sys.executable, "-m", "sealwright", *arguments], cwd=self.folder.name, env=ENVIRONMENT, **streams)
        return done.returncode, done.stderr

    def test_whoever_has_read_enough_is_not_told_of_an_error(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, writer)
        for arguments in (["leaf.pem"], ["leaf.pem", "--json"], ["absent.pem", "--json"]):
            self.assertEqual(self.into(writer, "inspect", *arguments), (2, b""))
        self.assertEqual(self.into(writer, "verify", "leaf.pem", "--anchor", "other.pem", "--json"), (2, b""))

    @unittest.skipUnless(os.path.exists("/dev/full"), "no full device on this system")
    def test_what_cannot_be_written_is_told_and_ends_with_2(self):
        with open("/dev/full", "wb") as full:
            for arguments in (["leaf.pem"], ["leaf.pem", "--json"], ["absent.pem", "--json"]):
                code, told = self.into(full, "inspect", *arguments)
                self.assertEqual(code, 2)
                self.assertRegex(told, rb"^error: .*No space left on device\n$")
                self.assertEqual(self.into(full, "inspect", *arguments, stderr=full), (2, None))
            self.assertEqual(self.into(None, "inspect", "absent.pem", stderr=full), (2, None))

    def test_streams_that_are_closed(self):
        def shell(script):
            done = subprocess.run(["sh", "-c", script, "sh", sys.executable], cwd=self.folder.name, env=ENVIRONMENT, capture_output=True, text=True)
            return done.returncode, done.stdout, done.stderr

        wanted = (2, "", "error: there is no standard input\n")
        self.assertEqual(shell('"$1" -m sealwright inspect - <&-'), wanted)
        self.assertEqual(shell('"$1" -m sealwright verify leaf.pem --anchor - <&-'), wanted)
        code, printed, told = shell('"$1" -m sealwright inspect - --json <&-')
        self.assertEqual((code, json.loads(printed)["error"], told), (2, {"detail": "there is no standard input"}, ""))
        self.assertEqual(shell('"$1" -m sealwright inspect leaf.pem >&-'), (0, "", ""))
        self.assertEqual(shell('"$1" -m sealwright inspect absent.pem 2>&-'), (2, "", ""))

    def test_lint(self):
        code, printed, _ = self.command("lint", "leaf.pem", "--json")
        self.assertEqual((code, json.loads(printed)["counts"]["error"]), (0, 0))
        code, printed, _ = self.command("lint", "leaf.pem", "--as", "tls_server")
        self.assertEqual(code, 1)
        self.assertIn("error:", printed)
        code, printed, _ = self.command("lint", "-", input=b"x" * 8)
        self.assertEqual(code, 1)
        self.assertIn("\n  error: unreadable: ASN.1", printed)
        self.assertTrue(printed.endswith("\nerrors: 1, warnings: 0, notices: 0\n"), printed)

    def test_what_cannot_be_read(self):
        for arguments in (("inspect", "absent.pem"), ("verify", "none.pem", "--anchor", "root.pem"), ("verify", "leaf.pem", "--anchor", "none.pem")):
            code, printed, told = self.command(*arguments)
            self.assertEqual((code, printed), (2, ""))
            self.assertIn("error: ", told)
            code, printed, told = self.command(*arguments, "--json")
            self.assertEqual((code, told), (2, ""))
            self.assertTrue(json.loads(printed)["error"]["detail"])
        self.assertEqual(self.command("verify", "leaf.pem")[0], 2)

    def test_a_time_that_is_none_is_told(self):
        code, printed, told = self.command("verify", "leaf.pem", "--anchor", "root.pem", "--at", "2026-13-01")
        self.assertEqual((code, printed), (2, ""))
        self.assertIn("--at: found '2026-13-01', wanted a time, such as 2026-07-01T12:00:00Z", told)

    def test_help(self):
        for arguments in ((), ("inspect",), ("verify",), ("lint",)):
            code, printed, _ = self.command(*arguments, "--help")
            self.assertEqual(code, 0)
            self.assertIn("usage: python -m sealwright", printed)


if __name__ == "__main__":
    unittest.main()
