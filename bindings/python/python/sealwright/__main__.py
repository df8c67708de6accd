"""`python -m sealwright`: looks at files, and says whether a certificate is good."""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Any, TextIO

import sealwright
from sealwright import ErrorCode, SealwrightError, types
from sealwright._encode import is_der
from sealwright._tables import MAX_REQUEST_BYTES

_UNTOLD = (ErrorCode.PATH_ANCHOR_INVALID, ErrorCode.PATH_BUDGET_EXHAUSTED, ErrorCode.PATH_REVOCATION_UNKNOWN)
"""What keeps a path from being found good or bad."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 if all is well, 1 if the file is not, 2 if it cannot be told."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name may have letters that a terminal or a pipe has none for.
        sys.stdout.reconfigure(errors="backslashreplace")
    code, stream = 2, sys.stdout
    try:
        code, text = options.run(options)
    except Exception as error:
        text = _error(error, options.json)
        stream = sys.stdout if options.json else sys.stderr
        if isinstance(error, SealwrightError) and error.code.value.startswith("path_") and error.code not in _UNTOLD:
            code = 1
    return code if _write(text, stream) else 2


def _write(text: str, stream: TextIO | None) -> bool:
    """Whether it could be written, as far as anybody listens."""
    if stream is None:
        return True
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        # At the end Python would flush what is left, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        # Whoever closes a pipe has seen enough.
        if not isinstance(error, BrokenPipeError):
            _write(_error(error, False), sys.stderr)
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sealwright", description="Certificates, requests, revocation lists and keys in files.")
    parser.add_argument("--version", action="version", version=f"sealwright {sealwright.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    inspect = _command(commands, "inspect", _inspect, "say what is in a file")
    inspect.epilog = "Private keys are described, and never printed."
    verify = _command(commands, "verify", _verify, "say whether a certificate leads to a trust anchor")
    verify.epilog = "The first certificate of FILE is the one in question; the path may go through the others. Ends with 1 if it does not hold."
    verify.add_argument("--anchor", metavar="FILE", action="append", required=True, help="certificates that are trusted; may be repeated")
    verify.add_argument("--crl", metavar="FILE", action="append", default=[], help="revocation lists; may be repeated")
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
    parser.add_argument("file", metavar="FILE", help="PEM with anything around the blocks, or DER; - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON value: the response as it is in every language, or an object with `error`")
    return parser


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a time, such as 2026-07-01T12:00:00Z") from None
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def _inspect(options: argparse.Namespace) -> tuple[int, str]:
    response = sealwright.inspect(input=_read(options.file))
    return 0, sealwright.to_json(response) if options.json else "\n".join(_lines(response.objects, ""))


def _verify(options: argparse.Namespace) -> tuple[int, str]:
    certificate, *intermediates = _objects(options.file, "CERTIFICATE")
    anchors = [anchor for file in options.anchor for anchor in _objects(file, "CERTIFICATE")]
    response = sealwright.verify_path(
        certificate=certificate,
        intermediates=intermediates,
        anchors=[types.AnchorRequest(certificate=anchor) for anchor in anchors],
        crls=[crl for file in options.crl for crl in _objects(file, "X509 CRL")],
        purpose=types.Purpose(options.purpose) if options.purpose else None,
        identities=options.identity,
        now=options.at,
    )
    return 0, sealwright.to_json(response) if options.json else "\n".join(["good", *_lines(response, "")])


def _read(file: str) -> bytes:
    """As much as the engine takes, and one more, so that it refuses a longer one."""
    length = MAX_REQUEST_BYTES + 1
    if file == "-":
        if sys.stdin is None:
            raise OSError("there is no standard input")
        return sys.stdin.buffer.read(length)
    with open(file, "rb") as opened:
        return opened.read(length)


def _objects(file: str, label: str) -> list[str]:
    """What is in a file, in PEM."""
    octets = _read(file)
    begin, end = f"-----BEGIN {label}-----", f"-----END {label}-----"
    if is_der(octets):
        return [f"{begin}\n{base64.encodebytes(octets).decode()}{end}\n"]
    # In one pass, whatever is in it: a search for the end from each beginning would take for ever where ends are missing.
    blocks = [f"{begin}{rest}" for rest in octets.decode(errors="replace").split(begin)[1:]]
    if not blocks:
        raise SealwrightError(ErrorCode.PEM_MALFORMED, f"found neither a PEM block {label} nor DER in {file}")
    if not all(end in block for block in blocks):
        raise SealwrightError(ErrorCode.PEM_MALFORMED, f"found a PEM block {label} without end in {file}")
    return [f"{block.partition(end)[0]}{end}\n" for block in blocks]


def _lint(options: argparse.Namespace) -> tuple[int, str]:
    purpose = types.LintPurpose(options.purpose) if options.purpose else None
    response = sealwright.lint(inputs=[_read(options.file)], as_=purpose)
    text = sealwright.to_json(response) if options.json else "\n".join(map(_clean, _findings(response)))
    return 1 if response.counts.error else 0, text


def _findings(response: types.LintResponse) -> list[str]:
    lines = []
    for linted in response.objects:
        lines.append(f"{linted.at}: {linted.kind} {linted.name or ''}".rstrip())
        for finding in linted.findings:
            told = [finding.severity.value, finding.id, finding.where, finding.detail]
            lines += [f"  {': '.join(filter(None, told))}", f"    {finding.remedy}"]
    counts = response.counts
    return [*lines, f"errors: {counts.error}, warnings: {counts.warning}, notices: {counts.notice}"]


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
    held = [(field.name.rstrip("_"), getattr(value, field.name)) for field in fields(value)]
    lines, parts = [], []
    for name, inside in held:
        if is_dataclass(inside) or (isinstance(inside, tuple) and inside):
            parts += [f"{indent}{name}:", *_lines(inside, indent + "  ")]
        elif inside is not None and inside != ():
            lines.append(f"{indent}{name}: {_word(inside)}")
    # What it is stands before what it has inside.
    return lines + parts


def _word(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return value.hex() if isinstance(value, bytes) else _clean(str(value))


def _clean(text: str) -> str:
    """Without what a terminal acts upon: a certificate may hold anything."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _error(error: Exception, as_json: bool) -> str:
    if isinstance(error, SealwrightError):
        told = {"code": error.code.value, "detail": error.detail, "at": error.at}
    else:
        told = {"detail": str(error) or type(error).__name__}
    if as_json:
        return json.dumps({"error": {name: value for name, value in told.items() if value is not None}})
    code = f"{told['code']}: " if "code" in told else ""
    return _clean(f"error: {code}{error if code else told['detail']}")


if __name__ == "__main__":
    sys.exit(main())
