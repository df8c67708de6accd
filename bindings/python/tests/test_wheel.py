"""What is in the packages that people install."""

import json
import os
import re
import tarfile
import unittest
import zipfile
from email.parser import Parser
from pathlib import Path

from interface import ROOT

WHEEL, SOURCES = Path(os.environ["SEALWRIGHT_WHEEL"]), Path(os.environ["SEALWRIGHT_SOURCES"])
VERSION = re.search('^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
INFORMATION = f"sealwright-{VERSION}.dist-info"
LICENSES = ["LICENSE-APACHE", "LICENSE-MIT"]


class Wheel(unittest.TestCase):
    def setUp(self):
        self.wheel = zipfile.ZipFile(WHEEL)
        self.addCleanup(self.wheel.close)

    def read(self, name):
        return self.wheel.read(f"{INFORMATION}/{name}").decode()

    def test_one_is_for_every_python(self):
        self.assertRegex(WHEEL.name, rf"^sealwright-{re.escape(VERSION)}-cp310-abi3-manylinux_2_[0-9]+_[a-z0-9_]+\.whl$")
        self.assertIn(WHEEL.stem.partition("-cp310")[2], self.read("WHEEL"))

    def test_it_has_the_package_and_nothing_else(self):
        package = [path.name for path in (ROOT / "bindings/python/python/sealwright").iterdir() if path.is_file()]
        files = {f"sealwright/{name}" for name in [*package, "_engine.abi3.so"]}
        self.assertIn("sealwright/py.typed", files)
        files |= {f"{INFORMATION}/{name}" for name in ["METADATA", "WHEEL", "RECORD", *(f"licenses/{name}" for name in LICENSES)]}
        self.assertEqual({name for name in self.wheel.namelist() if "/sboms/" not in name}, files)

    def test_its_metadata(self):
        told = Parser().parsestr(self.read("METADATA"))
        for name, wanted in (("Name", "sealwright"), ("Version", VERSION), ("Requires-Python", ">=3.10"), ("License-Expression", "Apache-2.0 OR MIT")):
            self.assertEqual(told[name], wanted)
        self.assertEqual(told.get_all("License-File"), LICENSES)
        self.assertTrue(all("extra ==" in needed for needed in told.get_all("Requires-Dist")), "it depends on something")
        self.assertIn("# Sealwright", told.get_payload())

    def test_it_says_what_it_is_made_of(self):
        [name] = [name for name in self.wheel.namelist() if name.endswith(".cyclonedx.json")]
        components = {component["name"] for component in json.loads(self.wheel.read(name))["components"]}
        self.assertLessEqual({"sealwright-core", "pyo3", "rsa"}, components)


class Sources(unittest.TestCase):
    def test_they_have_what_a_build_needs_and_no_tests_of_the_package(self):
        with tarfile.open(SOURCES) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
        self.assertLessEqual({"PKG-INFO", "pyproject.toml", "Cargo.lock", "core/Cargo.toml", "bindings/python/src/lib.rs", *LICENSES}, names)
        self.assertEqual([name for name in names if "/tests/" in name and "python" in name], [])

    def test_they_are_built_of_the_packages_that_are_tested_here_and_of_no_others(self):
        with tarfile.open(SOURCES) as archive:
            [lock] = [name for name in archive.getnames() if name.endswith("/Cargo.lock")]
            packed = packages(archive.extractfile(lock).read().decode())
        self.assertLessEqual(packed, packages((ROOT / "Cargo.lock").read_text()))
        names = {name for name, _, _ in packed}
        self.assertLessEqual({"sealwright-core", "sealwright-python", "pyo3", "rsa"}, names)
        self.assertTrue(names.isdisjoint({"sealwright", "sealwright-c", "wasmtime"}), names)


def packages(lock):
    """The packages of a lock file: name, version, and digest where they come from a registry."""
    return set(re.findall(r'^name = "(.+)"\nversion = "(.+)"\n(?:source = .+\nchecksum = "(.+)"\n)?', lock, re.MULTILINE))


if __name__ == "__main__":
    unittest.main()
