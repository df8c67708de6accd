// examples/browser in Firefox: from a key to a verified certificate, and what axe-core says of each view.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { launch, TIMEOUT } from "./browsers.mjs";
import { built, example } from "./example.mjs";
import { serve } from "./serve.mjs";

const server = await serve(await built(example("browser", "browser-firefox")));
const browser = await launch("firefox");
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT);
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(server.url);
  await press(page, "Show me an example");
  await shows(page, "dns:mirror.example.com");
  await accessible(page, "Explain");
  await press(page, "Request");
  await fill(page, "Common name", "laptop-7");
  await press(page, "Make key and request");
  await shows(page, "Key stays here");
  await accessible(page, "Request");
  await press(page, "Sign it here");
  await fill(page, "Common name", "Acme Root");
  await press(page, "Make it");
  await shows(page, "Acme Root");
  await press(page, "Sign");
  await shows(page, "cannot leave this browser");
  await accessible(page, "Issue");
  await press(page, "Verify it");
  await press(page, "Verify", "form button");
  await shows(page, "The certificate is good");
  await accessible(page, "Verify");
  assert.deepEqual(errors, []);
} finally {
  await browser.close();
  server.close();
}

/** Presses what has that name, in the view that is shown or in the navigation, as soon as it is there. */
async function press(page, name, kind = ":is(button, nav a)") {
  await page.waitForFunction(
    (name, kind) => {
      const candidates = [...document.querySelectorAll(kind)].filter((element) => element.closest("section[hidden]") === null);
      const found = candidates.find((element) => element.textContent === name && !element.disabled);
      found?.click();
      return found !== undefined;
    },
    {},
    name,
    kind,
  );
}

async function fill(page, label, text) {
  const id = await page.evaluate((label) => {
    const labels = document.querySelectorAll("main > section:not([hidden]) label");
    return [...labels].find((element) => element.textContent === label).htmlFor;
  }, label);
  await page.type(`#${id}`, text);
}

/** Waits until the view says it. */
async function shows(page, text) {
  await page.waitForFunction((text) => document.querySelector("main > section:not([hidden])")?.innerText.includes(text), {}, text);
}
