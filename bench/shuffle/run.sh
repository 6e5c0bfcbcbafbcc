#!/usr/bin/env bash
# Measures transforms/shuffle and writes RESULTS.md beside this file. Run it on a quiet machine.
#   bench/shuffle/run.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-3}
load0=$(cut -d' ' -f1 /proc/loadavg)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CGO_ENABLED=0 GOAMD64=v1 go build -trimpath -o "$work/shuffle" ./bench/shuffle

cases="references-5m inline-5m runner-5m references-1m inline-1m runner-1m runner-8mb-1m elements-1m"
for _ in $(seq "$runs"); do # in turn, so that what disturbs the machine for a while disturbs all
  for case in $cases; do "$work/shuffle" "$case" | tee -a "$work/results"; done
done

field() { sed -E "s/.*\"$1\":\"?([^,\"}]*).*/\1/"; }
# The median of each measure of one case, as "seconds cpu_seconds peak_mb scratch_mb".
median() {
  for measure in seconds cpu_seconds peak_mb scratch_mb; do
    grep "\"case\":\"$1\"" "$work/results" | while read -r line; do field "$measure" <<<"$line"; done |
      sort -n | sed -n "$(((runs + 1) / 2))p"
  done | paste -sd' '
}
{
  echo "# Shuffle: records through blocks"
  echo
  echo "\`bench/shuffle/run.sh $runs\`, $(date -u +%Y-%m-%d), $(go version | cut -d' ' -f3), $(nproc) cores, $(awk '/MemTotal/{printf "%.0f GB", $2/1048576}' /proc/meminfo), load $load0 at the start and $(cut -d' ' -f1 /proc/loadavg) at the end."
  echo "Records of 100 bytes that do not compress, made and grouped in one process on the embedded runner; medians of $runs runs, each in a process of its own, the cases in turn. 5M: memory limit and garbage collector as \`tributary run\` sets them with 16 GB; 1M: Go's defaults, for blocks and elements alike."
  echo
  echo "| case | seconds | CPU seconds | peak MB | MB of blocks in scratch |"
  echo "|---|---|---|---|---|"
  while IFS='|' read -r case text; do
    read -r s c m f <<<"$(median "$case")"
    printf '| %s | %.2f | %.1f | %s | %s |\n' "$text" "$s" "$c" "$m" "$f"
  done <<'CASES'
references-5m|5M records, references (`--carrier=references`)
inline-5m|5M records, inline (`--carrier=inline`: 8 MiB of a partition, the rest as references)
runner-5m|5M records, every block through the runner
references-1m|1M records, references
inline-1m|1M records, inline (as above)
runner-1m|1M records, every block through the runner
runner-8mb-1m|1M records, every block through the runner, partitions of 8 MB
elements-1m|1M records, each an element of GroupByKey
CASES
  echo
  read -r es ec em _ <<<"$(median elements-1m)"
  for case in inline-1m runner-1m runner-8mb-1m; do
    read -r s c m _ <<<"$(median $case)"
    awk -v name="$case" -v s="$s" -v c="$c" -v m="$m" -v es="$es" -v ec="$ec" -v em="$em" 'BEGIN {
      label["inline-1m"] = "Inline"; label["runner-1m"] = "Every block through the runner"; label["runner-8mb-1m"] = "The same with partitions of 8 MB"
      printf "- %s, against one record per element, 1M records: %.1f times as fast (%.1f by CPU), %.0f %% of the memory.\n", label[name], es/s, ec/c, 100*m/em
    }'
  done
  echo "- Target: at least 10 times as fast with at most 25 % of the memory."
  read -r rs _ rm _ <<<"$(median references-5m)"
  awk -v rs="$rs" -v rm="$rm" 'BEGIN {
    printf "- 5M records by reference: %.2f s (target: at most 3 s), %.2f GB (target: at most 0.6 GB).\n", rs, rm/1024
  }'
} >bench/shuffle/RESULTS.md
cat bench/shuffle/RESULTS.md
