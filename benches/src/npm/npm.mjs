// `npm.mjs SECONDS`: the npm package beside node-forge, @peculiar/x509, pkijs and jose, in this process of Node.

import * as jose from "jose";
import { algorithmOf, cast, certificates } from "./cast.mjs";
import { forgeOf } from "./forge.mjs";
import { row } from "./measure.mjs";
import { sealwright } from "./package_under_test.mjs";
import { peculiarOf } from "./peculiar.mjs";
import { pkiOf } from "./pki.mjs";
import { sizes } from "./sizes.mjs";

const CERTIFICATES = 1000;
/** In one text; 256 are the most that the engine reads. */
const BATCH = 250;
const OURS = "sealwright";
const OURS_WEBCRYPTO = "with WebCrypto";

await sealwright.init();
const seconds = Number(process.argv[2]);
const rows = [];
for (const kind of ["RSA-2048", "P-256"]) {
  const made = await cast(kind);
  rows.push(...(await requests(made)), ...(await tokens(made)), await parsing(made), await generation(kind));
}
process.stdout.write(JSON.stringify({ rows, sizes: await sizes() }));

async function requests(made) {
  const { kind, authority, csr, keys, webCrypto } = made;
  const peers = { "node-forge": forgeOf(made), "@peculiar/x509": peculiarOf(made), pkijs: pkiOf(made) };
  const theirs = (name) => Object.fromEntries(Object.entries(peers).flatMap(([peer, works]) => (works ? [[peer, works[name]]] : [])));
  const inspect = () => {
    if (sealwright.inspect({ input: csr }).objects[0].signature_valid !== true) throw new Error("the request is not good");
  };
  const request = { authority, csr, profile: "device-identity" };
  const signer = new sealwright.WebCryptoSigner({ root: webCrypto });
  return [
    await row(`${kind} parse CSR`, seconds, { [OURS]: inspect, ...theirs("parse") }),
    await row(`${kind} verify CSR`, seconds, { [OURS]: inspect, ...theirs("verify") }),
    await row(`${kind} sign CSR`, seconds, {
      [OURS]: () => sealwright.signCsr(request, keys),
      [OURS_WEBCRYPTO]: () => sealwright.signCsrAsync(request, signer),
      ...theirs("sign"),
    }),
  ];
}

async function tokens({ kind, keys, root, webCrypto, jws }) {
  const publicKey = await jose.importSPKI(root.public_key, jws);
  const token = { shape: "compatible", subject: "app", issuer: "portal", lifetime_seconds: 3600 };
  const request = { key: { id: "root", public_key: root.public_key }, algorithm: jws, token };
  const minted = sealwright.mintJwt(request, keys).token;
  const signer = new sealwright.WebCryptoSigner({ root: webCrypto });
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const policy = { issuers: ["portal"] };
  return [
    await row(`${kind} mint token`, seconds, {
      [OURS]: () => sealwright.mintJwt(request, keys),
      [OURS_WEBCRYPTO]: () => sealwright.mintJwtAsync(request, signer),
      jose: () => new jose.SignJWT({ sub: "app", iss: "portal", exp: expires }).setProtectedHeader({ alg: jws }).sign(webCrypto),
    }),
    await row(`${kind} verify token`, seconds, {
      [OURS]: () => sealwright.verifyJwt({ token: minted, keys: [{ public_key: root.public_key, algorithm: jws }], policy }),
      jose: () => jose.jwtVerify(minted, publicKey, { algorithms: [jws], issuer: "portal" }),
    }),
  ];
}

async function parsing(made) {
  const pems = certificates(made, CERTIFICATES);
  const batches = Array.from({ length: CERTIFICATES / BATCH }, (_, index) => pems.slice(index * BATCH, (index + 1) * BATCH).join(""));
  const all = (read) => () => pems.forEach((pem) => read(pem));
  const peers = { "node-forge": forgeOf(made), "@peculiar/x509": peculiarOf(made), pkijs: pkiOf(made) };
  const theirs = Object.entries(peers).flatMap(([peer, works]) => (works ? [[peer, all(works.certificate)]] : []));
  return row(`${made.kind} parse 1,000 certificates`, seconds, {
    [OURS]: () => {
      const read = batches.flatMap((input) => sealwright.inspect({ input }).objects);
      if (read.length !== CERTIFICATES) throw new Error(`found ${read.length} certificates`);
    },
    ...Object.fromEntries(theirs),
  });
}

async function generation(kind) {
  const forge = forgeOf(await cast(kind));
  return row(`${kind} generate key`, seconds, {
    [OURS]: () => sealwright.generateKey({ algorithm: kind === "P-256" ? "p256" : "rsa-2048" }),
    [OURS_WEBCRYPTO]: () => crypto.subtle.generateKey(algorithmOf(kind), true, ["sign", "verify"]),
    ...(forge ? { "node-forge": forge.generate } : {}),
  });
}
