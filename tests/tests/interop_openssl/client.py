"""A SCEP client (RFC 8894) of another make: OpenSSL encrypts, opens and verifies, this writes the rest.

It can do what no packaged client does: indefinite lengths, OAEP, odd string types, missing attributes.
Prints one JSON object: the attributes of the reply and the certificate, if there is one.
"""

import argparse
import base64
import json
import pathlib
import subprocess
import sys
import urllib.parse
import urllib.request

from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SCEP = "2.16.840.1.113733.1.9."
STRINGS = {"printable": 0x13, "utf8": 0x0C, "ia5": 0x16, "t61": 0x14}
DIGESTS = {
    "sha1": ("1.3.14.3.2.26", hashes.SHA1),
    "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256),
    "sha384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384),
    "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512),
}
RSA = "1.2.840.113549.1.1.1"
SHA256_WITH_RSA = "1.2.840.113549.1.1.11"


def tlv(tag, *parts):
    """DER: a tag, the shortest length, the content."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(content).to_bytes(size, "big") + content


def indefinite(tag, *parts):
    """BER: a constructed element whose end is marked (X.690 8.1.3.6)."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def oid(text):
    numbers = [int(part) for part in text.split(".")]
    out = b""
    for number in [40 * numbers[0] + numbers[1], *numbers[2:]]:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        out += bytes(reversed(digits))
    return tlv(6, out)


def attribute(kind, value):
    return tlv(0x30, oid(kind), tlv(0x31, value))


def algorithm(kind):
    return tlv(0x30, oid(kind), tlv(5))


def name(common_name):
    return tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), tlv(0x0C, common_name.encode()))))


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sign(key, data, digest=hashes.SHA256):
    return key.sign(data, padding.PKCS1v15(), digest())


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def certification_request(key, options):
    """RFC 2986, with the challenge password in the string type that is wanted."""
    challenge = tlv(STRINGS[options.challenge_type], options.challenge.encode())
    attributes = tlv(0xA0, attribute("1.2.840.113549.1.9.7", challenge) if options.challenge else b"")
    info = tlv(0x30, integer(0), name(options.common_name), spki(key), attributes)
    return tlv(0x30, info, algorithm(SHA256_WITH_RSA), tlv(3, b"\0", sign(key, info)))


def self_signed(key, options):
    """An X.509 certificate of version 1 with a long serial number, as certmonger makes one."""
    validity = tlv(0x30, tlv(0x17, b"200101000000Z"), tlv(0x17, b"491231235959Z"))
    serial = integer(0xA9 << 248 | options.nonce)
    subject = name(options.common_name)
    info = tlv(0x30, serial, algorithm(SHA256_WITH_RSA), subject, validity, subject, spki(key))
    issuer_and_serial = tlv(0x30, subject, serial)
    return tlv(0x30, info, algorithm(SHA256_WITH_RSA), tlv(3, b"\0", sign(key, info))), issuer_and_serial


def signer_of(key, options):
    """Who signs the message: key, certificate and how it is named; without --signer, the new key for itself."""
    if not options.signer:
        return key, *self_signed(key, options)
    der = openssl("x509", "-in", options.signer, "-outform", "DER")
    certificate = asn1_x509.Certificate.load(der)
    issuer_and_serial = tlv(0x30, certificate.issuer.dump(), integer(certificate.serial_number))
    signer_key = serialization.load_pem_private_key(pathlib.Path(options.signer_key).read_bytes(), None)
    return signer_key, der, issuer_and_serial


def openssl(*arguments, data=b""):
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)
    if done.returncode:
        sys.exit(f"openssl {' '.join(map(str, arguments))}: {done.stderr.decode()}")
    return done.stdout


def envelope(request, options):
    """EnvelopedData by OpenSSL; -stream makes it write indefinite lengths."""
    command = ["cms", "-encrypt", "-binary", "-outform", "DER", f"-{options.cipher}", "-recip", options.recipient]
    if options.cipher == "des-cbc":
        command += ["-provider", "legacy", "-provider", "default"]
    if options.indefinite:
        command.append("-stream")
    if options.padding != "pkcs1":
        md = options.padding.removeprefix("oaep-")
        command += ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", f"rsa_oaep_md:{md}", "-keyopt", f"rsa_mgf1_md:{md}"]
    return openssl(*command, data=request)


def signed_attributes(content, digest, options):
    hasher = hashes.Hash(digest())
    hasher.update(content)
    attributes = [
        attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")),
        attribute("1.2.840.113549.1.9.4", tlv(4, hasher.finalize())),
        attribute(SCEP + "2", tlv(0x13, options.message_type.encode())),
        attribute(SCEP + "7", tlv(0x13, options.transaction_id.encode())),
    ]
    if options.nonce_size:
        attributes.append(attribute(SCEP + "5", tlv(4, options.nonce.to_bytes(options.nonce_size, "big"))))
    # The order of DER, unless a client is played that does not sort.
    return attributes if options.unsorted else sorted(attributes)


