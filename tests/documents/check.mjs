// What `hence build` writes as Markdown, read as others read it: a CommonMark parser, and KaTeX at its strictest.
//
//   node check.mjs DIRECTORY     every .md below the directory
//   node check.mjs --self-test   pages made wrong on purpose, each of which must be refused
import { readFileSync, readdirSync, statSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(new URL("../browser/package.json", import.meta.url));
const { Parser } = require("commonmark");
const katex = require("katex");

/** Markup that the writer uses; GitHub keeps it. */
const MARKUP = /^(<details><summary>[^<>]*<\/summary>|<\/details>|<!-- (end of )?times -->)$/;

/** A page in which every formula of prose is between dollar signs as GitHub reads them. */
export function problems(text, directory) {
  const found = [];
  const say = (line, what) => found.push(`${line}: ${what}`);
  const lines = text.split("\n");
  const walker = new Parser().parse(text).walker();
  for (let event = walker.next(); event; event = walker.next()) {
    const node = event.node;
    if (!event.entering) continue;
    const line = node.sourcepos?.[0][0] ?? 0;
    if (node.type === "code_block" && /^hence\b/.test(node.info ?? "")) say(line, "a hence block is left");
    if (node.type === "html_block" && !node.literal.split("\n").every((l) => MARKUP.test(l.trim()))) {
      say(line, `markup that is not the writer's: ${node.literal.slice(0, 60)}`);
    }
    if (node.type === "html_inline") say(line, `markup in a line: ${node.literal}`);
    if (node.type === "image" && directory && !existsSync(join(directory, decodeURI(node.destination)))) {
      say(line, `no such picture: ${node.destination}`);
    }
    if (node.type === "paragraph" || node.type === "heading") {
      const [[from], [to]] = node.sourcepos;
      const source = lines.slice(from - 1, to).map((l) => l.replace(/^[\s>]*/, "")).join("\n");
      for (const problem of formulas(source)) say(from, problem);
    }
    // A formula that was cut in two by the structure of blocks.
    if (node.type === "thematic_break" && /\$\$/.test(lines[line - 2] ?? "")) say(line, "a rule in a formula");
  }
  return found;
}

/** What is wrong with the formulas of a paragraph. */
function formulas(source) {
  const found = [];
  const plain = source.replace(/(`+)[^`][\s\S]*?\1/g, (code) => " ".repeat(code.length)).replace(/\\\$/g, "  ");
  let rest = plain;
  while (true) {
    const start = rest.search(/\$/);
    if (start < 0) break;
    const display = rest.startsWith("$$", start);
    const open = display ? 2 : 1;
    const end = rest.indexOf(display ? "$$" : "$", start + open);
    if (end < 0) {
      found.push(`a formula has no end: ${rest.slice(start, start + 60)}`);
      break;
    }
    const tex = rest.slice(start + open, end);
    const after = rest.slice(end + open);
    if (!display && (/^\s|\s$/.test(tex) || /^[\p{L}\p{N}，。；：、（）]/u.test(after))) {
      found.push(`GitHub takes this for no formula: $${tex}$${after.slice(0, 5)}`);
    }
    if (!display && /[\p{L}\p{N}，。；：、（）]$/u.test(rest.slice(0, start))) {
      found.push(`GitHub sees no formula begin here: ${rest.slice(Math.max(0, start - 10), end + 1)}`);
    }
    const escape = tex.match(/\\[,|;:!_*<>`$]/);
    if (escape) found.push(`Markdown takes ${escape[0]} for an escape: ${tex.slice(0, 60)}`);
    try {
      katex.renderToString(tex, { displayMode: display, throwOnError: true, strict: "error", trust: false });
    } catch (error) {
      found.push(`KaTeX: ${error.message.slice(0, 160)}`);
    }
    rest = after;
  }
  return found;
}

function pages(directory) {
  return readdirSync(directory).sort().flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return pages(path);
    return name.endsWith(".md") ? [path] : [];
  });
}

const WRONG = {
  "a hence block": "# a\n\n```hence\nlet x real\n```\n",
  "broken mathematics": "$$\n\\frac{1}{\n$$\n",
  "an unknown command": "Let $\\nosuchcommand$ be.\n",
  "no end": "Let $a = 1.\n",
  "an escape": "Let $a\\,b$ be.\n",
  "a letter after": "Let $a$b be.\n",
  "Chinese right before": "设：$a$ 为实数。\n",
  "Chinese right after": "设 $a$。\n",
  "foreign markup": "<script>alert(1)</script>\n",
  "markup in a line": "a <b>c</b>\n",
  "no picture": "![a](nowhere.svg)\n",
  "Chinese in a formula": "$熵$\n",
};

const [argument] = process.argv.slice(2);
if (argument === "--self-test") {
  const passed = Object.entries(WRONG).filter(([, text]) => problems(text, "/nonexistent").length === 0);
  for (const [name] of passed) console.error(`not caught: ${name}`);
  const right = problems("# a $b_1$\n\n- $\\frac{1}{2}$, `$x`\n\n$$\na \\\\\nb\n$$\n", ".");
  if (right.length) console.error(`refused: ${right.join("; ")}`);
  process.exit(passed.length || right.length ? 1 : 0);
}
let count = 0;
let wrong = 0;
for (const page of pages(argument)) {
  count += 1;
  for (const problem of problems(readFileSync(page, "utf8"), dirname(page))) {
    wrong += 1;
    console.error(`${page}:${problem}`);
  }
}
console.log(`${count} pages, ${wrong} problems`);
process.exit(wrong || !count ? 1 : 0);
