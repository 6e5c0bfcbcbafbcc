#!/usr/bin/env bash
# Runs every fuzz target of the project: tools/fuzz.sh [2000x|60s]
# Each package's instrumented test program is built once and then runs its targets.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-2000x}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpus=$(go env GOCACHE)/fuzz
grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n 1 dirname | sort -u | while read -r package; do
  go test -c -fuzz . -o "$work/fuzz.test" "$package"
  found=$corpus/$(go list "$package")
  mkdir -p "$found"
  grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$package"/*_test.go | sed 's/^func //' | sort | while read -r target; do
    start=$SECONDS
    (cd "$package" && "$work/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$time" \
      -test.fuzzminimizetime 1s -test.fuzzcachedir "$found" < /dev/null) > "$work/log" 2>&1 ||
      { echo "FAIL $package $target"; cat "$work/log"; exit 1; }
    echo "ok   $package $target $((SECONDS - start)) s"
  done
done
