// node-forge: RSA alone, in JavaScript.

import forge from "node-forge";

export function forgeOf({ kind, authority, csr, root }) {
  if (kind !== "RSA-2048") return undefined;
  const key = forge.pki.privateKeyFromPem(root.private_key);
  const issuer = forge.pki.certificateFromPem(authority.certificate);
  const parse = () => forge.pki.certificationRequestFromPem(csr);
  return {
    parse,
    verify() {
      if (!parse().verify()) throw new Error("node-forge does not like the request");
    },
    sign() {
      const request = parse();
      if (!request.verify()) throw new Error("node-forge does not like the request");
      const certificate = forge.pki.createCertificate();
      certificate.publicKey = request.publicKey;
      certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(16))}`;
      certificate.validity.notBefore = new Date();
      certificate.validity.notAfter = new Date(Date.now() + 31_536_000_000);
      certificate.setSubject(request.subject.attributes);
      certificate.setIssuer(issuer.subject.attributes);
      certificate.setExtensions([
        { name: "keyUsage", critical: true, digitalSignature: true, keyEncipherment: true },
        { name: "extKeyUsage", clientAuth: true },
        { name: "subjectKeyIdentifier" },
        { name: "authorityKeyIdentifier", keyIdentifier: true },
      ]);
      certificate.sign(key, forge.md.sha256.create());
      return forge.pki.certificateToPem(certificate);
    },
    certificate: (pem) => forge.pki.certificateFromPem(pem).subject.getField("CN").value,
    generate: () => forge.pki.rsa.generateKeyPair({ bits: 2048 }),
  };
}
