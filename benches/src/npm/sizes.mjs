// What a browser downloads to read a certification request, verify it and sign it, or to verify a token: bundled by
// esbuild, minified.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { folder } from "./package_under_test.mjs";

const SOURCES = {
  sealwright: `import { init, inspect, KeyRing, signCsr } from "sealwright"; globalThis.result = { init, inspect, KeyRing, signCsr };`,
  "sealwright/verify": `import { init, verifyJwt } from "sealwright/verify"; globalThis.result = { init, verifyJwt };`,
  "node-forge": `import forge from "node-forge"; globalThis.result = forge.pki;`,
  "@peculiar/x509": `import "reflect-metadata"; import { Pkcs10CertificateRequest, X509CertificateGenerator } from "@peculiar/x509"; globalThis.result = { Pkcs10CertificateRequest, X509CertificateGenerator };`,
  pkijs: `import { Certificate, CertificationRequest } from "pkijs"; globalThis.result = { Certificate, CertificationRequest };`,
  jose: `import { jwtVerify, SignJWT } from "jose"; globalThis.result = { jwtVerify, SignJWT };`,
};

/** What an entry loads beside its code. */
const MODULES = { sealwright: "sealwright.wasm", "sealwright/verify": "verify/sealwright-verify.wasm" };

/** Raw, gzip and brotli in bytes, by package; an entry of the package of WebAssembly with its module. */
export async function sizes() {
  const measured = {};
  for (const [name, contents] of Object.entries(SOURCES)) {
    const built = await esbuild.build({
      stdin: { contents, resolveDir: name in MODULES ? folder : import.meta.dirname }, bundle: true, minify: true, format: "esm", platform: "browser", write: false, logLevel: "error",
    });
    const parts = [built.outputFiles[0].contents, ...(name in MODULES ? [readFileSync(join(folder, MODULES[name]))] : [])];
    const sum = (size) => parts.reduce((total, part) => total + size(part), 0);
    measured[name] = {
      raw: sum((part) => part.length),
      gzip: sum((part) => gzipSync(part, { level: 9 }).length),
      brotli: sum((part) => brotliCompressSync(part).length),
    };
  }
  return measured;
}
