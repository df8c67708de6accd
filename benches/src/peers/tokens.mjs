// jose (npm): how many tokens a second it mints and verifies; a request on standard input, see tokens.rs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(`${process.argv[2]}/`);
const jose = await import(pathToFileURL(resolve("jose")));
const { cases, claims, seconds } = JSON.parse(readFileSync(0, "utf8"));

async function rate(work) {
  await work();
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < seconds * 1000) {
    await work();
    count += 1;
  }
  return (count * 1000) / (performance.now() - start);
}

const measured = [];
for (const { alg, private_key, public_key, token } of cases) {
  const privateKey = await jose.importPKCS8(private_key, alg);
  const publicKey = await jose.importSPKI(public_key, alg);
  measured.push({
    mint: await rate(() => new jose.SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey)),
    verify: await rate(() => jose.jwtVerify(token, publicKey, { algorithms: [alg], issuer: claims.iss })),
  });
}

process.stdout.write(JSON.stringify(measured));
