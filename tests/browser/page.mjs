// What the tests share: a browser that may not leave the machine, and pages that report what went wrong in them.

import { createRequire } from "node:module";
import { readFileSync, existsSync } from "node:fs";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export function launch() {
  const executablePath = process.env.CHROMIUM || PLACES.find(existsSync);
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  return chromium.launch({ executablePath, args });
}

/// Opens a file. What the page complains about, and what it asks of any network, is collected in `wrong`.
export async function open(browser, file, { hash = "", query = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1300, height: 1000 }, ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (m) => { if (["error", "warning"].includes(m.type())) wrong.push(`console: ${m.text()}`); });
  page.on("pageerror", (e) => wrong.push(`error: ${e}`));
  page.on("requestfailed", (r) => wrong.push(`failed: ${r.url()}`));
  page.on("request", (r) => { if (!/^(file|data):/.test(r.url())) wrong.push(`request: ${r.url()}`); });
  page.on("dialog", (d) => { wrong.push(`dialog: ${d.message()}`); d.dismiss(); });
  await page.goto(`file://${file}${query}${hash && "#" + hash}`);
  if (options.javaScriptEnabled !== false) await page.waitForSelector("html.ready", { state: "attached", timeout: 10_000 });
  return { page, wrong, close: () => context.close() };
}

/// Violations that axe finds, a line each. Its text runs outside the page's policy.
export async function axe(page) {
  await page.evaluate(AXE);
  // A link whose words are a formula has the formula's line of text for a name, which no letter-by-letter comparison finds in it.
  const rules = { "label-content-name-mismatch": { enabled: false } };
  const { violations } = await page.evaluate(
    (rules) => window.axe.run(document, { resultTypes: ["violations"], preload: false, rules }), rules);
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} ${n.failureSummary?.split("\n")[1] ?? ""}`));
}

/// By how many pixels the page is wider than the window.
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/// Characters of formulas and text for which no font was found: they measure as wide as one that surely has no glyph.
export const missing = (page) => page.evaluate(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const found = new Set();
  const seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const style = getComputedStyle(node.parentElement);
    for (const c of node.data) {
      const code = c.codePointAt(0);
      if (code < 0x80 || /\s/.test(c) || (code >= 0x2060 && code <= 0x206f) || seen.has(c)) continue;
      seen.add(c);
      canvas.font = `20px ${style.fontFamily}`;
      const bits = (text) => {
        canvas.clearRect(0, 0, 60, 40);
        canvas.fillText(text, 10, 28);
        return canvas.getImageData(0, 0, 60, 40).data.join();
      };
      if (bits(c) === bits("\u{10fffe}")) found.add(c);
    }
  }
  return [...found];
});
