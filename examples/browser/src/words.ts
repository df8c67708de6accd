/** What names of the engine and of the standards are called here, where taking them apart gives no good words. */
const WORDS: { readonly [name: string]: string } = {
  aes_256_cbc: "AES-256-CBC",
  authorityInfoAccess: "Where its issuer and status are",
  ca: "May issue certificates",
  certificate_list: "Revocation list",
  certificate_request: "Certification request",
  cms: "Signed or encrypted message (CMS)",
  crlDistributionPoints: "Where its revocation list is",
  cRLDistributionPoints: "Where its revocation list is",
  cRLNumber: "Number of the list",
  deltaCRLIndicator: "Changes to the list of the number",
  ec_parameters: "EC parameters",
  extendedKeyUsage: "Purposes",
  jks: "Java keystore",
  p256: "P-256",
  p384: "P-384",
  p521: "P-521",
  ocsp_request: "OCSP request",
  ocsp_response: "OCSP response",
  oid: "Object identifier",
  pem_label: "PEM label",
  pkcs12: "Keystore (PKCS#12)",
  sha1: "SHA-1",
  sha256: "SHA-256",
  subjectAltName: "Names",
  url: "URL",
};

/** `not_after` or `keyUsage` as words. */
export function words(name: string): string {
  const known = lookUp(WORDS, name);
  if (known !== undefined) return known;
  const apart = name.replace(/_/g, " ").replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  const spelled = apart.replace(/\b(ca|crl|ocsp|pem|rsa|url)\b/g, (letters) => letters.toUpperCase());
  return spelled.charAt(0).toUpperCase() + spelled.slice(1);
}

/** What a table has by a name that a file may have chosen: nothing for `constructor`. */
export function lookUp(table: { readonly [name: string]: string }, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The common name of a subject, or the subject. */
export function shortName(subject: string): string {
  const found = /(?:^|,)CN=((?:\\.|[^,\\])+)/.exec(subject)?.[1];
  return found?.replace(/\\(.)/g, "$1") ?? (subject === "" ? "no name" : subject);
}

/** `3 findings`, `1 finding`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