def signed_data(content, key, options):
    digest_oid, digest = DIGESTS[options.digest]
    key, certificate, issuer_and_serial = signer_of(key, options)
    attributes = b"".join(signed_attributes(content, digest, options))
    signature = sign(key, tlv(0x31, attributes), digest)
    signer = tlv(0x30, integer(1), issuer_and_serial, algorithm(digest_oid), tlv(0xA0, attributes),
                 algorithm(RSA), tlv(4, signature))
    if not options.indefinite:
        octets, wrap = tlv(4, content), tlv
    else:
        # An OCTET STRING in pieces, as streaming writers make it.
        pieces = [tlv(4, content[start:start + 1000]) for start in range(0, len(content), 1000)]
        octets, wrap = indefinite(0x24, *pieces), indefinite
    inner = wrap(0x30, oid("1.2.840.113549.1.7.1"), wrap(0xA0, octets))
    data = wrap(0x30, integer(1), tlv(0x31, algorithm(digest_oid)), inner, wrap(0xA0, certificate), tlv(0x31, signer))
    return wrap(0x30, oid("1.2.840.113549.1.7.2"), wrap(0xA0, data)), certificate


def send(message, options):
    if options.method == "get":
        text = urllib.parse.quote(base64.b64encode(message), safe="")
        request = urllib.request.Request(f"{options.url}?operation=PKIOperation&message={text}")
    else:
        headers = {"Content-Type": "application/x-pki-message"}
        request = urllib.request.Request(f"{options.url}?operation=PKIOperation", data=message, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.read()


def has_content(reply):
    return asn1_cms.ContentInfo.load(reply)["content"]["encap_content_info"]["content"].native is not None


def attributes_of(reply):
    """The SCEP attributes by the last number of their object identifiers."""
    attributes = asn1_cms.ContentInfo.load(reply)["content"]["signer_infos"][0]["signed_attrs"]
    scep = (entry for entry in attributes if entry["type"].dotted.startswith(SCEP))
    return {int(entry["type"].dotted.removeprefix(SCEP)): entry["values"][0].native for entry in scep}


def is_sorted(reply):
    """Whether the signed attributes are in the order of DER: BouncyCastle sorts them before it verifies."""
    attributes = asn1_cms.ContentInfo.load(reply)["content"]["signer_infos"][0]["signed_attrs"]
    encodings = [attribute.dump() for attribute in attributes]
    return encodings == sorted(encodings)


def open_reply(reply, key_file, certificate, options):
    """OpenSSL verifies the signature up to the root and decrypts."""
    # A failure has no content at all, which OpenSSL takes for a detached signature.
    detached = [] if has_content(reply) else ["-content", "/dev/null"]
    envelope = openssl("cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-no-CApath", "-CAfile",
                       options.root, *detached, data=reply)
    attributes = attributes_of(reply)
    result = {
        "message_type": attributes.get(2), "status": attributes.get(3), "fail_info": attributes.get(4),
        "transaction_id": attributes.get(7),
        "nonce_returned": attributes.get(6) == options.nonce.to_bytes(options.nonce_size, "big") if options.nonce_size else None,
        "sorted": is_sorted(reply),
        "has_sender_nonce": len(attributes.get(5, b"")) == 16,
    }
    if attributes.get(3) == "0":
        enveloped = asn1_cms.ContentInfo.load(envelope)["content"]
        encryption = enveloped["encrypted_content_info"]["content_encryption_algorithm"]
        result["cipher"] = encryption["algorithm"].native
        transport = enveloped["recipient_infos"][0].chosen["key_encryption_algorithm"]
        result["transport"] = transport["algorithm"].native
        signer = key_file.with_suffix(".crt")
        signer.write_bytes(openssl("x509", "-inform", "DER", data=certificate))
        certificates = openssl("cms", "-decrypt", "-binary", "-inform", "DER", "-inkey", key_file, "-recip", signer,
                               data=envelope)
        result["certificates"] = openssl("pkcs7", "-inform", "DER", "-print_certs", data=certificates).decode()
    return result


def main():
    parser = argparse.ArgumentParser()
    for required in "url", "common-name", "challenge", "recipient", "root", "key":
        parser.add_argument(f"--{required}", required=True)
    parser.add_argument("--method", default="post", choices=["get", "post"])
    parser.add_argument("--cipher", default="aes-128-cbc")
    parser.add_argument("--padding", default="pkcs1", choices=["pkcs1", "oaep-sha1", "oaep-sha256"])
    parser.add_argument("--digest", default="sha256", choices=DIGESTS)
    parser.add_argument("--challenge-type", default="printable", choices=STRINGS)
    parser.add_argument("--message-type", default="19")
    parser.add_argument("--transaction-id")
    parser.add_argument("--signer", help="the file of a certificate, in place of a self-signed one")
    parser.add_argument("--signer-key", help="the file of its key")
    parser.add_argument("--nonce-size", type=int, default=16)
    parser.add_argument("--indefinite", action="store_true")
    parser.add_argument("--unsorted", action="store_true")
    options = parser.parse_args()
    options.nonce = 0x4242424242424242
    options.transaction_id = options.transaction_id or f"id/{options.common_name}+="

    key_file = pathlib.Path(options.key)
    if not key_file.exists():
        key_file.write_bytes(rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    message, certificate = signed_data(envelope(certification_request(key, options), options), key, options)
    addressee = pathlib.Path(options.signer_key or options.key)
    result = open_reply(send(message, options), addressee, certificate, options)
    result["transaction_id_sent"] = options.transaction_id
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
