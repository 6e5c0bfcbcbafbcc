#!/usr/bin/env bash
# Identity on a demo company, held against its truth; writes RESULTS.md beside this file.
#   bench/identity/run.sh [CUSTOMERS]
set -euo pipefail
cd "$(dirname "$0")/../.."
customers=${1:-3000}
duckdb=${TRIBUTARY_CACHE:-$HOME/.cache/tributary}/bin/duckdb
[ -x "$duckdb" ] || { echo "$duckdb is missing: make engines" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CGO_ENABLED=0 go build -o "$work/tributary" ./cmd/tributary
{
  echo "# Identity against the truth of the demo company"
  echo
  echo "\`bench/identity/run.sh $customers\`: $customers persons and organizations, two seeds. Units are party records, derived ones included; pairs within and between sources."
  for seed in 7 11; do
    "$work/tributary" demo "$work/$seed" --customers="$customers" --seed="$seed" >&2
    "$work/tributary" run --config "$work/$seed/tributary.yaml" --out "$work/$seed/out" --only ingest,identity >&2
    run=$(echo "$work/$seed"/out/runs/*)
    echo
    echo "## Seed $seed"
    "$duckdb" "$work/$seed.db" -c "set variable run = '$run'; set variable truth = '$work/$seed/truth';" -c ".read bench/identity/truth.sql"
    ask() { echo; "$duckdb" -readonly -markdown "$work/$seed.db" -c "$1"; }
    ask "select round(precision, 4) as precision, round(recall, 4) as recall, round(2 * precision * recall / (precision + recall), 4) as f1, round(b_precision, 4) as b_cubed_precision, round(b_recall, 4) as b_cubed_recall from measure"
    ask "select units, entities, clusters, mixed as clusters_of_several_entities, largest, two_owners as accounts_of_several_entities from part"
    ask "select rule, count(*) as links, count(*) filter (wrong) as wrong from link group by all order by all"
    ask "select sources as pairs_apart, count(*) as pairs from apart group by all order by pairs desc, sources limit 12"
  done
} >"$work/RESULTS.md"
cp "$work/RESULTS.md" bench/identity/RESULTS.md
cat bench/identity/RESULTS.md
