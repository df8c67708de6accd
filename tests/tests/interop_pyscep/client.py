"""PyScep as a device: enrols and asks once more (CertPoll), asks for certificates and lists (GetCert, GetCRL), and
enrols with the next generation of an authority (GetNextCACert).

    client.py enrol URL FOLDER COMMON_NAME CHALLENGE   into an empty folder
    client.py poll URL FOLDER                          for what was pending
    client.py ask URL FOLDER SERIAL                    for its own certificate, for this one, and for its list
    client.py next URL FOLDER COMMON_NAME CHALLENGE ISSUING   where the file ISSUING holds the current authority

Writes key and certificates into the folder and prints one JSON object with what the server said.
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


USAGE = {"digital_signature", "key_encipherment"}


def said(scep, status):
    """It has only the fields that its outcome has."""
    if status.status.name == "FAILURE":
        return scep.FailInfo(status.fail_info).name
    return status.status.name.lower()


class Device:
    """A key, and the certificate that its messages are signed with, in a folder."""

    def __init__(self, scep, url, folder, common_name=None):
        self.scep, self.client, self.folder = scep, scep.Client(url), pathlib.Path(folder)
        if common_name is not None:
            identity, key = scep.SigningRequest.generate_self_signed(cn=common_name, key_usage=USAGE)
            (self.folder / "pyscep.key").write_bytes(key.to_pem())
            (self.folder / "identity.pem").write_bytes(identity.to_pem())
        self.key = scep.PrivateKey.from_pem_file(self.folder / "pyscep.key")
        self.identity = scep.Certificate.from_pem_file(self.folder / "identity.pem")

    @property
    def certificate(self):
        return self.scep.Certificate.from_pem_file(self.folder / "pyscep.pem")

    def signed(self, identity=None):
        return {"identity": identity or self.identity, "identity_private_key": self.key}

    def enrol(self, common_name, challenge):
        csr, _ = self.scep.SigningRequest.generate_csr(
            cn=common_name, key_usage=USAGE, password=challenge, private_key=self.key)
        return self.keep(self.client.enrol(csr=csr, **self.signed()))

    def poll(self, transaction=None):
        of_key = self.scep.client.hex_digest_for_data(data=self.key.public_key.to_der(), algorithm="sha1")
        return self.client.poll(subject=self.identity.subject, transaction_id=transaction or of_key, **self.signed())

    def keep(self, status):
        if said(self.scep, status) == "success":
            (self.folder / "pyscep.pem").write_bytes(status.certificates[0].to_pem())
        return status


def enrol(scep, url, folder, common_name, challenge):
    device = Device(scep, url, folder, common_name)
    report = {"enrol": said(scep, device.enrol(common_name, challenge))}
    report["capabilities"] = sorted(capability.name for capability in device.client.get_ca_capabilities().caps)
    polled = device.poll()
    report["poll"] = said(scep, polled)
    if report["poll"] == "success":
        report["same"] = polled.certificates[0].to_der() == device.certificate.to_der()
    report["unknown"] = said(scep, device.poll("nobody's"))
    return report


def poll(scep, url, folder):
    device = Device(scep, url, folder)
    return {"poll": said(scep, device.keep(device.poll()))}


def ask(scep, url, folder, serial):
    device = Device(scep, url, folder)
    client, own, serial = device.client, device.certificate, int(serial, 16)
    report = {}
    found = client.get_cert(serial_number=own.serial_number, **device.signed())
    report["own"] = said(scep, found)
    report["same"] = report["own"] == "success" and found.certificates[0].to_der() == own.to_der()
    found = client.get_cert(serial_number=serial, **device.signed(own))
    report["other"] = said(scep, found)
    report["other_serial"] = found.certificates[0].serial_number == serial if report["other"] == "success" else None
    # Who has no certificate here is told of nobody's but the one of its own key.
    report["stranger"] = said(scep, client.get_cert(serial_number=serial, **device.signed()))
    report["no_certificate"] = said(scep, client.get_cert(serial_number=4711, **device.signed(own)))
    lists = client.get_crl(serial_number=serial, **device.signed(own))
    report["list"] = said(scep, lists)
    if report["list"] == "success":
        (device.folder / "list.pem").write_bytes(lists.crl.to_pem())
    report["no_list"] = said(scep, client.get_crl(serial_number=4711, **device.signed(own)))
    return report


def following(scep, url, folder, common_name, challenge, issuing):
    """Its own rollover_certificate looks for the certificates beside the signature, where nobody signs them."""
    from asn1crypto import cms
    from scep.Client.message import SCEPMessage

    device = Device(scep, url, folder, common_name)
    report = {"rollover": device.client.get_ca_capabilities().is_rollover_supported()}
    answer = scep.client.requests.get(url, params={"operation": "GetNextCACert", "message": ""})
    report["type"] = answer.headers["content-type"]
    message = SCEPMessage.parse(answer.content, signer_cert=scep.Certificate.from_pem_file(issuing))
    inner = cms.ContentInfo.load(message.signed_data.native)["content"]
    certificates = [scep.Certificate(certificate=one.chosen) for one in inner["certificates"]]
    (device.folder / "next.pem").write_bytes(b"".join(one.to_pem() for one in certificates))
    authorities = scep.CACertificates(certificates)
    device.client.get_ca_certs = lambda identifier=None: authorities
    report["enrol"] = said(scep, device.enrol(common_name, challenge))
    return report


def main():
    command, *arguments = sys.argv[1:]
    commands = {"enrol": enrol, "poll": poll, "ask": ask, "next": following}
    json.dump(commands[command](import_scep(), *arguments), sys.stdout)


if __name__ == "__main__":
    main()
