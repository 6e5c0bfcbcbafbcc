#!/usr/bin/env bash
# Identity beside Splink on the same records in one run; writes RESULTS.md beside this file.
#   bench/splink/run.sh [CUSTOMERS]      default: 280000, about a million party records
# Both start at the Parquet files of cleaned party records that ingest leaves, and end at a cluster for each record. The runs
# alternate three times; the median counts. Without Python 3 or a package index it says so and ends.
set -euo pipefail
cd "$(dirname "$0")/../.."
customers=${1:-280000}
cache=${TRIBUTARY_CACHE:-$HOME/.cache/tributary}
duckdb=$cache/bin/duckdb
[ -x "$duckdb" ] || { echo "$duckdb is missing: make engines" >&2; exit 3; }
here=bench/splink
python=$cache/splink-$(sha256sum $here/requirements.txt | cut -c1-12)/bin/python
if [ ! -x "$python" ]; then
  venv=$(dirname "$(dirname "$python")")
  { python3 -m venv "$venv.new" && "$venv.new/bin/pip" install -q -r $here/requirements.txt && mv "$venv.new" "$venv"; } || {
    echo "Splink cannot be installed here (Python 3 with venv and a package index are needed): nothing compared" >&2
    exit 0
  }
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CGO_ENABLED=0 go build -trimpath -o "$work/tributary" ./cmd/tributary
"$work/tributary" demo "$work/demo" --customers="$customers" >&2
"$work/tributary" run --config "$work/demo/tributary.yaml" --out "$work/out" --only ingest >&2
run=$(echo "$work"/out/runs/*)

# timed NAME COMMAND...: wall seconds, CPU seconds and peak memory of a whole process, one line of CSV.
timed() {
  local name=$1
  shift
  command time -f "$name,%e,%U,%S,%M" -a -o "$work/times.csv" "$@" >"$work/$name.out" 2>"$work/$name.err" || { tail -5 "$work/$name.err" >&2; exit 1; }
}
for _ in 1 2 3; do
  timed splink "$python" $here/splink_beside.py "$run/records/party/*.parquet" "$work/clusters.parquet"
  timed tributary "$work/tributary" run --config "$work/demo/tributary.yaml" --out "$work/out" --only identity --force
done
"$python" $here/splink_beside.py "$run/records/party/*.parquet" "$work/clusters.parquet" sweep >/dev/null 2>&1
{
  echo "# Identity beside Splink on the same records"
  echo
  echo "\`bench/splink/run.sh $customers\` · $(date +%F) · program $(git describe --always --abbrev=12) · $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1) · $(sed -n 's/^splink==/Splink /p' $here/requirements.txt)"
  echo
  echo "From cleaned party records in Parquet to a cluster for each record, the whole process each, median of three runs in turn. Splink's settings are those of splink_beside.py:"
  echo "its comparisons with term frequencies, eight blocking rules, EM in three passes, and a pinyin key in any order that is added by hand; its threshold is picked on the truth."
  echo "Tributary runs with its defaults and also writes what links, what was refused and why, review and households."
  echo
  "$duckdb" -markdown -c "
    with t as (select name, median(wall) as wall, median(u + s) as cpu, median(kb) / 1024 as mb from read_csv('$work/times.csv', columns = {'name': 'varchar', 'wall': 'double', 'u': 'double', 's': 'double', 'kb': 'double'}) group by 1)
    select name, round(wall, 1) as wall_seconds, round(cpu, 1) as cpu_seconds, round(mb) as peak_mb, round(first(wall) over (order by name) / wall, 2) as times_as_fast_as_splink from t order by name"
  echo
  "$duckdb" -markdown -c "set variable truth = '$work/demo/truth'" \
    -c "create table partition as
      select 'splink at ' || threshold as name, source, object, source_id, cluster::varchar as cluster from (unpivot (from '$work/clusters.parquet') on columns('^[01]') into name threshold value cluster)
      union all select 'tributary', source, object, source_id, customer_id from read_parquet('$run/identity_map/*.parquet')" \
    -c ".read $here/measure.sql" \
    -c "select name, records, round(precision, 4) as precision, round(recall, 4) as recall, round(f1, 4) as pair_f1, round(b_cubed_f1, 4) as b_cubed_f1, round(false_merges_per_10k, 1) as false_merges_per_10k, largest from measure order by name"
  echo
  echo "Records are those that identity.csv labels. Splink's own seconds in its last timed run: \`$(cat "$work/splink.out")\`."
} >"$work/RESULTS.md"
cp "$work/RESULTS.md" $here/RESULTS.md
cat $here/RESULTS.md
