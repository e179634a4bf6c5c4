// What a page to study does: opening steps, stepping, predicting, links to steps, language, light and dark, sliders.
// It reads the page's own data and asks nothing of any network.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // ---------------------------------------------------------------- choices that outlast the page

  const memory = {
    get(key) { try { return localStorage.getItem("hence." + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem("hence." + key, value); } catch { /* Not everywhere. */ } },
  };

  function setLanguage(lang) {
    if (lang !== "en" && lang !== "zh") return;
    root.lang = lang;
    root.dataset.lang = lang;
    const title = document.querySelector("title[data-zh]");
    if (title) document.title = title.dataset[lang];
  }

  function setTheme(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  setTheme(memory.get("theme"));
  setLanguage(new URLSearchParams(location.search).get("lang") || memory.get("lang"));

  function switchTheme() {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset.theme || (dark ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    setTheme(next);
    memory.set("theme", next);
  }

  function switchLanguage() {
    const next = root.dataset.lang === "zh" ? "en" : "zh";
    setLanguage(next);
    memory.set("lang", next);
  }

  // ---------------------------------------------------------------- making elements

  let data = { root: "", w: {}, t: [], f: [], r: [], x: [], d: {} };

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter((c) => c !== null));
    return element;
  }

  /// A text of the page's data: one, or one for each language.
  function say(text) {
    const both = document.createDocumentFragment();
    if (Array.isArray(text)) {
      both.append(make("span", { lang: "en" }, text[0]), make("span", { lang: "zh" }, text[1]));
    } else {
      both.append(String(text));
    }
    return both;
  }
  const word = (name) => say(data.w[name] || name);
  const text = (index) => say(data.t[index]);

  /// References in the table of formulas are single characters of the private use areas.
  const expand = (markup) => markup.replace(/[\ue000-\uf8ff\u{f0000}-\u{10ffff}]/gu, (c) => {
    const n = c.codePointAt(0);
    return expand(data.f[n < 0xf0000 ? n - 0xe000 : n - 0xf0000 + 6400]);
  });

  function formula(index, display) {
    const holder = document.createElement("template");
    const mode = display ? ' displaystyle="true"' : "";
    holder.innerHTML = `<math${mode}>${expand(data.f[index])}</math>`;
    return holder.content;
  }

  const button = (className, ...content) => make("button", { type: "button", class: className }, ...content);

  // ---------------------------------------------------------------- steps

  /// The derivation that an element belongs to.
  const chainOf = (element) => element.closest("[data-chain]");
  const nameOf = (chain) => chain.dataset.chain;

  /// What is known about a step, by its element.
  const known = new WeakMap();

  const finerOf = (step) => step.querySelector(":scope > .finer");
  const toggleOf = (step) => step.querySelector(":scope > .why > .toggle");

  function rowOf(sign, index) {
    const row = make("div", { class: "row" });
    row.append(make("span", { class: "rel" }, sign), make("div", { class: "f" }, formula(index, true)));
    return row;
  }

  /// The id of a rule, leading to its page where it has one.
  function ruleOf(index) {
    const rule = data.r[index];
    if (!Array.isArray(rule)) return make("code", { class: "rule" }, rule);
    return make("a", { class: "rule", href: `${data.root}rules/${rule[0]}.html` }, rule[0]);
  }

  /// The finer steps of a step, made when they are first shown.
  function fill(step) {
    const { k: finer } = known.get(step);
    if (!finer || finerOf(step)) return;
    const list = make("ol", { class: "chain finer" });
    for (const about of finer) {
      if ("b" in about) list.append(make("li", { class: "first" }, rowOf("", about.b)));
      const why = make("p", { class: "why" }, text(about.y));
      if ("r" in about) why.append(" ", ruleOf(about.r));
      const child = make("li", { class: "step", id: `${step.id}.${about.i}` }, rowOf(about["="] || "=", about.f), why);
      list.append(child);
      furnish(child, about);
    }
    step.append(list);
    for (const child of list.querySelectorAll(":scope > .step")) number(child, chainOf(step));
  }

  /// Makes a step one that can be gone to, and opened where it has finer ones.
  function furnish(step, about) {
    known.set(step, about);
    step.tabIndex = -1;
    if (!about.k) return;
    const toggle = button("toggle", make("span", { class: "sr" }, word("finer")));
    toggle.setAttribute("aria-expanded", "false");
    toggle.tabIndex = -1;
    step.querySelector(":scope > .why").prepend(toggle);
  }

  /// The number of a step, which is its permanent link.
  function number(step, chain) {
    const shown = step.id.slice(nameOf(chain).length + 1);
    const link = make("a", { class: "n", href: "#" + step.id, tabindex: "-1" }, `(${shown})`);
    step.querySelector(":scope > .row").append(link);
    toggleOf(step)?.firstChild.append(" " + shown);
  }

  /// Links to headings, derivations and claims.
  function anchors() {
    for (const place of document.querySelectorAll("h2[id], h3[id], h4[id], .derivation[id] > header, .claim[id] > .row")) {
      const id = place.id || place.parentElement.id;
      const link = make("a", { class: "here-link", href: "#" + id },
        make("span", { "aria-hidden": "true" }, "#"), make("span", { class: "sr" }, word("linkHere")));
      if (place.matches("h2, h3, h4")) {
        // The link is no part of what the heading is called.
        const name = make("span", { id: "name:" + id });
        name.append(...place.childNodes);
        place.append(name, " ");
        place.setAttribute("aria-labelledby", name.id);
      }
      place.append(link);
    }
  }

  /// Formulas that stand in the page as text.
  function set(math) {
    math.replaceWith(formula(math.dataset.f, math.hasAttribute("displaystyle")));
  }

  /// A chain whose lines stand in the page.
  function begin(chain) {
    if (chain.dataset.begun || !data.d[nameOf(chain)]) return;
    chain.dataset.begun = "yes";
    const about = data.d[nameOf(chain)];
    lines(chain).forEach((step, i) => {
      furnish(step, about.s[i] || {});
      number(step, chain);
    });
    const first = lines(chain)[0];
    if (first) {
      first.tabIndex = 0;
      tools(chain);
    }
  }

  /// What is folded away is put in when it is opened.
  function unfold(details) {
    if (!("x" in details.dataset)) return;
    const holder = document.createElement("template");
    holder.innerHTML = expand(data.x[details.dataset.x]);
    delete details.dataset.x;
    details.append(holder.content);
    details.querySelectorAll("[data-chain]").forEach(begin);
    scrollable(details);
  }

  function isOpen(step) {
    const finer = finerOf(step);
    return Boolean(finer && finer.classList.contains("open"));
  }

  function open(step, yes = true) {
    if (yes) fill(step);
    const finer = finerOf(step);
    if (!finer) return;
    finer.classList.toggle("open", yes);
    toggleOf(step).setAttribute("aria-expanded", String(yes));
    if (yes) scrollable(finer);
  }

  /// What wide formulas need to be scrolled by keyboard.
  function scrollable(within) {
    for (const f of within.querySelectorAll(".f, .display, .given li, .aside")) {
      if (f.scrollWidth > f.clientWidth + 1) {
        f.tabIndex = 0;
        f.dataset.wide = "";
        if (f.matches("div")) {
          f.setAttribute("role", "group");
          f.setAttribute("aria-label", "⇆");
        }
      } else if ("wide" in f.dataset) {
        for (const name of ["tabindex", "role", "aria-label", "data-wide"]) f.removeAttribute(name);
      }
    }
  }

  let here = null;

  /// Makes `step` the current one: both places are marked, and what is known stands beside it.
  function go(step, { focus = true, scroll = true } = {}) {
    if (here && here !== step) leave(here);
    here = step;
    step.classList.add("here");
    step.setAttribute("aria-current", "step");
    const before = step.previousElementSibling;
    if (before) before.classList.add("before");
    for (const other of chainOf(step).querySelectorAll(".step[tabindex='0']")) other.tabIndex = -1;
    step.tabIndex = 0;
    panel(step);
    if (focus) step.focus({ preventScroll: true });
    if (scroll) show(step);
  }

  function leave(step) {
    step.classList.remove("here");
    step.removeAttribute("aria-current");
    const before = step.previousElementSibling;
    if (before) before.classList.remove("before");
  }

  /// Scrolls so that the line before the step and its own are in view.
  function show(step, behavior = "smooth") {
    const before = step.previousElementSibling || step;
    const top = before.getBoundingClientRect().top;
    const bottom = step.querySelector(":scope > .why").getBoundingClientRect().bottom;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (top < 60 || bottom > innerHeight - 20) {
      scrollBy({ top: top - Math.max(80, innerHeight * .3), behavior: calm ? "instant" : behavior });
    }
  }

  const entry = (list, name, ...content) => list.append(make("dt", {}, word(name)), make("dd", {}, ...content));

  /// What a step rewrites and what into, taken out of the line before it and its own.
  function change(step) {
    const before = step.previousElementSibling;
    const outermost = (line, name) => [...line.querySelectorAll(`:scope > .row .${name}`)].filter((e) => !e.parentElement.closest("." + name));
    const from = before ? outermost(before, "old") : [];
    const to = outermost(step, "new");
    if (!from.length || !to.length) return null;
    const alone = (parts) => {
      const math = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
      math.append(...parts.flatMap((part) => [...part.childNodes]).map((n) => n.cloneNode(true)));
      for (const inner of math.querySelectorAll(".old, .new")) inner.removeAttribute("class");
      return math;
    };
    return make("div", { class: "f" }, alone(from), make("span", { class: "into" }, " → "), alone(to));
  }

  function panel(step) {
    if (step.querySelector(":scope > .panel")) return;
    const about = known.get(step);
    const list = make("dl");
    const changed = change(step);
    if (changed) entry(list, "change", changed);
    const rule = step.querySelector(":scope > .why > .rule");
    if (rule || "t" in about) {
      const name = make("span");
      if ("t" in about) name.append(text(about.t), " ");
      if (rule) name.append(rule.cloneNode(true));
      entry(list, "rule", name);
    }
    if (about.c) entry(list, "needs", conditions(about.c));
    if (about.n) entry(list, "numbers", numbers(about.n));
    if ("s" in about) entry(list, "source", text(about.s));
    if (about.p) entry(list, "place", make("code", {}, about.p));
    if (!list.children.length) return;
    const note = make("div", { class: "panel", role: "note" }, list);
    step.querySelector(":scope > .why").after(note);
    scrollable(note);
  }

  /// A sentence: texts by their number, formulas by theirs below zero.
  const pieces = (all) => all.map((n) => n < 0 ? formula(-1 - n) : String(data.t[n]));

  function conditions(all) {
    const list = make("ul");
    for (const [[en, zh], evidence] of all) {
      const condition = zh ? [make("span", { lang: "en" }, ...pieces(en)), make("span", { lang: "zh" }, ...pieces(zh))] : pieces(en);
      list.append(make("li", {}, ...condition, make("span", { class: "evidence-of" }, " — ", text(evidence))));
    }
    return list;
  }

  function numbers(all) {
    const holder = make("div");
    for (const [at, before, after] of all) {
      const place = make("div", { class: "evidence-of" }, text(at));
      const rows = make("table", {}, make("tbody", {},
        make("tr", {}, make("th", { scope: "row" }, word("before")), make("td", {}, String(before))),
        make("tr", {}, make("th", { scope: "row" }, word("after")), make("td", {}, String(after)))));
      holder.append(place, rows);
    }
    return holder;
  }

  /// The steps of a chain that can be seen, in order.
  const visible = (chain) => [...chain.querySelectorAll(".step")].filter((s) => s.offsetParent !== null);

  // ---------------------------------------------------------------- stepping

  /// The chain that the keys speak to: that of the current step, or the first in view.
  function current() {
    if (here && here.isConnected && here.offsetParent !== null) return chainOf(here);
    const held = document.activeElement && chainOf(document.activeElement);
    if (held) return held;
    const chains = [...document.querySelectorAll("[data-chain]")].filter((c) => c.offsetParent !== null);
    return chains.find((c) => c.getBoundingClientRect().bottom > innerHeight * .25) || chains[0] || null;
  }

  function move(by, chain = current()) {
    if (!chain) return;
    const steps = visible(chain);
    const at = here && chainOf(here) === chain ? steps.indexOf(here) : -1;
    if (by > 0 && chain.classList.contains("predicting") && (at === steps.length - 1 || at < 0)) {
      if (at < 0 && steps.length) go(steps[steps.length - 1]);
      else reveal(chain);
      return;
    }
    const next = at < 0 ? (by > 0 ? 0 : steps.length - 1) : at + by;
    if (steps[next]) go(steps[next]);
  }

  function inward() {
    if (!here) return move(1);
    if (!known.get(here).k) return;
    if (!isOpen(here)) open(here);
    else go(finerOf(here).querySelector(".step"));
  }

  function outward() {
    if (!here) return;
    if (isOpen(here)) return open(here, false);
    const parent = here.parentElement.closest(".step");
    if (parent) go(parent);
  }

  // ---------------------------------------------------------------- predicting

  const lines = (chain) => [...chain.querySelectorAll(":scope > .chain > .step")];

  function predict(chain, yes = !chain.classList.contains("predicting")) {
    chain.classList.toggle("predicting", yes);
    const pressed = chain.querySelector(".predict");
    if (pressed) pressed.setAttribute("aria-pressed", String(yes));
    chain.querySelector(".ask")?.remove();
    for (const step of lines(chain)) {
      step.classList.remove("hint");
      step.hidden = yes;
    }
    if (!yes) return;
    if (here && chainOf(here) === chain) { leave(here); here = null; }
    const ask = make("li", { class: "ask" }, button("more", word("askReason")));
    chain.querySelector(".chain").append(ask);
    ask.firstChild.addEventListener("click", () => reveal(chain));
    ask.firstChild.focus();
  }

  /// First the reason of the next line, then the line.
  function reveal(chain) {
    const all = lines(chain);
    const hint = all.find((s) => s.classList.contains("hint"));
    const ask = chain.querySelector(".ask button");
    if (!hint) {
      const next = all.find((s) => s.hidden);
      if (!next) return;
      next.hidden = false;
      next.classList.add("hint");
      ask.replaceChildren(word("askLine"));
      return;
    }
    hint.classList.remove("hint");
    go(hint, { focus: document.activeElement !== ask });
    if (all.some((s) => s.hidden)) ask.replaceChildren(word("askReason"));
    else {
      predict(chain, false);
      go(hint);
    }
  }

  // ---------------------------------------------------------------- links to places

  /// The element with this id; what holds it is put into the page first.
  function find(id) {
    const there = document.getElementById(id);
    if (there) return there;
    const inside = (name) => id.startsWith(name + ".") && document.getElementById(name);
    const name = Object.keys(data.d).filter(inside).sort((a, b) => b.length - a.length)[0];
    if (!name) return null;
    const proof = document.getElementById(name).querySelector(":scope > details.proof");
    if (proof) unfold(proof);
    let at = name;
    for (const part of id.slice(name.length + 1).split(".")) {
      at += "." + part;
      const step = document.getElementById(at);
      if (!step || !known.has(step)) break;
      fill(step);
    }
    return document.getElementById(id);
  }

  function arrive() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { return; }
    const target = id && find(id);
    if (!target) return;
    for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    const step = target.closest(".step");
    if (!step) return;
    const chain = chainOf(step);
    if (chain.classList.contains("predicting")) predict(chain, false);
    const above = [];
    for (let s = step.parentElement.closest(".step"); s; s = s.parentElement.closest(".step")) above.unshift(s);
    above.forEach((s) => open(s));
    go(step, { scroll: false });
    show(step, "instant");
  }

  // ---------------------------------------------------------------- tools of a derivation

  function tools(chain) {
    const bar = make("div", { class: "tools" });
    const act = (name, what, className = name) => {
      const b = button(className, word(name));
      b.addEventListener("click", what);
      bar.append(b);
      return b;
    };
    const named = (sign, name) => [make("span", { "aria-hidden": "true" }, sign), make("span", { class: "sr" }, word(name))];
    const back = button("back", ...named("‹", "previous"));
    const forth = button("forth", ...named("›", "next"));
    back.addEventListener("click", () => { move(-1, chain); back.focus({ preventScroll: true }); });
    forth.addEventListener("click", () => { move(1, chain); forth.focus({ preventScroll: true }); });
    bar.append(back, forth);
    if (lines(chain).some((s) => known.get(s).k)) {
      const all = act("all", () => {
        const yes = all.getAttribute("aria-pressed") !== "true";
        all.setAttribute("aria-pressed", String(yes));
        const each = (step) => {
          open(step, yes);
          finerOf(step)?.querySelectorAll(":scope > .step").forEach(each);
        };
        lines(chain).forEach(each);
      });
      all.setAttribute("aria-pressed", "false");
    }
    act("predict", () => predict(chain)).setAttribute("aria-pressed", "false");
    const header = chain.querySelector(":scope > header");
    if (header) header.append(bar);
    else chain.prepend(bar);
    copies(chain);
  }

  function copies(chain) {
    const about = data.d[chain.dataset.chain];
    const end = chain.querySelector(":scope > .result") || chain.querySelector(":scope > .chain");
    const bar = make("div", { class: "copies" }, make("span", { class: "label" }, word("copy")));
    const offered = [["statement", about.source], ["latex", about.end && about.end[0]], ["machine", about.end && about.end[1]]];
    for (const [name, what] of offered) {
      if (!what) continue;
      const spoken = () => [make("span", { class: "sr" }, word("copy"), " "), word(name)];
      const b = button("copy", ...spoken());
      b.dataset.copy = what;
      b.addEventListener("click", () => copy(what, b, spoken));
      bar.append(b);
    }
    end.after(bar);
  }

  async function copy(what, from, spoken) {
    try {
      await navigator.clipboard.writeText(what);
    } catch {
      const field = make("textarea", { class: "sr", "aria-hidden": "true" });
      field.value = what;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    from.replaceChildren(word("copied"));
    setTimeout(() => from.replaceChildren(...spoken()), 1500);
  }

  // ---------------------------------------------------------------- keys

  const KEYS = [
    [["j", "↓"], "keyNext"], [["k", "↑"], "keyPrevious"], [["→", "Enter"], "keyOpen"], [["←"], "keyClose"],
    [["p"], "keyPredict"], [["l"], "keyLanguage"], [["d"], "keyTheme"], [["?"], "keyHelp"], [["Esc"], "keyLeave"],
  ];

  function help() {
    let dialog = document.querySelector("dialog.help");
    if (!dialog) {
      const list = make("dl");
      for (const [keys, name] of KEYS) {
        const shown = keys.flatMap((k, i) => (i ? [" ", make("kbd", {}, k)] : [make("kbd", {}, k)]));
        list.append(make("dt", {}, ...shown), make("dd", {}, word(name)));
      }
      const close = button("close", word("close"));
      dialog = make("dialog", { class: "help", "aria-labelledby": "help-title" },
        make("h2", { id: "help-title" }, word("keys")), list, close);
      close.addEventListener("click", () => dialog.close());
      document.body.append(dialog);
    }
    dialog.showModal();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const at = event.target;
    if (at.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const onStep = at.matches(".step");
    const free = onStep || at === document.body || at.matches("main");
    const does = {
      j: () => move(1), k: () => move(-1), p: () => current() && predict(current()), "?": help,
      l: switchLanguage, d: switchTheme,
      Escape: () => { if (here) { leave(here); here.blur(); here = null; } },
    };
    const onSteps = { ArrowDown: () => move(1), ArrowUp: () => move(-1), ArrowRight: inward, ArrowLeft: outward, Enter: inward };
    const what = does[event.key] || (onStep && onSteps[event.key]) || (free && here && onSteps[event.key]);
    if (!what) return;
    event.preventDefault();
    what();
  }

  // ---------------------------------------------------------------- pointing

  function onClick(event) {
    const toggle = event.target.closest(".toggle");
    if (toggle) {
      const step = toggle.closest(".step");
      open(step, !isOpen(step));
      go(step, { focus: false, scroll: false });
      return;
    }
    if (event.target.closest("a, button, input, summary")) return;
    const step = event.target.closest(".step");
    if (step) go(step, { scroll: false });
  }

  /// The step whose line the pointer rests on, not the one whose finer steps it crosses.
  function onOver(event) {
    if (event.pointerType !== "mouse") return;
    const line = event.target.closest(".step > .row, .step > .why");
    if (!line || line.parentElement === here) return;
    const held = document.activeElement && document.activeElement.closest(".step");
    if (held && held !== document.body) return;
    go(line.parentElement, { focus: false, scroll: false });
  }

  function onFocus(event) {
    const step = event.target.closest && event.target.closest(".step");
    if (step && step !== here) go(step, { focus: false, scroll: false });
  }

  // ---------------------------------------------------------------- playing with parameters

  const HIGH = 260, LEFT = 46, BOTTOM = 24, TOP = 8;
  const SVG = "http://www.w3.org/2000/svg";

  function draw(tag, attributes, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function study(panel) {
    const about = window.henceStudy && window.henceStudy[panel.dataset.study];
    if (!about) return panel.remove();
    const sliders = [...panel.querySelectorAll(".slider")].map((s) => s.querySelectorAll("input"));
    const output = panel.querySelector(".value output");
    const plot = panel.querySelector(".plot");
    const update = () => {
      const v = sliders.map(([, exact]) => exact.value.trim() === "" ? NaN : Number(exact.value));
      const possible = v.every(Number.isFinite) && about.admissible.every((holds) => holds(v));
      const value = possible ? about.value(v) : NaN;
      output.dataset.value = value.toPrecision(17);
      if (Number.isNaN(value)) output.replaceChildren(word("notThere"));
      else output.textContent = Number.isFinite(value) ? shorter(value, 12) : String(value).replace("-", "−").replace("Infinity", "∞");
      if (!plot || !about.curves) return;
      plot.hidden = !possible;
      if (possible) picture(panel, plot, about, v);
      else area(panel, NaN);
    };
    for (const [range, exact] of sliders) {
      range.addEventListener("input", () => { exact.value = range.value; update(); });
      exact.addEventListener("input", () => { range.value = exact.value; update(); });
    }
    let width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth !== width) update();
      width = innerWidth;
    });
    update();
  }

  const shorter = (value, digits) => String(Number(value.toPrecision(digits))).replace("-", "−");

  /// Tails that the window leaves out, and how far it goes at most: so often as wide as nine tenths of the densities are.
  const TAIL = 2e-5, FAR = 5;

  /// Nodes and weights for integrals over an interval, dense at the ends, where densities may have no bound; or all integers.
  function nodes(low, high, discrete) {
    if (discrete) {
      const xs = places(low, high, true);
      return { xs, ws: xs.map(() => 1) };
    }
    const xs = [], ws = [], many = 1000, step = 3.2 / many;
    for (let i = -many; i <= many; i++) {
      const u = Math.PI / 2 * Math.sinh(i * step), near = (high - low) / (1 + Math.exp(2 * Math.abs(u)));
      const x = u < 0 ? low + near : high - near;
      if (x <= low || x >= high) continue;
      xs.push(x);
      ws.push((high - low) * Math.PI / 4 * step * Math.cosh(i * step) / Math.cosh(u) ** 2);
    }
    return { xs, ws };
  }

  const masses = (f, v, { xs, ws }) => xs.map((x, i) => {
    const y = Math.abs(f.of(v, x)) * ws[i];
    return Number.isFinite(y) ? y : 0;
  });
  const sum = (all) => all.reduce((a, b) => a + b, 0);

  /// From where to where all but the tails lies.
  function bulk(f, v, grid, tail) {
    const all = masses(f, v, grid), whole = sum(all);
    if (!(whole > 0)) return null;
    let first = 0, last = all.length - 1;
    for (let s = all[0]; s < tail * whole; s += all[++first]);
    for (let s = all[last]; s < tail * whole; s += all[--last]);
    return [grid.xs[Math.max(first - 1, 0)], grid.xs[Math.min(last + 1, all.length - 1)]];
  }

  const hull = (all) => all.filter(Boolean).reduce((a, b) => a ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : b, null);

  /// The window in which the curves are not negligible, in round numbers so that it moves in jumps, and whether it holds all
  /// that counts.
  function windowOf(about, v) {
    const end = (f, other) => f && !Number.isNaN(f(v)) ? f(v) : other;
    const least = end(about.low, -Infinity), most = end(about.high, Infinity);
    const densities = about.curves.filter((c) => c.style !== "ci"), integrand = about.curves.filter((c) => c.style === "ci");
    const [from, to] = about.window;
    const centre = Math.min(Math.max((from + to) / 2, least), most);
    let low = from, high = to, before = [];
    // Outward until nothing is added.
    for (let half = to - from, n = 0; n < 24; half *= 2, n++) {
      low = Math.max(centre - half, least);
      high = Math.min(centre + half, most);
      const grid = nodes(low, high, about.discrete);
      const now = densities.map((f) => sum(masses(f, v, grid)));
      const settled = now.every((m, i) => m > .5 && Math.abs(m - before[i]) < 1e-4 * m);
      before = now;
      if (settled || (low === least && high === most)) break;
    }
    let full = true;
    for (let n = 0; n < 4; n++) {
      const grid = nodes(low, high, about.discrete);
      const all = hull([...densities, ...integrand].map((f) => bulk(f, v, grid, TAIL)));
      const middle = hull(densities.map((f) => bulk(f, v, grid, .05)));
      if (!all || !middle) return { low: from, high: to, full: false };
      const reach = FAR * Math.max(middle[1] - middle[0], about.discrete ? 1 : 0);
      [low, high] = [Math.max(all[0], middle[0] - reach), Math.min(all[1], middle[1] + reach)];
      full &&= low === all[0] && high === all[1];
    }
    const exact = rounded((high - low) / 8 || 1), step = about.discrete ? Math.max(1, exact) : exact;
    low = Math.max(Math.floor(low / step) * step, least);
    high = Math.min(Math.ceil(high / step) * step, most);
    const grid = nodes(low, high, about.discrete);
    full &&= densities.length > 0 && sum(masses(densities[0], v, grid)) > .999;
    return { low, high, full };
  }

  function places(low, high, discrete, many) {
    if (discrete) {
      const out = [];
      for (let x = Math.ceil(low); x <= high && out.length < 20000; x++) out.push(x);
      return out;
    }
    return Array.from({ length: many + 1 }, (_, i) => low + (high - low) * i / many);
  }

  /// 1, 2 or 5 times a power of ten, at most `size`.
  function rounded(size) {
    const power = 10 ** Math.floor(Math.log10(size));
    const times = size / power;
    return power * (times >= 5 ? 5 : times >= 2 ? 2 : 1);
  }

  function ticks(low, high, about, least = 0) {
    const step = Math.max(rounded((high - low) / about), least);
    const out = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) out.push(Number((i * step).toPrecision(12)));
    return out;
  }

  function picture(panel, plot, about, v) {
    const { low, high, full } = windowOf(about, v);
    // Letters keep their size where the page is narrow.
    const wide = plot.clientWidth && plot.clientWidth < 480 ? 340 : 640;
    const xs = places(low, high, about.discrete, 480);
    const stem = Math.max(.8, Math.min(6, .8 * (wide - LEFT) / (xs.length || 1)));
    const curves = about.curves.map((c) => ({ style: c.style, ys: xs.map((x) => c.of(v, x)) }));
    const all = curves.flatMap((c) => c.ys).filter(Number.isFinite).sort((a, b) => a - b);
    const at = (part) => all[Math.min(all.length - 1, Math.floor(part * all.length))] || 0;
    // A density without bound is cut off.
    const top = Math.min(all[all.length - 1] || 1, 3 * at(.985)) || 1;
    const bottom = Math.min(0, Math.max(all[0] || 0, 3 * at(.015)));
    const X = (x) => LEFT + (wide - LEFT - 16) * (about.discrete ? (x - low + .5) / (high - low + 1) : (x - low) / (high - low || 1));
    const Y = (y) => TOP + (HIGH - TOP - BOTTOM) * (1 - (Math.min(Math.max(y, bottom), top * 1.02) - bottom) / (top * 1.02 - bottom || 1));
    const svg = draw("svg", { viewBox: `0 0 ${wide} ${HIGH}`, role: "img", "aria-labelledby": panel.dataset.study + ".legend" });
    axes(svg, ticks(low, high, wide / 105, about.discrete ? 1 : 0), ticks(bottom, top, 4), X, Y, wide);
    for (const { style, ys } of curves) {
      if (style === "ci") shade(svg, xs, ys, X, Y, about.discrete && stem);
      svg.append(draw("path", { class: "curve " + style, d: about.discrete ? stems(xs, ys, X, Y, stem) : graph(xs, ys, X, Y) }));
    }
    plot.replaceChildren(svg);
    const integrand = about.curves.find((c) => c.style === "ci");
    area(panel, integrand && full ? total(integrand, v, nodes(low, high, about.discrete)) : NaN);
  }

  /// The area below the integrand, where it is known.
  function area(panel, value) {
    const line = panel.querySelector(".area");
    if (!line) return;
    line.hidden = !Number.isFinite(value);
    line.querySelector("output").textContent = "≈ " + shorter(value, 3);
  }

  function axes(svg, across, up, X, Y, wide) {
    const zero = Y(0);
    svg.append(draw("path", { class: "axis", d: `M${LEFT} ${zero}H${wide - 8}M${LEFT} ${TOP}V${HIGH - BOTTOM}` }));
    const label = (x, y, anchor, value) =>
      svg.append(draw("text", { x, y, "text-anchor": anchor }, String(value).replace("-", "−")));
    for (const x of across) label(X(x), HIGH - 6, "middle", x);
    for (const y of up) label(LEFT - 6, Y(y) + 4, "end", y);
  }

  const px = (number) => number.toFixed(1);

  function graph(xs, ys, X, Y) {
    let d = "", down = false;
    xs.forEach((x, i) => {
      if (Number.isFinite(ys[i])) d += `${down ? "L" : "M"}${px(X(x))} ${px(Y(ys[i]))}`;
      down = Number.isFinite(ys[i]);
    });
    return d;
  }

  const stems = (xs, ys, X, Y, stem) => xs.map((x, i) => Number.isFinite(ys[i]) ? `M${px(X(x) - stem / 2)} ${px(Y(ys[i]))}h${px(stem)}` : "").join("");

  /// The area between a curve and the axis, above it and below it told apart.
  function shade(svg, xs, ys, X, Y, stem) {
    for (const [name, keep] of [["above", (y) => Math.max(y, 0)], ["below", (y) => Math.min(y, 0)]]) {
      const kept = ys.map((y) => (Number.isFinite(y) ? keep(y) : 0));
      const d = stem
        ? xs.map((x, i) => `M${px(X(x) - stem / 2)} ${px(Y(0))}V${px(Y(kept[i]))}h${px(stem)}V${px(Y(0))}z`).join("")
        : `M${px(X(xs[0]))} ${px(Y(0))}${xs.map((x, i) => `L${px(X(x))} ${px(Y(kept[i]))}`).join("")}L${px(X(xs[xs.length - 1]))} ${px(Y(0))}z`;
      svg.append(draw("path", { class: name, d }));
    }
  }

  function total(f, v, { xs, ws }) {
    return sum(xs.map((x, i) => f.of(v, x) * ws[i]).filter(Number.isFinite));
  }

  // ---------------------------------------------------------------- the page is there

  /// The data of the page: compressed, in base 64.
  async function unpack(packed) {
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).json();
  }

  async function start() {
    document.querySelector(".theme")?.addEventListener("click", switchTheme);
    document.querySelector(".lang")?.addEventListener("click", switchLanguage);
    document.querySelector(".keys")?.addEventListener("click", help);
    const holder = document.getElementById("data");
    if (holder) data = await unpack(holder.textContent);
    document.querySelectorAll("math[data-f]").forEach(set);
    document.querySelectorAll(".study[data-x]").forEach(unfold);
    anchors();
    document.querySelectorAll("[data-chain]").forEach(begin);
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", onClick);
    document.addEventListener("pointerover", onOver);
    document.addEventListener("focusin", onFocus);
    document.addEventListener("toggle", (e) => {
      if (e.target.open) unfold(e.target);
      scrollable(e.target);
    }, true);
    addEventListener("hashchange", arrive);
    addEventListener("resize", () => scrollable(document));
    document.querySelectorAll(".study").forEach(study);
    scrollable(document);
    document.fonts?.ready.then(() => scrollable(document));
    arrive();
    root.classList.add("ready");
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
