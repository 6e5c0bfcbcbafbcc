#!/usr/bin/env bash
# Runs the whole job on a small demo company twice, into two folders, and compares the SHA-256
# of every Parquet file; a third run must have nothing to do. Prints a digest of all tables,
# which is the same for the same code on every machine of one architecture.
#   tools/golden-run.sh [CUSTOMERS]
set -euo pipefail
cd "$(dirname "$0")/.."
customers=${1:-300}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TRIBUTARY_SALT="a salt for the golden run"

make --no-print-directory build >/dev/null
program=$PWD/bin/tributary
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; echo "golden run: $* failed" >&2; exit 1; }; }

quietly "$program" demo "$work/company" --customers="$customers"
sums() { (cd "$work/$1/latest/" && find . -name '*.parquet' -print0 | sort -z | xargs -0 sha256sum); }
for out in one two; do
  quietly "$program" run --config "$work/company/tributary.yaml" --out "$work/$out"
  sums "$out" >"$work/$out.sums"
done
cmp "$work/one/CURRENT" "$work/two/CURRENT" || { echo "golden run: the run ids differ" >&2; exit 1; }
diff "$work/one.sums" "$work/two.sums" || { echo "golden run: the same input gave other bytes" >&2; exit 1; }

quietly "$program" run --config "$work/company/tributary.yaml" --out "$work/one"
grep -q '^nothing to do' "$work/log" || { cat "$work/log"; echo "golden run: a second run has something to do" >&2; exit 1; }
[ ! -e "$work/one/scratch" ] || { echo "golden run: scratch was left behind" >&2; exit 1; }

echo "$(wc -l <"$work/one.sums") Parquet files of run $(cat "$work/one/CURRENT"), digest $(sha256sum <"$work/one.sums" | cut -c1-16)"
