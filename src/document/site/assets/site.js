// Search on the front page. Plain text in, links out; nothing is fetched.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.search");
  const field = document.getElementById("search");
  if (!window.searchable || !form || !field) return;
  const { kinds, entries } = window.searchable;
  const everything = document.getElementById("everything");
  const results = document.getElementById("results");
  const found = document.getElementById("found");
  const MOST = 60;
  const zh = () => document.documentElement.lang.startsWith("zh");
  // Letters that look alike are alike: μ₁ is found by mu1, and σ² by sigma^2.
  const GREEK = { α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ζ: "zeta", η: "eta", θ: "theta", κ: "kappa",
    λ: "lambda", μ: "mu", ν: "nu", ξ: "xi", π: "pi", ρ: "rho", σ: "sigma", τ: "tau", φ: "phi", χ: "chi", ψ: "psi", ω: "omega" };
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[α-ω]/g, (c) => GREEK[c] ?? c).replace(/‖/g, "||");
  const texts = entries.map(([, , en, chinese, more]) => ({ title: plain(en + " " + chinese), all: plain(en + " " + chinese + " " + more) }));

  const rank = (words, n) => {
    const { title, all } = texts[n];
    if (!words.every((w) => all.includes(w))) return -1;
    const inTitle = words.filter((w) => title.includes(w)).length;
    const begins = title.startsWith(words[0]) ? 1 : 0;
    return inTitle * 10 + begins * 5 + (6 - entries[n][1]);
  };

  const called = ([to, , en, chinese]) => (zh() && chinese) || en || to;

  const item = (entry) => {
    const [to, kind, , , , page] = entry;
    const li = document.createElement("li");
    const a = document.createElement("a");
    a.href = to;
    a.textContent = called(entry);
    const what = document.createElement("span");
    what.className = "kind";
    what.textContent = kinds[kind][zh() ? 1 : 0] + (page === undefined ? "" : " · " + called(entries[page]));
    li.append(a, " ", what);
    return li;
  };

  const search = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    everything.hidden = words.length > 0;
    results.hidden = words.length === 0;
    results.replaceChildren();
    found.textContent = "";
    if (words.length === 0) return;
    const hits = entries.map((_, n) => [rank(words, n), n]).filter(([r]) => r >= 0).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    results.append(...hits.slice(0, MOST).map(([, n]) => item(entries[n])));
    found.textContent = (zh() ? found.dataset.zh : found.dataset.en).replace("{}", hits.length);
  };

  form.hidden = false;
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    results.querySelector("a")?.click();
  });
  new MutationObserver(search).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    } else if (event.key === "Escape" && event.target === field) {
      field.value = "";
      search();
      field.blur();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !results.hidden) {
      const links = [...results.querySelectorAll("a")];
      const at = links.indexOf(document.activeElement);
      if (at < 0 && event.target !== field) return;
      event.preventDefault();
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      (next < 0 ? field : links[Math.min(next, links.length - 1)])?.focus();
    }
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    field.value = asked;
    search();
  }
});
