// jose (npm) as a peer: verifies the tokens of a request on standard input and mints its own; see interop_jose.rs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// From the folder that the test names, not from beside this file.
const { resolve } = createRequire(`${process.argv[2]}/`);
const jose = await import(pathToFileURL(resolve("jose")));

const request = JSON.parse(readFileSync(0, "utf8"));
const { now } = request;
const published = jose.createLocalJWKSet(request.jwks);

const claims = [];
for (const { token, alg, public_key, audience } of request.tokens) {
  const { kid } = jose.decodeProtectedHeader(token);
  const key = kid ? published : await jose.importSPKI(public_key, alg);
  const { payload } = await jose.jwtVerify(token, key, { algorithms: [alg], audience });
  claims.push(payload);
}

const bound = [];
const compatible = [];
for (const { private_key, alg, kid } of request.keys) {
  const key = await jose.importPKCS8(private_key, alg);
  const said = { iss: "peer", aud: ["files"], exp: now + 60, nbf: now, path: "/a", jti: "1" };
  bound.push(await new jose.SignJWT(said).setProtectedHeader({ alg, kid, typ: "JWT" }).sign(key));
  const plain = { sub: "app-1.2.ipa", iss: "portal", exp: now + 3600 };
  compatible.push(await new jose.SignJWT(plain).setProtectedHeader({ alg }).sign(key));
}

process.stdout.write(JSON.stringify({ claims, bound, compatible }));
