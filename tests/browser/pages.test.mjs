// The pages of the gallery in a browser. SITE is the folder that hence built, HENCE the command.

import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync, statSync, mkdtempSync, cpSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { axe, launch, missing, open, overflow } from "./page.mjs";

const SITE = process.env.SITE;
const HENCE = process.env.HENCE;
const KL = join(SITE, "kl-univariate.html");
const READ = ["index.html", "kl-univariate.html", "vae-training-dynamics.html"];
const pages = readdirSync(SITE).filter((f) => f.endsWith(".html"));

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/// Runs what is given on a page and shows that nothing went wrong on it.
async function on(file, options, what) {
  const { page, wrong, close } = await open(browser, file, options);
  try {
    await what(page);
    assert.deepEqual(wrong, []);
  } finally {
    await close();
  }
}

/// A copy of the site with one file changed.
function changed(name, change) {
  const copy = mkdtempSync(join(tmpdir(), "hence-site-"));
  cpSync(SITE, copy, { recursive: true });
  const file = join(copy, name);
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return copy;
}

for (const scheme of ["light", "dark"]) {
  for (const [device, width, height] of [["desktop", 1300, 1000], ["phone", 375, 800]]) {
    test(`every page is accessible, complete and no wider than a ${device}, ${scheme}`, async () => {
      const bad = [];
      for (const name of pages) {
        const { page, wrong, close } = await open(browser, join(SITE, name), { viewport: { width, height }, colorScheme: scheme });
        if (await overflow(page) > 0) bad.push(`${name} is too wide`);
        // Of the other three looks the large pages are read as well; markup is the same in all.
        const read = (scheme === "light" && device === "desktop") || READ.includes(name);
        const found = [...wrong, ...(read ? await axe(page) : []), ...(await missing(page)).map((c) => `no glyph for ${c}`)];
        bad.push(...found.map((what) => `${name}: ${what}`));
        await close();
      }
      assert.deepEqual(bad, []);
    });
  }
}

test("a picture without a name, pale words and a wide block are seen", async () => {
  const copy = changed("kl-univariate.html", (text) =>
    text.replace("<main", '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><pre id="wide">\u{10fffd}</pre><main'));
  const { page, close } = await open(browser, join(copy, "kl-univariate.html"));
  await page.evaluate(() => {
    const wide = document.getElementById("wide");
    wide.style.width = "3000px";
    wide.style.color = "#ddd";
    wide.style.background = "#fff";
    wide.textContent += " pale";
  });
  const found = (await axe(page)).join("\n");
  assert.match(found, /image-alt/);
  assert.match(found, /color-contrast/);
  assert.ok(await overflow(page) > 0);
  assert.deepEqual(await missing(page), ["\u{10fffd}"]);
  await close();
});

test("pages are small", () => {
  for (const name of pages) assert.ok(statSync(join(SITE, name)).size <= 150_000, `${name} is large`);
});

test("the front page finds rules and statements", async () => {
  await on(join(SITE, "index.html"), {}, async (page) => {
    await page.locator("#search").fill("ln.product");
    assert.match(await page.locator("#results").innerText(), /ln\.product/);
    await page.locator("#search").fill("no such thing");
    assert.equal(await page.locator("#results li").count(), 0);
  });
});

test("a step opens to its rules, and its place is marked in both lines", async () => {
  await on(KL, {}, async (page) => {
    const step = page.locator("[id='kl-p-q.4']");
    await step.locator(":scope > .why > .toggle").click();
    assert.equal(await step.locator(":scope > .why > .toggle").getAttribute("aria-expanded"), "true");
    const finer = step.locator(":scope > .finer > .step");
    assert.ok(await finer.count() >= 5);
    await finer.nth(2).click();
    assert.equal(await finer.nth(2).getAttribute("aria-current"), "step");
    const painted = (line, name) => line.locator(`:scope > .row .${name}`).first()
      .evaluate((e) => getComputedStyle(e).backgroundColor !== "rgba(0, 0, 0, 0)" && getComputedStyle(e).borderBottomStyle !== "none");
    assert.ok(await painted(finer.nth(2), "new"));
    assert.ok(await painted(finer.nth(1), "old"));
    assert.ok(!(await painted(finer.nth(1), "new")), "only one step is marked");
    const panel = finer.nth(2).locator(":scope > .panel");
    assert.ok(await panel.isVisible());
    assert.match(await panel.innerText(), /Rule\s+ln\.product[\s\S]*Needs[\s\S]*> 0[\s\S]*Numbers[\s\S]*before[\s\S]*Reference/);
    const all = page.locator("#kl-p-q .tools .all");
    await all.click();
    assert.ok(await page.locator("#kl-p-q .finer .finer .step").count() > 0);
    assert.equal(await page.locator("#kl-p-q .step:not(:has(> .row math))").count(), 0, "every step has its formula");
  });
});

