// jose (npm): how many tokens a second it mints and verifies; a request on standard input, see tokens.rs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { rate } from "../npm/measure.mjs";

const { resolve } = createRequire(`${process.argv[2]}/`);
const jose = await import(pathToFileURL(resolve("jose")));
const { cases, claims, seconds } = JSON.parse(readFileSync(0, "utf8"));

const measured = [];
for (const { alg, private_key, public_key, token } of cases) {
  const privateKey = await jose.importPKCS8(private_key, alg);
  const publicKey = await jose.importSPKI(public_key, alg);
  measured.push({
    mint: await rate(seconds, () => new jose.SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey)),
    verify: await rate(seconds, () => jose.jwtVerify(token, publicKey, { algorithms: [alg], issuer: claims.iss })),
  });
}

process.stdout.write(JSON.stringify(measured));
