"""Type checkers accept the package, what is written with it, and the examples of the README; and those work."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from interface import ROOT

PACKAGE = ROOT / "bindings/python/python"
PAGES = [ROOT / "README.md", ROOT / "bindings/python/README.md"]
PROGRAMS = Path(sys.executable).parent

# Otherwise mypy's comments silence pyright too, and nothing has to be wrong where there is one.
PYRIGHT = '{"enableTypeIgnoreComments": false, "reportUnnecessaryTypeIgnoreComment": "error"}'


class Types(unittest.TestCase):
    def run_in(self, folder, *command):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def check(self, folder, *files):
        for version in ("3.10", f"3.{sys.version_info.minor}"):
            cache = f"{tempfile.gettempdir()}/sealwright-mypy"
            self.run_in(folder, PROGRAMS / "mypy", "--strict", "--python-version", version, "--cache-dir", cache, *files)
        self.run_in(folder, PROGRAMS / "pyright", "--pythonpath", sys.executable, *files)

    def test_the_package(self):
        self.check(PACKAGE, "sealwright")

    def test_the_extension_module_is_what_its_stub_says(self):
        self.run_in(PACKAGE.parent, PROGRAMS / "stubtest", "sealwright._engine")

    def test_what_is_written_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(Path(__file__).with_name("typed.py"), folder)
            Path(folder, "pyrightconfig.json").write_text(PYRIGHT)
            self.check(folder, "typed.py")

    def test_an_ignore_that_is_not_needed_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "pyrightconfig.json").write_text(PYRIGHT)
            for comment, program in (("type: ignore[arg-type]", "mypy"), ("pyright: ignore[reportArgumentType]", "pyright")):
                Path(folder, "good.py").write_text(f"print(1)  # {comment}\n")
                options = {"mypy": ["--strict"], "pyright": []}[program]
                done = subprocess.run([PROGRAMS / program, *options, "good.py"], cwd=folder, capture_output=True, text=True)
                self.assertEqual(done.returncode, 1, done.stdout)

    def test_the_examples_of_the_pages(self):
        for page in PAGES:
            examples = re.findall("```python\n(.+?)```", page.read_text(), re.DOTALL)
            self.assertGreater(len(examples), 0)
            names = [f"example_{place}.py" for place in range(len(examples))]
            with self.subTest(page), tempfile.TemporaryDirectory() as folder:
                for name, example in zip(names, examples):
                    Path(folder, name).write_text(example)
                self.check(folder, *names)
                for name in names:
                    self.run_in(folder, sys.executable, name)

    def test_the_commands_of_the_page(self):
        blocks = re.findall("```sh\n(.+?)```", PAGES[1].read_text(), re.DOTALL)
        commands = [block for block in blocks if "pip install" not in block]
        self.assertGreater(len(commands), 0)
        for command in commands:
            with tempfile.TemporaryDirectory() as folder:
                self.run_in(folder, "bash", "-euo", "pipefail", "-c", command.replace("python -", f"{sys.executable} -"))


if __name__ == "__main__":
    unittest.main()
