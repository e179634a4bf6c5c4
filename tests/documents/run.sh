#!/usr/bin/env bash
# What `hence build` writes, read by others: Markdown by CommonMark and KaTeX, articles by pdfLaTeX. Needs node, npm and
# texlive-latex-recommended; `HENCE` names the command.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$here/../.."
hence="${HENCE:-${CARGO_TARGET_DIR:-$root/target}/release/hence}"
[ -d "$here/../browser/node_modules/katex" ] || (cd "$here/../browser" && npm ci --silent --no-fund --no-audit)

out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

node "$here/check.mjs" --self-test

cd "$root"
for lang in en zh; do
  "$hence" build derivations docs/src tests/documents/samples --out "$out/$lang" --format markdown,latex --lang "$lang" --detail 2
  node "$here/check.mjs" "$out/$lang"
done

# An article that is wrong is refused, one by one.
compile() {
  (cd "$1" && pdflatex -interaction=nonstopmode -halt-on-error -no-shell-escape "$2" >/dev/null)
}
mkdir "$out/wrong"
printf '\\documentclass{article}\\begin{document}$\\frac{1}{$\\end{document}' >"$out/wrong/wrong.tex"
if compile "$out/wrong" wrong.tex; then
  echo 'a broken article was not refused' >&2
  exit 1
fi

count=0
wide=0
while IFS= read -r article; do
  directory="$(dirname "$article")"
  name="$(basename "$article")"
  if ! compile "$directory" "$name"; then
    echo "$article does not compile:" >&2
    grep -A4 '^!' "${article%.tex}.log" | head -8 >&2 || true
    exit 1
  fi
  # Nothing stands out by more than half a letter, but for a table with a column for each family.
  case "$name" in coverage*) count=$((count + 1)); continue ;; esac
  if grep -E 'Overfull .hbox \(([5-9]|[0-9]{2,})\.' "${article%.tex}.log"; then
    echo "$article runs off the page" >&2
    wide=$((wide + 1))
  fi
  count=$((count + 1))
done < <(find "$out/en" -name '*.tex' | sort)
echo "$count articles, $wide too wide"
[ "$count" -gt 0 ] && [ "$wide" -eq 0 ]
