// pkijs, over WebCrypto.

import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { der } from "./cast.mjs";

pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto }));

export function pkiOf({ authority, csr, webCrypto }) {
  const issuer = pkijs.Certificate.fromBER(der(authority.certificate));
  const parse = () => pkijs.CertificationRequest.fromBER(der(csr));
  const extension = (extnID, critical, value) => new pkijs.Extension({ extnID, critical, extnValue: value.toBER() });
  return {
    parse,
    async verify() {
      if (!(await parse().verify())) throw new Error("pkijs does not like the request");
    },
    async sign() {
      const request = parse();
      if (!(await request.verify())) throw new Error("pkijs does not like the request");
      const certificate = new pkijs.Certificate();
      certificate.version = 2;
      certificate.serialNumber = new asn1js.Integer({ valueHex: crypto.getRandomValues(new Uint8Array(16)).map((octet, index) => (index ? octet : 1)).buffer });
      certificate.subject = request.subject;
      certificate.issuer = issuer.subject;
      certificate.notBefore.value = new Date();
      certificate.notAfter.value = new Date(Date.now() + 31_536_000_000);
      certificate.subjectPublicKeyInfo = request.subjectPublicKeyInfo;
      const spki = await crypto.subtle.digest("SHA-1", request.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView);
      certificate.extensions = [
        extension("2.5.29.15", true, new asn1js.BitString({ valueHex: new Uint8Array([0x80]).buffer, unusedBits: 7 })),
        extension("2.5.29.37", false, new pkijs.ExtKeyUsage({ keyPurposes: ["1.3.6.1.5.5.7.3.2"] }).toSchema()),
        extension("2.5.29.14", false, new asn1js.OctetString({ valueHex: spki })),
        extension("2.5.29.35", false, new pkijs.AuthorityKeyIdentifier({ keyIdentifier: new asn1js.OctetString({ valueHex: spki }) }).toSchema()),
      ];
      await certificate.sign(webCrypto, "SHA-256");
      return Buffer.from(certificate.toSchema(true).toBER()).toString("base64");
    },
    certificate: (pem) => pkijs.Certificate.fromBER(der(pem)).subject.typesAndValues[0].value.valueBlock.value,
  };
}
