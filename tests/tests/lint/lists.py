"""Good and broken revocation lists, none of them by us: pyca makes the signatures, asn1crypto the rest.

usage: lists.py FOLDER

writes FOLDER/<name>.pem. Each name says what is wrong; those that begin with good- are sound.
"""

import datetime
import sys
from pathlib import Path

from asn1crypto import algos, core, crl, pem, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

UTC = datetime.timezone.utc
RSA = rsa.generate_private_key(65537, 2048)
SHA256_RSA = {"algorithm": "sha256_rsa", "parameters": core.Null()}
SHA384_RSA = {"algorithm": "sha384_rsa", "parameters": core.Null()}


def name(*common_names):
    parts = [
        x509.RelativeDistinguishedName(
            [x509.NameTypeAndValue({"type": "common_name", "value": x509.DirectoryString("utf8_string", text)})]
        )
        for text in common_names
    ]
    return x509.Name(name="", value=x509.RDNSequence(parts))


def day(month, day, year=2026):
    return x509.Time(name="utc_time", value=datetime.datetime(year, month, day, tzinfo=UTC))


def generalized(month, day):
    return x509.Time(name="general_time", value=datetime.datetime(2026, month, day, tzinfo=UTC))


def extension(kind, critical, value):
    return crl.TBSCertListExtension(
        {"extn_id": kind, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}
    )


def number(value=7, critical=False):
    return extension("crl_number", critical, core.Integer(value))


def identifier(fields=None, critical=False):
    fields = {"key_identifier": b"\1" * 20} if fields is None else fields
    return extension("authority_key_identifier", critical, x509.AuthorityKeyIdentifier(fields))


def scope(**flags):
    return extension("issuing_distribution_point", True, crl.IssuingDistributionPoint(flags))


def entry(serial=0x4142434445464748, reason=None, critical=False, when=None):
    fields = {"user_certificate": serial, "revocation_date": when or day(11, 10)}
    if reason is not None:
        value = core.ParsableOctetString(crl.CRLReason(reason).dump())
        fields["crl_entry_extensions"] = [{"extn_id": "crl_reason", "critical": critical, "extn_value": value}]
    return crl.RevokedCertificate(fields)


def made(**changes):
    fields = {
        "version": "v2",
        "signature": SHA256_RSA,
        "issuer": name("Other Root"),
        "this_update": day(11, 15),
        "next_update": day(11, 25),
        "revoked_certificates": [entry()],
        "crl_extensions": [identifier(), number()],
    }
    beside = changes.pop("beside", SHA256_RSA)
    fields.update(changes)
    content = crl.TbsCertList({field: value for field, value in fields.items() if value is not None})
    signature = RSA.sign(content.dump(), padding.PKCS1v15(), hashes.SHA256())
    return crl.CertificateList(
        {
            "tbs_cert_list": content,
            "signature_algorithm": algos.SignedDigestAlgorithm(beside),
            "signature": signature,
        }
    ).dump()


LISTS = {
    "good-full": made(),
    "good-nothing-revoked": made(revoked_certificates=None),
    "good-reason": made(revoked_certificates=[entry(reason="key_compromise")]),
    "good-of-users": made(crl_extensions=[identifier(), number(), scope(only_contains_user_certs=True)]),
    "number-missing": made(crl_extensions=[identifier()]),
    "number-long": made(crl_extensions=[identifier(), number(1 << 161)]),
    "number-critical": made(crl_extensions=[identifier(), number(critical=True)]),
    "identifier-missing": made(crl_extensions=[number()]),
    "identifier-critical": made(crl_extensions=[identifier(critical=True), number()]),
    "extension-twice": made(crl_extensions=[identifier(), number(), number(8)]),
    "version-1": made(version=None, crl_extensions=None),
    "next-update-missing": made(next_update=None),
    "expired": made(next_update=day(11, 16)),
    "ends-before-it-begins": made(this_update=day(11, 18), next_update=day(11, 16)),
    "time-of-the-wrong-type": made(this_update=generalized(11, 15)),
    "entries-empty": made(revoked_certificates=[]),
    "entry-twice": made(revoked_certificates=[entry(), entry()]),
    "entry-in-the-future": made(revoked_certificates=[entry(when=day(11, 17))]),
    "reason-unspecified": made(revoked_certificates=[entry(reason="unspecified")]),
    "reason-critical": made(revoked_certificates=[entry(reason="key_compromise", critical=True)]),
    "serial-negative": made(revoked_certificates=[entry(-5)]),
    "serial-zero": made(revoked_certificates=[entry(0)]),
    "serial-long": made(revoked_certificates=[entry(1 << 161)]),
    "issuer-empty": made(issuer=name()),
    "other-algorithm-within": made(signature=SHA384_RSA),
    "of-users-and-of-authorities": made(
        crl_extensions=[
            identifier(),
            number(),
            scope(only_contains_user_certs=True, only_contains_ca_certs=True),
        ]
    ),
}

for title, der in LISTS.items():
    Path(sys.argv[1], f"{title}.pem").write_bytes(pem.armor("X509 CRL", der))
