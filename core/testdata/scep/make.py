#!/usr/bin/env python3
"""Makes the files beside it: keys, certificates, and SCEP requests that OpenSSL wrote.

Run it in an empty copy of this folder: python3 make.py. It needs the `openssl` command (3.0 or
later, with its legacy provider) and libcrypto. The command line cannot add attributes to a
signature, so the SignedData is made through libcrypto; everything else is `openssl`.
"""

import ctypes
import ctypes.util
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
SERIAL_33_OCTETS = "0x" + "5a" * 33
TRANSACTION_ID = "8" * 77

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in [
    "BIO_new_mem_buf", "BIO_new", "BIO_s_mem", "PEM_read_bio_X509", "PEM_read_bio_PrivateKey", "CMS_sign",
    "CMS_add1_signer", "EVP_get_digestbyname", "OBJ_txt2obj",
]:
    getattr(crypto, name).restype = ctypes.c_void_p

CMS_PARTIAL, CMS_BINARY, CMS_STREAM, CMS_NOATTR_SMIMECAP, CMS_USE_KEYID = 0x4000, 0x80, 0x1000, 0x200, 0x10000
PRINTABLE_STRING, UTF8_STRING, OCTET_STRING = 19, 12, 4
SCEP = "2.16.840.1.113733.1.9."


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=HERE, **options).stdout


def rsa_key(name):
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", f"{name}.key")


def certificate(name, subject, extensions, *, issuer=None, serial=None, key=None):
    """A certificate for name.key (or another key), self-signed unless there is an issuer; without
    extensions it has version 1."""
    key = key or name
    openssl("req", "-new", "-key", f"{key}.key", "-subj", subject, "-out", f"{name}.csr.tmp")
    signed_by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"] if issuer else ["-signkey", f"{key}.key"]
    extension_file = HERE / f"{name}.ext.tmp"
    extension_file.write_text(extensions)
    arguments = ["-extfile", extension_file.name] if extensions else []
    openssl(
        "x509", "-req", "-in", f"{name}.csr.tmp", *signed_by, "-days", "36500", "-sha256", "-out", f"{name}.pem",
        "-set_serial", serial or "0x1001", *arguments,
    )


def envelope(content, *, cipher="aes-128-cbc", keyopt=(), stream=False, recipient="ra", legacy=False):
    keyopts = [argument for option in keyopt for argument in ("-keyopt", option)]
    providers = ["-provider", "legacy", "-provider", "default"] if legacy else []
    streaming = ["-stream"] if stream else []
    return openssl(
        "cms", "-encrypt", "-binary", "-outform", "DER", f"-{cipher}", *streaming, *providers,
        "-recip", f"{recipient}.pem", *keyopts, input=content,
    )


def bio(data):
    return ctypes.c_void_p(crypto.BIO_new_mem_buf(data, len(data)))


def checked(result):
    if not result:
        raise RuntimeError("libcrypto refused")
    return ctypes.c_void_p(result)


def signed(content, *, message_type, signer="client", digest="sha256", stream=False, string_type=PRINTABLE_STRING,
           nonce=b"\x01" * 16, transaction_id=TRANSACTION_ID, key_identifier=False, more=()):
    """SignedData with the attributes of a SCEP request, and more of them: object identifier, string type, value."""
    certificate_pem = (HERE / f"{signer}.pem").read_bytes()
    key_pem = (HERE / (f"{signer}.key" if (HERE / f"{signer}.key").exists() else "client.key")).read_bytes()
    x509 = checked(crypto.PEM_read_bio_X509(bio(certificate_pem), None, None, None))
    key = checked(crypto.PEM_read_bio_PrivateKey(bio(key_pem), None, None, None))
    flags = CMS_PARTIAL | CMS_BINARY | CMS_NOATTR_SMIMECAP | (CMS_STREAM if stream else 0)
    cms = checked(crypto.CMS_sign(None, None, None, None, flags))
    algorithm = checked(crypto.EVP_get_digestbyname(digest.encode()))
    signer_flags = flags | (CMS_USE_KEYID if key_identifier else 0)
    signer_info = checked(crypto.CMS_add1_signer(cms, x509, key, algorithm, signer_flags))

    def attribute(oid, kind, value):
        checked(crypto.CMS_signed_add1_attr_by_txt(signer_info, oid.encode(), kind, value, len(value)))

    attribute(SCEP + "2", string_type, message_type.encode())
    attribute(SCEP + "7", string_type, transaction_id.encode())
    if nonce:
        attribute(SCEP + "5", OCTET_STRING, nonce)
    for oid, kind, value in more:
        attribute(oid, kind, value)
    out = ctypes.c_void_p(crypto.BIO_new(ctypes.c_void_p(crypto.BIO_s_mem())))
    source = bio(content)
    if stream:
        checked(crypto.i2d_CMS_bio_stream(out, cms, source, flags))
    else:
        checked(crypto.CMS_final(cms, source, None, flags))
        checked(crypto.i2d_CMS_bio(out, cms))
    buffer = ctypes.create_string_buffer(1 << 20)
    length = crypto.BIO_read(out, buffer, len(buffer))
    return buffer.raw[:length]