test("keys step forward and back, in and out", async () => {
  await on(KL, {}, async (page) => {
    const here = () => page.evaluate(() => document.activeElement.id);
    await page.locator("[id='kl-p-q.1']").focus();
    await page.keyboard.press("j");
    assert.equal(await here(), "kl-p-q.2");
    await page.keyboard.press("ArrowDown");
    assert.equal(await here(), "kl-p-q.3");
    await page.keyboard.press("k");
    assert.equal(await here(), "kl-p-q.2");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.equal(await here(), "kl-p-q.2.1");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await here(), "kl-p-q.2");
    await page.keyboard.press("ArrowLeft");
    assert.ok(!(await page.locator("[id='kl-p-q.2.1']").isVisible()));
    assert.equal(await page.locator("#kl-p-q .step[tabindex='0']").count(), 1, "one step is reached by Tab");
    await page.keyboard.press("?");
    assert.ok(await page.locator("dialog.help").isVisible());
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("dialog.help").isVisible()));
  });
});

test("predicting hides what follows, then shows the reason, then the line", async () => {
  await on(KL, {}, async (page) => {
    const chain = page.locator("#kl-p-q");
    await chain.locator(".predict").click();
    const step = (n) => page.locator(`[id='kl-p-q.${n}']`);
    assert.ok(!(await step(1).isVisible()));
    assert.ok(!(await chain.locator(".result").isVisible()));
    assert.ok(!(await chain.locator(".study").isVisible()));
    const more = chain.locator(".ask button");
    await more.click();
    assert.ok(await step(1).locator(":scope > .why").isVisible());
    assert.ok(!(await step(1).locator(":scope > .row math").isVisible()), "the line is not yet shown");
    await more.click();
    assert.ok(await step(1).locator(":scope > .row math").isVisible());
    assert.ok(!(await step(2).isVisible()));
    for (let i = 0; i < 40 && await more.count(); i++) await more.click();
    assert.ok(await chain.locator(".result").isVisible(), "at the end there is the result");
    await page.keyboard.press("p");
    assert.ok(!(await step(1).isVisible()));
    await page.keyboard.press("p");
    assert.ok(await step(7).isVisible());
  });
});

test("a link leads to a step, whatever holds it", async () => {
  await on(KL, { hash: "kl-p-q.4.3" }, async (page) => {
    assert.equal(await page.evaluate(() => document.activeElement.id), "kl-p-q.4.3");
    assert.ok(await page.locator("[id='kl-p-q.4.3']").isVisible());
  });
  const { page, close } = await open(browser, KL);
  const claim = await page.locator(".claim:has(> details.proof)").first().getAttribute("id");
  await close();
  await on(KL, { hash: `${claim}.1` }, async (page) => {
    assert.ok(await page.locator(`[id='${claim}.1']`).isVisible(), "a proof opens for a link into it");
  });
});

test("plots follow their values, and stop where there is nothing", async () => {
  const { page, wrong, close } = await open(browser, KL);
  const of = (what) => page.locator("#kl-p-q " + what);
  const box = of(".slider input[type=number]").first();
  const numbers = async () => (await of(".plot text[text-anchor=middle]").allTextContents()).map((t) => Number(t.replace("−", "-")));
  await box.fill("50");
  assert.ok(Math.max(...await numbers()) >= 50, "the window reaches the density");
  const value = Number(await of(".value output").getAttribute("data-value"));
  const area = Number((await of(".area output").textContent()).slice(2));
  assert.ok(Math.abs(area - value) <= .006 * value, `the area ${area} is not ${value}`);
  await box.fill("");
  assert.ok(await of(".plot").isHidden() && await of(".area").isHidden());
  assert.deepEqual(wrong, []);
  await close();
});

test("headings are called by their words", async () => {
  const { page, close } = await open(browser, KL);
  const heading = page.locator("h2[id]").first();
  const named = await heading.getAttribute("aria-labelledby");
  const name = await page.evaluate((id) => document.getElementById(id).textContent, named);
  assert.ok(name.length > 0 && !name.includes("#"), name);
  assert.equal(await heading.locator(".here-link").innerText().then((t) => t.includes("link to this place")), true);
  await close();
});

