"""PyScep as a device: enrols, asks once more (CertPoll), and asks for what is not served (GetCert, GetCRL).

    client.py URL CHALLENGE COMMON_NAME FOLDER

Writes the key and the certificate into the folder and prints one JSON object with what the server said.
"""

import json
import pathlib
import re
import sys
import warnings

warnings.filterwarnings("ignore")


def import_scep():
    """oscrypto up to 1.3.0 does not understand the version of an OpenSSL whose last number has two digits."""
    search = re.search

    def any_digits(pattern, text, *flags):
        if isinstance(pattern, str):
            pattern = pattern.replace("\\d\\.\\d\\.\\d[a-z]", "\\d+\\.\\d+\\.\\d+[a-z]")
        return search(pattern, text, *flags)

    re.search = any_digits
    try:
        from scep import Client
        from scep.Client import message
        from scep.Client.responses import CACertificates
    finally:
        re.search = search
    # It looks for an RA with one key to sign and another to decrypt, each with basic constraints, and takes the CA
    # where it finds none. Ours is one certificate for both, the first in the list; everything else is PyScep's own.
    first = lambda authorities: authorities.certificates[0]  # noqa: E731
    CACertificates._CACertificates__recipient = CACertificates._CACertificates__signer = first
    # It cannot read a reply without content, which RFC 8894 3.3.2 wants of every failure.
    digest = message.digest_for_data
    message.digest_for_data = lambda algorithm, data: digest(algorithm=algorithm, data=data or b"")
    return Client


def said(scep, status):
    """It has only the fields that its outcome has."""
    if status.status.name == "FAILURE":
        return scep.FailInfo(status.fail_info).name
    return status.status.name.lower()


def main():
    url, challenge, common_name, folder = sys.argv[1:]
    folder = pathlib.Path(folder)
    scep = import_scep()
    client = scep.Client(url)
    usage = {"digital_signature", "key_encipherment"}
    identity, key = scep.SigningRequest.generate_self_signed(cn=common_name, key_usage=usage)
    csr, _ = scep.SigningRequest.generate_csr(cn=common_name, key_usage=usage, password=challenge, private_key=key)
    enrolled = client.enrol(csr=csr, identity=identity, identity_private_key=key)
    report = {"enrol": said(scep, enrolled), "capabilities": sorted(cap.name for cap in client.get_ca_capabilities().caps)}
    if report["enrol"] == "success":
        certificate = enrolled.certificates[0]
        (folder / "pyscep.pem").write_bytes(certificate.to_pem())
        (folder / "pyscep.key").write_bytes(key.to_pem())
        transaction = scep.client.hex_digest_for_data(data=csr.public_key.to_der(), algorithm="sha1")
        asking = {"identity": identity, "identity_private_key": key}
        polled = client.poll(subject=certificate.subject, transaction_id=transaction, **asking)
        report["poll"] = said(scep, polled)
        report["same"] = report["poll"] == "success" and polled.certificates[0].to_der() == certificate.to_der()
        report["unknown"] = said(scep, client.poll(subject=certificate.subject, transaction_id="nobody's", **asking))
        report["get_cert"] = said(scep, client.get_cert(serial_number=certificate.serial_number, **asking))
        report["get_crl"] = said(scep, client.get_crl(serial_number=certificate.serial_number, **asking))
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
