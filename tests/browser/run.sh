#!/bin/sh
# Builds the site with the release binary and tries it in Chromium. What is missing is installed.
#   tests/browser/run.sh [NAME]    only tests whose name matches
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
HENCE=${HENCE:-${CARGO_TARGET_DIR:-$root/target}/release/hence}
[ -x "$HENCE" ] || (cd "$root" && cargo build --release)
if ! [ -x "${CHROMIUM:-/usr/bin/chromium}" ] && command -v apt-get >/dev/null; then
  apt-get install -y --no-install-recommends chromium fonts-noto-cjk
fi
[ -d "$here/node_modules" ] || (cd "$here" && npm ci --no-audit --no-fund)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$HENCE" build "$root/derivations" --out "$work/site" --format html
# Its pictures lie outside the folder on purpose: the build says so, and makes the page all the same.
"$HENCE" build "$here/hostile" --out "$work/hostile" --format html || true
export HENCE SITE="$work/site" HOSTILE="$work/hostile"
cd "$here"
exec node --test --test-name-pattern "${1:-.}" --test-reporter spec pages.test.mjs
