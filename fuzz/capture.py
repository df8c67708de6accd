"""Fills seeds/scep with messages of other people's SCEP clients and servers and of OpenSSL.

    python3 capture.py
    python3 capture.py replies [scepserver]    only the replies, from the scepserver named

A server that only listens gives every client the certificate in keys/recipient.pem and writes down the
PKIOperation bodies. The fuzz targets hold the key of that certificate, so that a seed opens all the way.
Needs Debian's scep, strongswan-pki (with libstrongswan-extra-plugins), certmonger and openssl, and PyScep.
"""

import base64
import http.server
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import threading
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "core/testdata/scep"))
import make  # noqa: E402  signs with attributes through libcrypto
KEYS = HERE / "keys"
SEEDS = HERE / "seeds" / "scep"
RECIPIENT = KEYS / "recipient.pem"
KEY = KEYS / "recipient.key.pem"


class Listener(http.server.BaseHTTPRequestHandler):
    # Without SHA-384 strongSwan 5.9.8 believes that there is no AES either.
    capabilities = b"AES\nDES3\nPOSTPKIOperation\nRenewal\nSHA-256\nSHA-384\nSHA-512\nSCEPStandard\n"

    def do_GET(self):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        operation = query.get("operation")
        if operation == "GetCACaps":
            self.answer("text/plain", self.capabilities)
        elif operation == "GetCACert":
            self.answer("application/x-x509-ca-cert", der(RECIPIENT, "x509"))
        else:
            text = query.get("message", "").replace(" ", "+")
            self.keep(base64.b64decode("".join(text.split())))

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.keep(self.rfile.read(length))

    def keep(self, body):
        if body:
            name = self.server.client
            (SEEDS / name).write_bytes(body)
            print(name, len(body))
        self.answer("application/x-pki-message", b"", 500)

    def answer(self, kind, body, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def der(path, kind):
    command = ["openssl", kind, "-in", path, "-outform", "DER"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def try_for(seconds, *command, **options):
    """Clients never get an answer that they like, so their exit says nothing."""
    try:
        subprocess.run(command, capture_output=True, timeout=seconds, **options)
    except subprocess.TimeoutExpired:
        pass


def make_recipient():
    if RECIPIENT.exists():
        return
    KEYS.mkdir(exist_ok=True)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", KEY, "-out", RECIPIENT,
            "-subj", "/CN=fuzz recipient", "-days", "36500", "-addext",
            "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign,cRLSign")
    openssl("pkey", "-in", KEY, "-pubout", "-out", KEYS / "recipient.pub.pem")


def make_signer():
    """The key and certificate that the target cms signs with, 1024 bits because it does so each time."""
    if not (KEYS / "signer.der").exists():
        openssl("req", "-x509", "-newkey", "rsa:2048", "-noenc", "-keyout", KEYS / "signer.key.pem", "-outform", "DER",
                "-out", KEYS / "signer.der", "-subj", "/CN=fuzz signer", "-days", "36500")


def scepclient(url, folder, client):
    client("scepclient-enrol")
    command = ["scepclient", "-server-url", url, "-challenge", "secret", "-cn", "dev1",
               "-private-key", "c.key", "-certificate", "c.pem"]
    try_for(8, *command, cwd=folder)
    if (folder / "self.pem").exists():
        (folder / "self.pem").rename(folder / "c.pem")
    else:
        openssl("req", "-x509", "-key", folder / "c.key", "-subj", "/CN=dev1", "-out", folder / "c.pem")
    client("scepclient-renewal")
    try_for(8, *command, cwd=folder)


def strongswan(url, folder, client):
    openssl("genrsa", "-traditional", "-out", folder / "s.pem", "2048")
    for cipher in "aes", "des3":
        for digest in "sha1", "sha256", "sha512":
            client(f"strongswan-{cipher}-{digest}")
            try_for(8, "pki", "--scep", "--url", url, "--in", folder / "s.pem", "--dn", "O=test, CN=dev",
                    "--san", "dev.example", "--password", "secret", "--cipher", cipher, "--digest", digest,
                    "--cacert-enc", RECIPIENT, "--cacert-sig", RECIPIENT, "--cacert", RECIPIENT)


def pyscep(url, folder, client):
    """With the Python that PYSCEP names, such as the one of the tests' virtual environment."""
    client("pyscep")
    program = os.environ.get("PYSCEP", sys.executable)
    try_for(20, program, HERE.parent / "tests/tests/interop_pyscep/client.py", url, "secret", "dev5", folder)


def certmonger(url, folder, client):
    client("certmonger")
    script = f"""
        /usr/lib/certmonger/certmonger-session -n -d 0 &
        sleep 2
        getcert add-scep-ca -s -c listener -u {url}
        getcert request -s -c listener -k {folder}/m.key -f {folder}/m.pem -N CN=dev2 -D dev2.example -L secret
        sleep 12
        kill %1
    """
    home = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    try_for(40, "dbus-run-session", "--", "bash", "-c", script, env=home)


def envelopes(folder):
    """EnvelopedData as OpenSSL writes it: definite and indefinite lengths, each cipher, both paddings."""
    folder_out = HERE / "seeds" / "cms"
    folder_out.mkdir(parents=True, exist_ok=True)
    request = folder / "request.der"
    openssl("req", "-new", "-newkey", "rsa:2048", "-noenc", "-keyout", folder / "k.pem", "-subj", "/CN=dev3",
            "-outform", "DER", "-out", request)
    for cipher in "aes128", "aes192", "aes256", "des3":
        for padding in "pkcs1", "oaep":
            for stream in [], ["-stream"]:
                out = folder_out / "-".join(["openssl", cipher, padding, *[s.strip("-") for s in stream]])
                openssl("cms", "-encrypt", "-binary", *stream, f"-{cipher}", "-in", request, "-outform", "DER",
                        "-out", out, "-recip", RECIPIENT, "-keyopt", f"rsa_padding_mode:{padding}")
                print(out.name)
    for digest in "sha1", "sha256", "sha384", "sha512":
        out = folder_out / f"openssl-signed-{digest}"
        openssl("cms", "-sign", "-binary", "-nodetach", "-md", digest, "-in", request, "-outform", "DER",
                "-out", out, "-signer", RECIPIENT, "-inkey", KEY, "-stream")
    openssl("crl2pkcs7", "-nocrl", "-certfile", RECIPIENT, "-outform", "DER", "-out", folder_out / "openssl-certs-only")


def requests(folder):
    """Certification requests of each key kind."""
    out = HERE / "seeds" / "csr"
    out.mkdir(parents=True, exist_ok=True)
    kinds = {"rsa": ["rsa:2048"], "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
             "p384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "ed25519": ["ed25519"]}
    configuration = folder / "csr.cnf"
    configuration.write_text("[req]\ndistinguished_name=dn\nattributes=attributes\nprompt=no\n[dn]\nC=NO\nO=test\n"
                             "CN=dev4\n[attributes]\nchallengePassword=secret\n")
    names = "subjectAltName=DNS:dev.example,email:dev@example.org,URI:urn:x:1,IP:10.0.0.1,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:dev@example.org"
    for name, kind in kinds.items():
        openssl("req", "-new", "-newkey", *kind, "-noenc", "-keyout", folder / "k.pem", "-config", configuration,
                "-addext", names, "-outform", "DER", "-out", out / f"openssl-{name}")
    for message in sorted((HERE / "seeds" / "cms").glob("openssl-aes128-pkcs1")):
        plain = subprocess.run(["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", message,
                                "-recip", RECIPIENT, "-inkey", KEY], check=True, capture_output=True).stdout
        (out / "openssl-plain").write_bytes(plain)
    for message in sorted(SEEDS.iterdir()):
        content = subprocess.run(["openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", message],
                                 capture_output=True).stdout
        plain = subprocess.run(["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-inkey", KEY,
                                "-recip", RECIPIENT, "-provider", "legacy", "-provider", "default"],
                               input=content, capture_output=True).stdout
        if plain:
            (out / message.name).write_bytes(plain)
        (HERE / "seeds" / "cms" / message.name).write_bytes(content)


def openssl_replies(folder):
    """Replies to transaction 1, whose nonce is zero octets: what the target scep waits for."""
    certificates = folder / "certificates.der"
    openssl("crl2pkcs7", "-nocrl", "-certfile", RECIPIENT, "-outform", "DER", "-out", certificates)
    for name, status, cipher, more in [
        ("aes128", b"0", "aes128", []), ("aes256", b"0", "aes256", []), ("des3", b"0", "des3", []),
        ("failure", b"2", None, [(make.SCEP + "4", make.PRINTABLE_STRING, b"2")]), ("pending", b"3", None, []),
    ]:
        envelope = b""
        if cipher:
            envelope = subprocess.run(["openssl", "cms", "-encrypt", "-binary", f"-{cipher}", "-in", certificates, "-outform",
                                       "DER", "-recip", RECIPIENT], check=True, capture_output=True).stdout
        attributes = [(make.SCEP + "3", make.PRINTABLE_STRING, status), (make.SCEP + "6", make.OCTET_STRING, bytes(16)), *more]
        reply = make.signed(envelope, message_type="3", signer="recipient", transaction_id="1", more=attributes)
        (SEEDS / f"reply-openssl-{name}").write_bytes(reply)
        print(name, len(reply))


def scepserver_replies(folder, program):
    """The same transaction with a scepserver that has the recipient's key and certificate as its own."""
    depot = folder / "depot"
    depot.mkdir()
    (depot / "ca.pem").write_bytes(RECIPIENT.read_bytes())
    openssl("rsa", "-in", KEY, "-traditional", "-des3", "-passout", "pass:depot", "-out", depot / "ca.key")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    version = subprocess.run([program, "-version"], capture_output=True, text=True).stdout.split()
    version = next((word for word in version if word[:1].isdigit()), "unknown")
    command = [program, "-depot", depot, "-port", str(port), "-challenge", "secret", "-capass", "depot", "-crtvalid", "3650"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        configuration = folder / "reply.cnf"
        for name, challenge in ("success", "secret"), ("failure", "wrong"):
            configuration.write_text(f"[req]\nprompt=no\ndistinguished_name=dn\nattributes=at\n[dn]\nCN={name}\n[at]\nchallengePassword={challenge}\n")
            openssl("req", "-new", "-key", KEY, "-config", configuration, "-outform", "DER", "-out", folder / "reply.csr")
            envelope = subprocess.run(["openssl", "cms", "-encrypt", "-binary", "-aes128", "-in", folder / "reply.csr", "-outform",
                                       "DER", "-recip", RECIPIENT], check=True, capture_output=True).stdout
            message = make.signed(envelope, message_type="19", signer="recipient", transaction_id="1", nonce=bytes(16))
            reply = post(f"http://127.0.0.1:{port}/scep?operation=PKIOperation", message)
            (SEEDS / f"reply-scepserver-{version}-{name}").write_bytes(reply)
            print(version, name, len(reply))
    finally:
        server.kill()
        server.wait()


def post(url, body):
    for _ in range(50):
        try:
            return urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=20).read()
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError):
                raise
            time.sleep(0.1)
    raise RuntimeError("the server does not listen")


def replies(folder, program="scepserver"):
    for name in "recipient.pem", "recipient.key":
        (folder / name).write_bytes((RECIPIENT if name.endswith("pem") else KEY).read_bytes())
    make.HERE = folder
    openssl_replies(folder)
    scepserver_replies(folder, program)


def main():
    SEEDS.mkdir(parents=True, exist_ok=True)
    make_recipient()
    make_signer()
    if sys.argv[1:2] == ["replies"]:
        with tempfile.TemporaryDirectory() as folder:
            replies(pathlib.Path(folder), *sys.argv[2:])
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/scep"

    def client(name):
        server.client = name

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for run in scepclient, strongswan, pyscep, certmonger:
            run(url, folder, client)
        envelopes(folder)
        requests(folder)
        replies(folder)


if __name__ == "__main__":
    main()
