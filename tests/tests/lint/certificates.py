"""Good and broken certificates, none of them by us: pyca makes the keys and signatures, asn1crypto the rest.

usage: certificates.py FOLDER

writes FOLDER/<name>.pem. Each name says what is wrong; those that begin with good- are sound.
"""

import datetime
import sys
from pathlib import Path

from asn1crypto import algos, core, keys, pem, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

UTC = datetime.timezone.utc
RSA = rsa.generate_private_key(65537, 2048)
SMALL_RSA = rsa.generate_private_key(65537, 1024)
EXPONENT_3 = rsa.generate_private_key(3, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()

CLIENT_AUTH, SERVER_AUTH, OCSP_SIGNING = (f"1.3.6.1.5.5.7.3.{last}" for last in (2, 1, 9))


def spki(key):
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return keys.PublicKeyInfo.load(der)


def name(*attributes):
    """Attributes as (type, string)."""
    parts = [
        x509.RelativeDistinguishedName([x509.NameTypeAndValue({"type": kind, "value": value})])
        for kind, value in attributes
    ]
    return x509.Name(name="", value=x509.RDNSequence(parts))


def utf8(text):
    return x509.DirectoryString(name="utf8_string", value=core.UTF8String(text))


def printable(text):
    return x509.DirectoryString(name="printable_string", value=core.PrintableString(text))


def extension(kind, critical, value):
    return x509.Extension(
        {"extn_id": kind, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}
    )


class RawExtension(core.Sequence):
    """An extension of which nobody looks at the value."""

    _fields = [("extn_id", core.ObjectIdentifier), ("critical", core.Boolean, {"default": False}), ("extn_value", core.OctetString)]


def raw_extension(kind, critical, octets):
    fields = {"extn_id": kind, "critical": critical, "extn_value": octets}
    return x509.Extension.load(RawExtension(fields).dump())


def general_names(*names):
    return x509.GeneralNames([x509.GeneralName(name=form, value=value) for form, value in names])


def uri(text):
    return x509.GeneralName(name="uniform_resource_identifier", value=x509.URI(text))


def key_usage(*bits, critical=True):
    return extension("key_usage", critical, x509.KeyUsage(set(bits)))


def purposes(*kinds, critical=False):
    return extension("extended_key_usage", critical, x509.ExtKeyUsageSyntax(list(kinds)))


def constraints(ca, length=None, critical=True):
    fields = {"ca": ca} if length is None else {"ca": ca, "path_len_constraint": length}
    return extension("basic_constraints", critical, x509.BasicConstraints(fields))


def subject_identifier(octets=b"\2" * 20, critical=False):
    return extension("key_identifier", critical, core.OctetString(octets))


def authority_identifier(fields=None, critical=False):
    fields = {"key_identifier": b"\1" * 20} if fields is None else fields
    return extension("authority_key_identifier", critical, x509.AuthorityKeyIdentifier(fields))


def list_address(critical=False):
    place = x509.DistributionPointName("full_name", x509.GeneralNames([uri("http://pki.example.com/ca.crl")]))
    point = x509.DistributionPoint({"distribution_point": place})
    return extension("crl_distribution_points", critical, x509.CRLDistributionPoints([point]))


def alternative_names(*names, critical=False):
    return extension("subject_alt_name", critical, general_names(*names))


def dns(text):
    # asn1crypto's own reading would refuse what is no name.
    return ("dns_name", x509.DNSName(contents=text.encode()))


def mail(text):
    return ("rfc822_name", x509.EmailAddress(contents=text.encode()))


DIGITAL_SIGNATURE, KEY_ENCIPHERMENT = "digital_signature", "key_encipherment"
SHA256_RSA = {"algorithm": "sha256_rsa", "parameters": core.Null()}


class Draft:
    """A certificate before it is signed."""

    def __init__(self, **changes):
        self.version = "v3"
        self.serial = 0x4142434445464748494A4B4C4D4E4F50
        self.algorithm = SHA256_RSA
        self.beside = None
        self.issuer = name(("common_name", utf8("Other Root")))
        self.not_before = x509.Time(name="utc_time", value=datetime.datetime(2026, 1, 1, tzinfo=UTC))
        self.not_after = x509.Time(name="utc_time", value=datetime.datetime(2028, 1, 1, tzinfo=UTC))
        self.subject = name(("common_name", utf8("laptop-7")))
        self.key = RSA
        self.spki = None
        self.unique_id = None
        self.extensions = device()
        self.__dict__.update(changes)

    def der(self):
        fields = {
            "version": self.version,
            "serial_number": self.serial,
            "signature": self.algorithm,
            "issuer": self.issuer,
            "validity": {"not_before": self.not_before, "not_after": self.not_after},
            "subject": self.subject,
            "subject_public_key_info": self.spki or spki(self.key),
        }
        if self.unique_id is not None:
            fields["subject_unique_id"] = self.unique_id
        if self.extensions is not None:
            fields["extensions"] = x509.Extensions(self.extensions)
        content = x509.TbsCertificate(fields)
        signature = RSA.sign(content.dump(), padding.PKCS1v15(), hashes.SHA256())
        beside = self.beside or self.algorithm
        return x509.Certificate(
            {
                "tbs_certificate": content,
                "signature_algorithm": algos.SignedDigestAlgorithm(beside),
                "signature_value": signature,
            }
        ).dump()


def device(*more, without=()):
    """The extensions of a device's certificate, those of `more` in place of their kind."""
    return replaced(
        [
            authority_identifier(),
            subject_identifier(),
            key_usage(DIGITAL_SIGNATURE),
            purposes(CLIENT_AUTH),
            list_address(),
        ],
        more,
        without,
    )


def authority(*more, without=()):
    """The extensions of an authority's certificate."""
    return replaced(
        [
            constraints(True),
            key_usage("key_cert_sign", "crl_sign"),
            authority_identifier(),
            subject_identifier(b"\3" * 20),
            list_address(),
        ],
        more,
        without,
    )


def replaced(extensions, more, without):
    kinds = {one["extn_id"].native for one in more}
    kept = [one for one in extensions if one["extn_id"].native not in kinds | set(without)]
    return kept + list(more)


def generalized(year):
    return x509.Time(name="general_time", value=datetime.datetime(year, 1, 1, tzinfo=UTC))


def utc(year, month=1):
    return x509.Time(name="utc_time", value=datetime.datetime(year, month, 1, tzinfo=UTC))


def ca(**changes):
    return Draft(**{"subject": name(("common_name", utf8("Other Issuing"))), "extensions": authority(), **changes})


def by_serial(with_key):
    issuer = x509.GeneralNames([x509.GeneralName(name="directory_name", value=name(("common_name", utf8("Above"))))])
    fields = {"authority_cert_issuer": issuer, "authority_cert_serial_number": 7}
    return authority_identifier({**fields, **({"key_identifier": b"\1" * 20} if with_key else {})})


def algorithm_without_parameters():
    info = spki(RSA).copy()
    info["algorithm"] = {"algorithm": "rsa"}
    del info["algorithm"]["parameters"]
    return info


def policies(*kinds):
    return extension("certificate_policies", False, x509.CertificatePolicies([{"policy_identifier": kind} for kind in kinds]))


def subject(kind, value):
    return name(("common_name", utf8("laptop-7")), (kind, value))


def certificates():
    """Each certificate by its name."""
    empty = x509.Name(name="", value=x509.RDNSequence([]))
    enciphering = device(key_usage(DIGITAL_SIGNATURE, KEY_ENCIPHERMENT))
    permitted = {"permitted_subtrees": [{"base": x509.GeneralName(name="dns_name", value=x509.DNSName("example.com"))}]}
    name_constraints = extension("name_constraints", True, x509.NameConstraints(permitted))
    loose_constraints = extension("name_constraints", False, x509.NameConstraints(permitted))
    policy_constraints = lambda critical: extension("policy_constraints", critical, x509.PolicyConstraints({"require_explicit_policy": 0}))
    inhibit = lambda critical: extension("inhibit_any_policy", critical, core.Integer(0))
    server = device(purposes(SERVER_AUTH), alternative_names(dns("a.example.com")))
    return {
        "good-device": Draft(),
        "good-device-enciphering": Draft(extensions=enciphering),
        "good-device-p256": Draft(key=P256),
        "good-server": Draft(subject=name(("common_name", utf8("a.example.com"))), extensions=server),
        "good-authority": ca(),
        "good-authority-constrained": ca(extensions=authority(name_constraints, policy_constraints(True), inhibit(True), constraints(True, 0))),
        "good-nameless": Draft(subject=empty, extensions=device(alternative_names(dns("a.example.com"), critical=True))),
        "good-late": ca(not_after=generalized(2055)),
        "good-country": Draft(subject=subject("country_name", printable("DE"))),
        "good-64-characters": Draft(subject=name(("common_name", utf8("a" * 64)))),
        "good-mailbox": Draft(extensions=device(alternative_names(mail("ann@example.com")))),
        "serial-negative": Draft(serial=-5),
        "serial-zero": Draft(serial=0),
        "serial-21-octets": Draft(serial=1 << 160),
        "version-1-with-extensions": Draft(version="v1"),
        "unique-identifier": Draft(unique_id=core.OctetBitString(b"\1")),
        "algorithms-differ": Draft(beside={"algorithm": "sha384_rsa", "parameters": core.Null()}),
        "sha1": Draft(algorithm={"algorithm": "sha1_rsa", "parameters": core.Null()}),
        "generalized-time-early": Draft(not_after=generalized(2028)),
        "reversed": Draft(not_before=utc(2027), not_after=utc(2026)),
        "rsa-1024": Draft(key=SMALL_RSA),
        "rsa-exponent-3": Draft(key=EXPONENT_3),
        "rsa-without-null": Draft(spki=algorithm_without_parameters()),
        "ed25519": Draft(key=ED25519),
        "issuer-empty": Draft(issuer=empty),
        "subject-empty": Draft(subject=empty),
        "subject-empty-names-not-critical": Draft(subject=empty, extensions=device(alternative_names(dns("a.example.com")))),
        "authority-subject-empty": ca(subject=empty),
        "common-name-65": Draft(subject=name(("common_name", utf8("a" * 65)))),
        "organization-65": Draft(subject=subject("organization_name", utf8("a" * 65))),
        "unit-65": Draft(subject=subject("organizational_unit_name", utf8("a" * 65))),
        "locality-129": Draft(subject=subject("locality_name", utf8("a" * 129))),
        "country-utf8": Draft(subject=subject("country_name", utf8("DE"))),
        "country-long": Draft(subject=subject("country_name", printable("DEU"))),
        "serial-number-utf8": Draft(subject=subject("serial_number", utf8("C02"))),
        "printable-at": Draft(subject=name(("common_name", printable("ann@example.com")))),
        "space-before": Draft(subject=subject("organization_name", utf8(" Acme"))),
        "space-after": Draft(subject=subject("organization_name", utf8("Acme "))),
        "control-character": Draft(subject=subject("organization_name", utf8("Ac\x07me"))),
        "aki-missing": Draft(extensions=device(without=["authority_key_identifier"])),
        "aki-critical": Draft(extensions=device(authority_identifier(critical=True))),
        "aki-by-serial": Draft(extensions=device(by_serial(True))),
        "aki-by-serial-only": Draft(extensions=device(by_serial(False))),
        "ski-missing": Draft(extensions=device(without=["key_identifier"])),
        "ski-missing-authority": ca(extensions=authority(without=["key_identifier"])),
        "ski-critical": Draft(extensions=device(subject_identifier(critical=True))),
        "key-usage-missing-authority": ca(extensions=authority(without=["key_usage"])),
        "key-usage-not-critical": Draft(extensions=device(key_usage(DIGITAL_SIGNATURE, critical=False))),
        "key-usage-empty": Draft(extensions=device(key_usage(), purposes("1.2.3.4"))),
        "key-usage-encipher-p256": Draft(key=P256, extensions=enciphering),
        "key-usage-agreement-rsa": Draft(extensions=device(key_usage(DIGITAL_SIGNATURE, "key_agreement"))),
        "cert-sign-without-authority": Draft(extensions=device(key_usage(DIGITAL_SIGNATURE, "key_cert_sign"))),
        "authority-without-cert-sign": ca(extensions=authority(key_usage("crl_sign"))),
        "basic-constraints-not-critical": ca(extensions=authority(constraints(True, critical=False))),
        "path-length-in-leaf": Draft(extensions=device(constraints(False, 0))),
        "name-constraints-in-leaf": Draft(extensions=device(name_constraints)),
        "name-constraints-not-critical": ca(extensions=authority(loose_constraints)),
        "policy-constraints-not-critical": ca(extensions=authority(policy_constraints(False))),
        "inhibit-any-not-critical": ca(extensions=authority(inhibit(False))),
        "policy-twice": Draft(extensions=device(policies("1.2.3.4", "1.2.3.4"))),
        "policy-constraints-empty": ca(extensions=authority(raw_extension("2.5.29.36", True, b"\x30\0"))),
        "purpose-without-usage": Draft(extensions=device(key_usage(KEY_ENCIPHERMENT))),
        "any-purpose-critical": Draft(extensions=device(purposes(CLIENT_AUTH, "2.5.29.37.0", critical=True))),
        "extension-twice": Draft(extensions=device() + [subject_identifier()]),
        "names-empty": Draft(extensions=device(raw_extension("2.5.29.17", False, b"\x30\0"))),
        "dns-empty": Draft(extensions=device(alternative_names(dns("")))),
        "dns-space": Draft(extensions=device(alternative_names(dns("a b.example.com")))),
        "dns-underscore": Draft(extensions=device(alternative_names(dns("a_b.example.com")))),
        "dns-label-64": Draft(extensions=device(alternative_names(dns("a" * 64 + ".example.com")))),
        "dns-empty-label": Draft(extensions=device(alternative_names(dns("a..example.com")))),
        "mail-without-host": Draft(extensions=device(alternative_names(mail("ann")))),
        "mail-display-name": Draft(extensions=device(alternative_names(mail("Ann <ann@example.com>")))),
        "uri-relative": Draft(extensions=device(alternative_names(("uniform_resource_identifier", x509.URI(contents=b"/path"))))),
        "ip-5-octets": Draft(extensions=device(alternative_names(("ip_address", x509.IPAddress(contents=b"\n\0\0\0\0"))))),
        "list-address-empty": Draft(extensions=device(extension("crl_distribution_points", False, x509.CRLDistributionPoints([{"reasons": {"key_compromise"}}])))),
        "unknown-critical": Draft(extensions=device() + [extension("1.2.3.4", True, core.Null())]),
        "malformed-usage": Draft(extensions=device(raw_extension("2.5.29.15", True, b"\2\1\5"), purposes("1.2.3.4"))),
    }


def main():
    folder = Path(sys.argv[1])
    for label, draft in certificates().items():
        text = pem.armor("CERTIFICATE", draft.der())
        (folder / f"{label}.pem").write_bytes(text)


main()
