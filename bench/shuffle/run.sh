#!/usr/bin/env bash
# Measures transforms/shuffle and writes RESULTS.md beside this file. Run it on a quiet machine.
#   bench/shuffle/run.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CGO_ENABLED=0 GOAMD64=v1 go build -trimpath -o "$work/shuffle" ./bench/shuffle

for case in references-5m inline-5m references-1m inline-1m elements-1m; do
  for _ in $(seq "$runs"); do "$work/shuffle" "$case" | tee -a "$work/results"; done
done

field() { sed -E "s/.*\"$1\":\"?([^,\"}]*).*/\1/"; }
# The median by seconds of one case, as "seconds cpu_seconds peak_mb".
median() {
  grep "\"case\":\"$1\"" "$work/results" |
    while read -r line; do echo "$(field seconds <<<"$line") $(field cpu_seconds <<<"$line") $(field peak_mb <<<"$line")"; done |
    sort -n | sed -n "$(((runs + 1) / 2))p"
}
{
  echo "# Shuffle: records through blocks"
  echo
  echo "\`bench/shuffle/run.sh $runs\`, $(date -u +%Y-%m-%d), $(go version | cut -d' ' -f3), $(nproc) cores, $(awk '/MemTotal/{printf "%.0f GB", $2/1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg) at the end."
  echo "Records of 100 bytes, made and grouped in one process on the embedded runner; median of $runs runs, each in a process of its own. 5M: memory limit as \`tributary run\` sets it with 16 GB; 1M: the garbage collector's defaults."
  echo
  echo "| case | seconds | CPU seconds | peak MB |"
  echo "|---|---|---|---|"
  while IFS='|' read -r case text; do
    read -r s c m <<<"$(median "$case")"
    printf '| %s | %.2f | %.1f | %s |\n' "$text" "$s" "$c" "$m"
  done <<'CASES'
references-5m|5M records, blocks in spill files, references through GroupByKey
inline-5m|5M records, blocks through GroupByKey
references-1m|1M records, references
inline-1m|1M records, inline blocks
elements-1m|1M records, each an element of GroupByKey
CASES
  echo
  read -r es _ em <<<"$(median elements-1m)"
  read -r is _ im <<<"$(median inline-1m)"
  read -r rs _ rm <<<"$(median references-5m)"
  awk -v es="$es" -v em="$em" -v is="$is" -v im="$im" -v rs="$rs" -v rm="$rm" 'BEGIN {
    printf "Inline blocks against one record per element, 1M records: %.1f times as fast (target: 10), %.0f %% of the memory (target: at most 25 %%).\n", es/is, 100*im/em
    printf "5M records by reference: %.2f s (target: at most 3 s), %.2f GB (target: at most 0.6 GB).\n", rs, rm/1024
  }'
} >bench/shuffle/RESULTS.md
cat bench/shuffle/RESULTS.md
