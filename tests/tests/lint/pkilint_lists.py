"""pkilint's linter of revocation lists over many of them in one run.

usage: pkilint_lists.py FOLDER

prints a JSON object: the name of each FOLDER/<name>.pem, and the codes of its findings, WARNING and worse.
"""

import json
import sys
from pathlib import Path

from pkilint import loader, pkix
from pkilint.pkix import crl, extension, name
from pkilint.validation import ValidationFindingSeverity

# As pkilint.bin.lint_crl puts it together for the profile PKIX.
LINTER = crl.create_pkix_crl_validator_container(
    [
        pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
        pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS),
    ],
    [
        crl.create_issuer_validator_container([]),
        crl.create_validity_validator_container([]),
        crl.create_extensions_validator_container([]),
    ],
)


def codes(path):
    read = loader.RFC5280CertificateListDocumentLoader().get_file_loader_func(loader.DocumentFormat.PEM)
    with path.open("rb") as file:
        try:
            loaded = read(file, path.name)
        except ValueError:
            return ["unparsed"]
    results = LINTER.validate(loaded.root)
    found = [one.finding for result in results for one in result.finding_descriptions]
    return sorted({one.code for one in found if one.severity <= ValidationFindingSeverity.WARNING})


print(json.dumps({path.stem: codes(path) for path in sorted(Path(sys.argv[1]).glob("*.pem"))}))
