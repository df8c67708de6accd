// Chromium and Firefox without a window, with as much of a page as both drivers have: `goto`, `evaluate`, `waitForFunction`.

import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { setting } from "./setting.mjs";

// A browser that runs as root, as in a container, wants to be told so.
const ARGUMENTS = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** How long a browser may take to start, and a page to load, in milliseconds: machines are busy. */
export const TIMEOUT = 120_000;

/** A browser by its name, and how to close it. */
export async function launch(name) {
  if (name === "chromium") return chromium.launch({ executablePath: setting.chromium, args: ARGUMENTS, timeout: TIMEOUT });
  if (name === "firefox") {
    return puppeteer.launch({ browser: "firefox", executablePath: setting.firefox, headless: true, timeout: TIMEOUT });
  }
  throw new Error(`found the browser ${name}, wanted chromium or firefox`);
}

/** What the page at the address leaves in `globalThis.result`; an error if it leaves an error, or nothing in time. */
export async function result(name, url, milliseconds = TIMEOUT) {
  const browser = await launch(name);
  try {
    const page = await browser.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.goto(url, { timeout: TIMEOUT });
    const end = Date.now() + milliseconds;
    for (;;) {
      const found = await page.evaluate(() => globalThis.result);
      if (found?.error !== undefined) throw new Error(`${name}: ${found.error}\n${said.join("\n")}`);
      if (found !== undefined && found !== null) return found.value;
      if (Date.now() > end) throw new Error(`${name}: no result of ${url}\n${said.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await browser.close();
  }
}
