// `example_browser.mjs [FOLDER]`: examples/browser as Vite builds it, used in Chromium as a person would; pictures of each
// view go into the folder.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible } from "./axe.mjs";
import { launch, TIMEOUT } from "./browsers.mjs";
import { built, example } from "./example.mjs";
import { serve } from "./serve.mjs";
import { setting } from "./setting.mjs";

const [pictures] = process.argv.slice(2);
const VIEWS = { Explain: "explain", Request: "request", Issue: "authority", Verify: "verify" };
const LOOKS = [
  ["desktop-light", "light", { width: 1100, height: 900 }],
  ["desktop-dark", "dark", { width: 1100, height: 900 }],
  ["phone-light", "light", { width: 360, height: 740 }],
  ["phone-dark", "dark", { width: 360, height: 740 }],
];

const temporary = mkdtempSync(join(tmpdir(), "sealwright-example-"));
const folder = await built(example("browser"));
const server = await serve(folder);
const browser = await launch("chromium");
try {
  const context = await browser.newContext({ viewport: LOOKS[0][2], permissions: ["clipboard-read", "clipboard-write"] });
  context.setDefaultTimeout(TIMEOUT);
  const page = await context.newPage();
  const requests = [];
  const errors = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("websocket", (socket) => requests.push(socket.url()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(server.url);
  await page.getByRole("heading", { name: "Explain" }).waitFor();
  assert(requests.length >= 4 && requests.every((url) => url.startsWith(server.url)), requests.join("\n"));
  // From here on there is no network at all.
  requests.length = 0;
  await context.setOffline(true);
  await use(page, temporary);
  assert.deepEqual(requests.filter((url) => !url.startsWith("blob:")), []);
  assert.deepEqual(errors, []);
  await isShutByItself(await browser.newPage());
} finally {
  await browser.close();
  server.close();
  rmSync(temporary, { recursive: true });
}

/** From a server that says nothing of a policy: the page has its own, which lets nothing out and no script in. */
async function isShutByItself(page) {
  const open = await serve(folder, {});
  try {
    await page.goto(open.url, { timeout: TIMEOUT });
    await page.getByRole("heading", { name: "Explain" }).waitFor();
    const found = await page.evaluate(async (foreign) => {
      const blocked = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => blocked.push(effectiveDirective));
      const fetched = await fetch(foreign, { mode: "no-cors" }).then(() => true, () => false);
      const script = document.createElement("script");
      script.textContent = "globalThis.inline = true";
      document.body.append(script);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { blocked, fetched, inline: globalThis.inline ?? false };
    }, server.url);
    assert.deepEqual(found, { blocked: ["connect-src", "script-src-elem"], fetched: false, inline: false });
  } finally {
    open.close();
  }
}

async function use(page, folder) {
  await explains(page);
  await looks(page, "Explain");
  await asksByKeyboard(page);
  await looks(page, "Request");
  await issues(page, folder);
  await looks(page, "Issue");
  await verifies(page);
  await looks(page, "Verify");
  await opensBackup(page, folder);
}

/** The view in each look: nothing that axe finds, nothing wider than the window, and a picture. */
async function looks(page, view) {
  for (const [name, colorScheme, viewport] of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await accessible(page, `${view}, ${name}`);
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert(content <= window, `${view}, ${name}: ${content} in ${window} pixels`);
    if (pictures === undefined) continue;
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${VIEWS[view]}-${name}.png`), fullPage: true });
  }
  await page.setViewportSize(LOOKS[0][2]);
}

function data(path) {
  return readFileSync(join(setting.workspace, path));
}

/** A file, as somebody would choose it, and what its card has to say. */
function files() {
  const inspected = (name) => data(`core/testdata/inspect/${name}`);
  const keystore = JSON.parse(data("tests/vectors/read_pkcs12.json")).find(({ response }) => response !== undefined).request;
  const profile = (content) => `<?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <plist version="1.0">
      <dict>
        <key>PayloadDisplayName</key><string>Wireless at Acme</string>
        <key>PayloadContent</key>
        <array>
          <dict>
            <key>PayloadType</key><string>com.apple.security.root</string>
            <key>PayloadContent</key><data>${content}</data>
          </dict>
        </array>
      </dict>
    </plist>`;
  const root = inspected("root.pem").toString().replace(/-----[^-]+-----|\s/g, "");
  const claims = { sub: "laptop-7", exp: 4_000_000_000, constructor: "builder" };
  const token = [{ alg: "ES256" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return [
    ["leaf.pem", inspected("leaf.pem"), /Certificate.*finding/s],
    ["request.pem", inspected("request.pem"), /Certification request.*Signature is good/s],
    ["list.pem", inspected("list.pem"), /Revocation list.*Revoked certificates/s],
    ["key.pem", inspected("key-rsa-pkcs8.pem"), /Private key.*RSA, 2048 bits.*Secret/s],
    ["locked.pem", inspected("key-rsa-encrypted.pem"), /Encrypted private key.*Open the key/s],
    ["message.der", inspected("scep-pkcsreq.der"), /SCEP PKCSReq/],
    ["keystore.p12", Buffer.from(keystore.pkcs12, "base64url"), /Keystore \(PKCS#12\).*Open the keystore/s],
    ["token.jwt", Buffer.from(`${token.join(".")}.AAAA`), /Token.*laptop-7.*not verified.*Constructor\s+builder/s],
    ["wifi.mobileconfig", Buffer.from(profile(root)), /Profile.*Wireless at Acme.*Certificates in it/s],
    ["photo.jpg", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1]), /That did not work.*Code/s],
  ];
}

async function explains(page) {
  const chosen = files();
  const input = page.getByLabel(/Drop files here/);
  await input.setInputFiles(chosen.map(([name, buffer]) => ({ name, mimeType: "application/octet-stream", buffer })));
  for (const [name, , wanted] of chosen) {
    assert.match(await page.getByRole("article", { name }).innerText(), wanted, name);
  }
  // Dropped, not chosen.
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "dropped.pem"));
    return transfer;
  }, data("core/testdata/inspect/intermediate.pem").toString());
  await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
  assert.match(await page.getByRole("article", { name: "dropped.pem" }).innerText(), /Certificate.*Issuer/s);
  const locked = page.getByRole("article", { name: "locked.pem" });
  await locked.getByLabel("Password").fill("wrong");
  await locked.getByRole("button", { name: "Open" }).click();
  assert.match(await locked.getByRole("alert").innerText(), /key_password_wrong/);
  for (const [name] of chosen.slice(1)) await page.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("button", { name: "Show me an example" }).click();
  const shown = page.getByRole("article", { name: "example.pem" });
  assert.match(await shown.innerText(), /Valid for 6 days.*dns:mirror\.example\.com/s);
  await shown.getByText("All fields").first().click();
  assert.match(await shown.innerText(), /Basic constraints|Key usage/);
}

/** From the top of the page on, with keys alone. */
async function asksByKeyboard(page) {
  await page.evaluate(() => document.querySelector(".skip").focus());
  await tabTo(page, (element) => element.textContent === "Request");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.textContent === "Request" && document.activeElement.tagName === "H2");
  for (const text of ["laptop-7", "Acme, Inc.", "dns:laptop-7.example.com"]) {
    await page.keyboard.press("Tab");
    await page.keyboard.type(text);
  }
  await tabTo(page, (element) => element.type === "submit");
  await page.keyboard.press("Enter");
  const made = page.getByRole("region", { name: "Request laptop-7" });
  await made.waitFor();
  assert.match(await made.innerText(), /Key stays here/);
  assert.equal(await page.getByRole("status").innerText(), "The request is made");
  const csr = await made.locator("pre").innerText();
  const judged = execFileSync("openssl", ["req", "-verify", "-noout", "-text", "-nameopt", "RFC2253"], { input: csr, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  assert.match(judged, /O=Acme\\, Inc\..*DNS:laptop-7\.example\.com/s);
}

/** Presses the tab key until an element has the focus, which has to show that it has it. */
async function tabTo(page, wanted) {
  for (let pressed = 0; pressed < 40; pressed += 1) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(`(${wanted})(document.activeElement)`);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none", await page.evaluate(() => document.activeElement.outerHTML));
    if (found) return;
  }
  assert.fail("no such element is reached by the keyboard");
}

async function issues(page, folder) {
  // One whose key may leave.
  await view(page).getByLabel("Common name").fill("tablet-8");
  await view(page).getByLabel("The key may leave the browser").check();
  await view(page).getByRole("button", { name: "Make key and request" }).click();
  await view(page).getByRole("region", { name: "Request tablet-8" }).getByRole("button", { name: "Sign it here" }).click();
  // Both views have a field of that name.
  await page.getByRole("heading", { name: "Issue", level: 2 }).waitFor();
  await view(page).getByLabel("Common name").fill("Acme Root");
  await view(page).getByRole("button", { name: "Make it" }).click();
  assert.match(await view(page).getByLabel("Certification request (PEM)").inputValue(), /BEGIN CERTIFICATE REQUEST/);
  await view(page).getByRole("button", { name: "Sign", exact: true }).click();
  const issued = view(page).getByRole("region", { name: "Certificate tablet-8" });
  await issued.waitFor();
  const chain = await saved(page, folder, () => issued.getByRole("button", { name: "Save with its chain" }).click());
  await issued.getByText("Save key and certificate as .p12").click();
  await issued.getByLabel("Password of the file").fill("open sesame");
  const keystore = await saved(page, folder, () => issued.getByRole("button", { name: "Save as .p12" }).click());
  assert.equal(await issued.getByLabel("Password of the file").inputValue(), "");
  const certificates = readFileSync(chain, "utf8").match(/-----BEGIN[^]+?-----END CERTIFICATE-----\n/g);
  assert.equal(certificates.length, 2);
  const [leaf, root] = certificates.map((pem, index) => {
    const path = join(folder, `${index}.pem`);
    writeFileSync(path, pem);
    return path;
  });
  const openssl = (...options) => execFileSync("openssl", options, { encoding: "utf8" });
  assert.match(openssl("verify", "-CAfile", root, leaf), /OK/);
  const opened = openssl("pkcs12", "-in", keystore, "-passin", "pass:open sesame", "-nodes");
  const key = join(folder, "key.pem");
  writeFileSync(key, opened.match(/-----BEGIN PRIVATE KEY[^]+?END PRIVATE KEY-----\n/)[0]);
  assert.equal(openssl("pkey", "-in", key, "-pubout"), openssl("x509", "-in", leaf, "-pubkey", "-noout"));
  // The key of the first request cannot leave: there is no file of it.
  await page.getByRole("link", { name: "Request" }).click();
  await view(page).getByRole("region", { name: "Request laptop-7" }).getByRole("button", { name: "Sign it here" }).click();
  await view(page).getByRole("button", { name: "Sign", exact: true }).click();
  const other = view(page).getByRole("region", { name: "Certificate laptop-7" });
  assert.match(await other.innerText(), /cannot leave this browser/);
  assert.equal(await other.getByText(".p12", { exact: false }).count(), 1);
}

async function verifies(page) {
  await view(page).getByRole("region", { name: "Certificate laptop-7" }).getByRole("button", { name: "Verify it" }).click();
  await view(page).getByLabel("To be used for").selectOption("device_client");
  await view(page).getByRole("button", { name: "Verify" }).click();
  const verdict = view(page).getByRole("region", { name: "Verdict" });
  await verdict.waitFor();
  assert.match(await verdict.innerText(), /is good.*laptop-7.*Acme Root/s);
  await view(page).getByLabel("Trust the authority that is open").uncheck();
  await view(page).getByLabel("Trusted certificates (PEM)").fill(data("core/testdata/inspect/root.pem").toString());
  await view(page).getByRole("button", { name: "Verify" }).click();
  const alert = view(page).getByRole("alert").filter({ hasText: "Code" }).last();
  assert.match(await alert.innerText(), /path_not_found/);
  assert.equal(await verdict.count(), 0);
  await view(page).getByLabel("Trust the authority that is open").check();
  await view(page).getByRole("button", { name: "Verify" }).click();
  await verdict.waitFor();
  await refusesBlocksWithoutEnd(page, verdict);
}

/** The one behind it is not taken for the first, and many of them are refused as soon as one is. */
async function refusesBlocksWithoutEnd(page, verdict) {
  const certificates = view(page).getByLabel("Certificate, and those between it and the anchor (PEM)");
  const good = await certificates.inputValue();
  const begin = "-----BEGIN CERTIFICATE-----\n";
  for (const wrong of [`${begin}AAAA\n${good}`, `${good}\n${begin}AAAA`, begin.repeat(50_000)]) {
    await certificates.evaluate((field, text) => (field.value = text), wrong);
    const start = Date.now();
    await view(page).getByRole("button", { name: "Verify" }).click();
    await view(page).getByRole("alert").filter({ hasText: "pem_malformed" }).last().waitFor();
    assert(Date.now() - start < 20_000, `${Date.now() - start} ms`);
    assert.equal(await verdict.count(), 0);
    await certificates.fill(good);
    await view(page).getByRole("button", { name: "Verify" }).click();
    await verdict.waitFor();
  }
}

async function opensBackup(page, folder) {
  await page.getByRole("link", { name: "Issue" }).click();
  await view(page).getByText("Save a backup").click();
  await view(page).getByRole("textbox", { name: "Password" }).first().fill("long enough");
  const backup = await saved(page, folder, () => view(page).getByRole("button", { name: "Save the backup" }).click());
  assert.equal(await view(page).getByRole("textbox", { name: "Password" }).first().inputValue(), "");
  await view(page).getByRole("button", { name: "Close the authority" }).click();
  await view(page).getByRole("heading", { name: "Open a backup" }).waitFor();
  await view(page).getByLabel("Backup file").setInputFiles(backup);
  await view(page).getByLabel("Password", { exact: true }).fill("wrong wrong");
  await view(page).getByRole("button", { name: "Open" }).click();
  assert.match(await view(page).getByRole("alert").filter({ hasText: "Code" }).last().innerText(), /keystore_password_wrong/);
  await view(page).getByLabel("Password", { exact: true }).fill("long enough");
  await view(page).getByRole("button", { name: "Open" }).click();
  await view(page).getByRole("region", { name: "Certificate Acme Root" }).waitFor();
  await view(page).getByRole("button", { name: "Sign", exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll('[aria-label="Certificate laptop-7"]').length === 2);
  await signsFile(page);
}

/** A request as DER, and a file that is larger than any. */
async function signsFile(page) {
  const der = Buffer.from(data("core/testdata/inspect/request.pem").toString().replace(/-----[^-]+-----|\s/g, ""), "base64");
  const file = view(page).getByLabel("Or from a file");
  const give = (name, buffer) => file.setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await give("large.der", Buffer.alloc(12_000_001));
  await view(page).getByRole("alert").filter({ hasText: "large.der is larger than 12 MB" }).waitFor();
  await give("request.der", der);
  await page.waitForFunction(() => !document.body.innerText.includes("large.der"));
  await view(page).getByRole("button", { name: "Sign", exact: true }).click();
  await view(page).getByRole("region", { name: "Certificate device" }).waitFor();
}

/** The view that is shown; the others are there and hidden. */
function view(page) {
  return page.locator("main > section:not([hidden])");
}

/** The path of what an action saves. */
async function saved(page, folder, act) {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return path;
}