def request(file, *, message_type="19", content=None, envelope_options=None, change=bytes, **options):
    content = content or (HERE / "client.csr").read_bytes()
    sealed = change(envelope(content, **(envelope_options or {})))
    (HERE / file).write_bytes(signed(sealed, message_type=message_type, **options))


def names():
    """Subjects of the authority and of the client, and the RA's serial number, in DER."""
    def sequence(*parts):
        body = b"".join(parts)
        return b"\x30" + bytes([len(body)]) + body

    def common_name(text):
        text = text.encode()
        value = b"\x0c" + bytes([len(text)]) + text
        attribute = sequence(b"\x06\x03\x55\x04\x03", value)
        return sequence(b"\x31" + bytes([len(attribute)]) + attribute)

    authority, client = common_name("Test CA"), common_name("client")
    return sequence(authority, client), sequence(authority, b"\x02\x02\x10\x02")


def revocation_list(issuer):
    """A CRL of the issuer's, with one entry: the certificate 0x1003."""
    configuration = HERE / "ca.cnf.tmp"
    configuration.write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.tmp\ncrlnumber=number.tmp\ndefault_md=sha256\ndefault_crl_days=36500\n"
    )
    revoked = ["R", "21260101000000Z", "261101000000Z,keyCompromise", "1003", "unknown", "/CN=client"]
    (HERE / "index.tmp").write_text("\t".join(revoked) + "\n")
    (HERE / "number.tmp").write_text("01\n")
    openssl(
        "ca", "-gencrl", "-config", configuration.name, "-keyfile", f"{issuer}.key", "-cert", f"{issuer}.pem",
        "-out", f"{issuer}.crl",
    )


def make():
    for name in ["ca", "ra", "client"]:
        rsa_key(name)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ec.key")
    certificate("ca", "/CN=Test CA", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n")
    certificate("ra", "/CN=Test RA", "keyUsage=critical,digitalSignature,keyEncipherment\nsubjectKeyIdentifier=hash\n", issuer="ca", serial="0x1002")
    certificate("client", "/CN=client", "keyUsage=digitalSignature,keyEncipherment\nsubjectKeyIdentifier=hash\n")
    certificate("client-v1", "/CN=client", "", serial=SERIAL_33_OCTETS, key="client")
    certificate("client-issued", "/CN=client", "keyUsage=digitalSignature,keyEncipherment\n", issuer="ca", serial="0x1003", key="client")
    certificate("ec", "/CN=client", "")
    revocation_list("ca")
    configuration = HERE / "csr.cnf.tmp"
    configuration.write_text("[req]\nprompt=no\ndistinguished_name=dn\nattributes=at\n[dn]\nCN=client\n[at]\nchallengePassword=secret\n")
    openssl("req", "-new", "-key", "client.key", "-config", configuration.name, "-outform", "DER", "-out", "client.csr")
    openssl("req", "-new", "-key", "ra.key", "-subj", "/CN=client", "-outform", "DER", "-out", "stranger.csr")

    oaep, oaep_sha256 = ["rsa_padding_mode:oaep"], ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256"]
    request("aes128-sha256.der")
    request("aes192-oaep-sha512.der", envelope_options={"cipher": "aes-192-cbc", "keyopt": oaep}, digest="sha512")
    request("aes256-oaep256-sha384.der", envelope_options={"cipher": "aes-256-cbc", "keyopt": oaep_sha256}, digest="sha384")
    request("des3-sha1-ber.der", envelope_options={"cipher": "des3", "stream": True}, digest="sha1", stream=True)
    request("des-md5.der", envelope_options={"cipher": "des-cbc", "legacy": True}, digest="md5")
    request("v1-signer.der", signer="client-v1")
    request("issued-signer-renewal.der", signer="client-issued", message_type="17")
    request("key-identifier.der", key_identifier=True)
    request("utf8-no-nonce.der", string_type=UTF8_STRING, nonce=b"", transaction_id="Übung 1")
    request("nonce-8.der", nonce=b"\x02" * 8)
    request("ec-signer.der", signer="ec")
    request("type-18.der", message_type="18")
    request("wrong-recipient.der", envelope_options={"recipient": "ca"})
    request("garbage-inside.der", content=b"this is no certification request")
    rsa_encryption, nothing = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x00"
    request("key-transport-unknown.der", change=lambda sealed: sealed.replace(rsa_encryption, nothing))
    poll, serial = names()
    request("cert-poll.der", message_type="20", content=poll)
    request("get-cert.der", message_type="21", content=serial)
    for leftover in [*HERE.glob("*.tmp"), *HERE.glob("*.tmp.*"), *HERE.glob("*.old"), HERE / "ca.srl"]:
        leftover.unlink(missing_ok=True)


if __name__ == "__main__":
    make()
