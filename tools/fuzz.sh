#!/usr/bin/env bash
# Runs every fuzz target of the project: tools/fuzz.sh [1000x|60s]
# Each package's instrumented test program is built once and then runs its targets. Without
# an argument the slow targets (a model's fit, programs of rules, workbooks) run fewer times,
# so that all of them take about a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
fewer() {
  case $1 in
    FuzzFit) echo 25x ;;
    FuzzLoad | FuzzCompile | FuzzXLSX | FuzzParquet | FuzzProfile | FuzzProfiles) echo 200x ;;
    *) echo 1000x ;;
  esac
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpus=$(go env GOCACHE)/fuzz
grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n 1 dirname | sort -u | while read -r package; do
  go test -c -fuzz . -o "$work/fuzz.test" "$package"
  found=$corpus/$(go list "$package")
  mkdir -p "$found"
  grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$package"/*_test.go | sed 's/^func //' | sort | while read -r target; do
    start=$SECONDS
    (cd "$package" && "$work/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "${1:-$(fewer "$target")}" \
      -test.fuzzminimizetime 10x -test.fuzzcachedir "$found" < /dev/null) > "$work/log" 2>&1 ||
      # Go calls it a failure when the time given ends while an input runs; that found nothing.
      { grep -q 'context deadline exceeded' "$work/log" && ! grep -q 'Failing input' "$work/log"; } ||
      { echo "FAIL $package $target"; cat "$work/log"; exit 1; }
    echo "ok   $package $target $((SECONDS - start)) s"
  done
done
