"""pkilint's PKIX linter over many certificates in one run.

usage: pkilint_all.py FOLDER

prints a JSON object: the name of each FOLDER/<name>.pem, and the codes of its findings, WARNING and worse.
"""

import json
import sys
from pathlib import Path

from pkilint import loader
from pkilint.pkix import certificate, extension, name
from pkilint.validation import ValidationFindingSeverity

# As pkilint.bin.lint_pkix_cert puts it together.
LINTER = certificate.create_pkix_certificate_validator_container(
    certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
    [
        certificate.create_issuer_validator_container([]),
        certificate.create_validity_validator_container(),
        certificate.create_subject_validator_container([]),
        certificate.create_extensions_validator_container([]),
        certificate.create_spki_validator_container([]),
    ],
)


def codes(path):
    with path.open("rb") as file:
        try:
            loaded = loader.RFC5280CertificateDocumentLoader().get_file_loader_func(loader.DocumentFormat.PEM)(file, path.name)
        except ValueError:
            return ["unparsed"]
    results = LINTER.validate(loaded.root)
    found = [one.finding for result in results for one in result.finding_descriptions]
    return sorted({one.code for one in found if one.severity <= ValidationFindingSeverity.WARNING})


print(json.dumps({path.stem: codes(path) for path in sorted(Path(sys.argv[1]).glob("*.pem"))}))