test("sliders compute what hence evaluate does", async () => {
  const { page, wrong, close } = await open(browser, KL);
  const inputs = page.locator("#kl-p-q .slider input[type=number]");
  const names = ["m1", "m2", "s1", "s2"];
  for (const values of [[0.3, -1.25, 1.5, 0.7], [0, 2.5, 0.2, 3], [-3, 3, 2.25, 2.25]]) {
    for (const [i, v] of values.entries()) await inputs.nth(i).fill(String(v));
    const shown = Number(await page.locator("#kl-p-q .value output").getAttribute("data-value"));
    const at = names.map((n, i) => `${n}=${values[i]}`).join(",");
    const statement = "KL(Normal(m1, s1^2) || Normal(m2, s2^2)) where m1 real, m2 real, s1 positive, s2 positive";
    const told = JSON.parse(execFileSync(HENCE, ["evaluate", statement, "--at", at, "--format", "json"], { encoding: "utf8" }));
    const closed = told.closed_form;
    assert.ok(Math.abs(shown - closed) <= 1e-12 * Math.max(1, Math.abs(closed)), `${shown} is not ${closed} at ${at}`);
  }
  const drawn = () => page.locator("#kl-p-q .plot svg").innerHTML();
  const before = await drawn();
  await page.locator("#kl-p-q .slider input[type=range]").first().focus();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await drawn(), before, "the curves follow the slider");
  await inputs.nth(2).fill("-1");
  assert.equal(await page.locator("#kl-p-q .value output").innerText(), "not defined here");
  assert.deepEqual(wrong, []);
  await close();
});

test("both languages are there, and the choice is remembered", async () => {
  await on(KL, {}, async (page) => {
    const why = page.locator("[id='kl-p-q.3'] > .why");
    assert.match(await why.innerText(), /logarithm of a quotient/);
    await page.locator("button.lang").click();
    assert.match(await why.innerText(), /对数/);
    assert.equal(await page.getAttribute("html", "lang"), "zh");
    assert.deepEqual(await axe(page), []);
    await page.reload();
    await page.waitForSelector("html.ready", { state: "attached" });
    assert.match(await page.locator("[id='kl-p-q.3'] > .why").innerText(), /对数/);
  });
  await on(KL, { query: "?lang=zh" }, async (page) => {
    assert.equal(await page.getAttribute("html", "lang"), "zh");
  });
});

test("light and dark follow the reader, and the switch", async () => {
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await on(KL, { colorScheme: "dark" }, async (page) => {
    const dark = await paper(page);
    await page.locator("button.theme").click();
    assert.notEqual(await paper(page), dark);
  });
});

test("without the script the lines and their reasons can be read", async () => {
  await on(KL, { javaScriptEnabled: false }, async (page) => {
    const text = await page.locator("#kl-p-q").innerText();
    assert.match(text, /logarithm of a quotient is the difference/);
    assert.ok(await page.locator("[id='kl-p-q.3'] math").first().isVisible());
    assert.ok(!(await page.locator("button.lang").isVisible()), "nothing is offered that does not work");
  });
});

test("on paper there are the lines and no controls", async () => {
  await on(KL, {}, async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.ok(!(await page.locator(".tools").first().isVisible()));
    assert.ok(!(await page.locator("header.top").isVisible()));
    assert.ok(await page.locator("[id='kl-p-q.3'] > .row math").isVisible());
  });
});

test("one derivation is a page of its own", async () => {
  const html = execFileSync(HENCE, ["derive", "KL(Normal(m, s^2) || Normal(0, 1)) where m real, s positive", "--format", "html"], { encoding: "utf8" });
  const file = join(mkdtempSync(join(tmpdir(), "hence-one-")), "one.html");
  writeFileSync(file, html);
  await on(file, {}, async (page) => {
    await page.locator(".step .toggle").first().click();
    assert.ok(await page.locator(".finer .step math").first().isVisible());
    assert.deepEqual(await axe(page), []);
  });
});

const HOSTILE = process.env.HOSTILE;

test("a hostile document is an inert page", async () => {
  for (const name of readdirSync(HOSTILE).filter((f) => f.endsWith(".html") && f.startsWith("hostile"))) {
    await on(join(HOSTILE, name), {}, async (page) => {
      for (const part of await page.locator("summary").all()) await part.click();
      for (const link of await page.locator("main a").all()) {
        const to = await link.getAttribute("href");
        assert.ok(!/^\s*(javascript|data|vbscript):/i.test(to), to);
      }
      assert.equal(await page.evaluate(() => window.owned), undefined);
      assert.equal(await page.locator("main script, main iframe, main [onerror], main [onclick], main [onload]").count(), 0);
      assert.equal(await page.locator("body > script:not([type='text/plain'])").count(), 0);
    });
  }
});

test("what acts on a page is stopped by its policy, and seen", async () => {
  const copy = changed("kl-univariate.html", (text) =>
    text.replace("<main", '<script>window.owned = 1</script><img alt="" src="https://example.org/x.png"><img alt="" src="data:," onerror="window.owned = 2"><main'));
  const { page, wrong, close } = await open(browser, join(copy, "kl-univariate.html"));
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.ok(wrong.some((w) => /Content Security Policy/.test(w)), wrong.join("\n"));
  await close();
});
