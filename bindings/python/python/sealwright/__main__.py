"""`python -m sealwright`: looks at files, and says whether a certificate is good."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Any

import sealwright
from sealwright import SealwrightError, types

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 if all is well, 1 if the file is not, 2 if it cannot be told."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except SealwrightError as error:
        return _fail(options, error)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sealwright", description="Certificates, requests, revocation lists and keys in files.")
    parser.add_argument("--version", action="version", version=f"sealwright {sealwright.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    inspect = _command(commands, "inspect", _inspect, "say what is in a file")
    inspect.epilog = "Private keys are described, and never printed."
    verify = _command(commands, "verify", _verify, "say whether a certificate leads to a trust anchor")
    verify.epilog = "The first certificate of FILE is the one in question; the path may go through the others. Ends with 1 if it does not hold."
    verify.add_argument("--anchor", metavar="FILE", type=Path, action="append", required=True, help="certificates that are trusted (PEM); may be repeated")
    verify.add_argument("--crl", metavar="FILE", type=Path, action="append", default=[], help="a revocation list (PEM); may be repeated")
    purposes = [purpose.value for purpose in types.Purpose]
    verify.add_argument("--purpose", choices=purposes, help="what the certificate is to be used for")
    verify.add_argument("--identity", metavar="NAME", action="append", default=[], help="a name of which it must have one, such as dns:example.com")
    verify.add_argument("--at", metavar="TIME", type=_time, help="the time, such as 2026-07-01T12:00:00Z; now if it is left out")
    lint = _command(commands, "lint", _lint, "say what is wrong with certificates, requests and revocation lists, or will be")
    lint.epilog = "Ends with 1 if anything breaks a rule that verifiers enforce."
    meant = [purpose.value for purpose in types.LintPurpose]
    lint.add_argument("--as", dest="purpose", choices=meant, help="what they are meant for; by default what their extensions say")
    return parser


def _command(commands: Any, name: str, run: Any, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    parser.set_defaults(run=run)
    parser.add_argument("file", metavar="FILE", type=Path, help="PEM with anything around the blocks, or DER")
    parser.add_argument("--json", action="store_true", help="print one JSON value: the response as it is in every language")
    return parser


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def _inspect(options: argparse.Namespace) -> int:
    response = sealwright.inspect(input=options.file)
    _print(options, response, list(response.objects))
    return 0


def _verify(options: argparse.Namespace) -> int:
    certificate, *intermediates = _certificates(options.file)
    anchors = [block for file in options.anchor for block in _certificates(file)]
    response = sealwright.verify_path(
        certificate=certificate,
        intermediates=intermediates,
        anchors=[types.AnchorRequest(certificate=anchor) for anchor in anchors],
        crls=[file.read_text() for file in options.crl],
        purpose=types.Purpose(options.purpose) if options.purpose else None,
        identities=options.identity,
        now=options.at,
    )
    _print(options, response, response)
    return 0


def _certificates(file: Path) -> list[str]:
    """The certificates of a file in PEM."""
    blocks = _BLOCK.findall(file.read_text(errors="replace"))
    if not blocks:
        raise SealwrightError(sealwright.ErrorCode.PEM_MALFORMED, f"found no PEM block CERTIFICATE in {file}")
    return blocks


def _lint(options: argparse.Namespace) -> int:
    purpose = types.LintPurpose(options.purpose) if options.purpose else None
    response = sealwright.lint(inputs=[options.file], as_=purpose)
    if options.json:
        print(sealwright.to_json(response))
    else:
        for linted in response.objects:
            print(f"{linted.at}: {linted.kind} {linted.name or ''}".rstrip())
            for finding in linted.findings:
                print(f"  {finding.severity}: {finding.id}: {finding.where}: {finding.detail}\n    {finding.remedy}")
        counts = response.counts
        print(f"{counts.error} errors, {counts.warning} warnings, {counts.notice} notices")
    return 1 if response.counts.error else 0


def _print(options: argparse.Namespace, response: Any, shown: Any) -> None:
    print(sealwright.to_json(response) if options.json else "\n".join(_lines(shown, "")))


def _lines(value: Any, indent: str) -> list[str]:
    """A value for people, a field a line."""
    if isinstance(value, (list, tuple)):
        lines = []
        for item in value:
            first, *rest = _lines(item, indent + "  ") or [""]
            lines += [f"{indent}- {first.strip()}", *rest]
        return lines
    if not is_dataclass(value):
        return [f"{indent}{_word(value)}"]
    lines = []
    for field in fields(value):
        inside = getattr(value, field.name)
        if inside is None or inside == ():
            continue
        if is_dataclass(inside) or isinstance(inside, tuple):
            lines += [f"{indent}{field.name}:", *_lines(inside, indent + "  ")]
        else:
            lines.append(f"{indent}{field.name}: {_word(inside)}")
    return lines


def _word(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return value.hex() if isinstance(value, bytes) else str(value)


def _fail(options: argparse.Namespace, error: SealwrightError) -> int:
    """A path that does not hold is an answer; everything else keeps it from being found."""
    if options.json:
        told = {"code": error.code.value, "detail": error.detail, "at": error.at}
        print(json.dumps({"error": {name: value for name, value in told.items() if value is not None}}))
    else:
        print(f"error: {error.code}: {error}", file=sys.stderr)
    return 1 if error.code.value.startswith("path_") else 2


if __name__ == "__main__":
    sys.exit(main())
