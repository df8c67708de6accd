// @peculiar/x509, over WebCrypto.

import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { algorithmOf } from "./cast.mjs";

x509.cryptoProvider.set(crypto);

export function peculiarOf({ kind, authority, csr, webCrypto }) {
  const issuer = new x509.X509Certificate(authority.certificate);
  const parse = () => new x509.Pkcs10CertificateRequest(csr);
  return {
    // It reads a field when it is asked for it.
    parse: () => parse().subject,
    async verify() {
      if (!(await parse().verify())) throw new Error("@peculiar/x509 does not like the request");
    },
    async sign() {
      const request = parse();
      if (!(await request.verify())) throw new Error("@peculiar/x509 does not like the request");
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: `01${Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex")}`,
        subject: request.subject,
        issuer: issuer.subject,
        notBefore: new Date(),
        notAfter: new Date(Date.now() + 31_536_000_000),
        signingAlgorithm: algorithmOf(kind),
        publicKey: request.publicKey,
        signingKey: webCrypto,
        extensions: [
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.2"]),
          await x509.SubjectKeyIdentifierExtension.create(request.publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(issuer),
        ],
      });
      return certificate.toString("pem");
    },
    certificate: (pem) => new x509.X509Certificate(pem).subject,
  };
}
