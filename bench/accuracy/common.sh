# What the scripts of this folder share. Expects $page, the document that they write; sets $duckdb, $data (the folder of
# the public sets, which may be absent), $work (removed at the end), and builds $work/tributary.
duckdb=${TRIBUTARY_CACHE:-$HOME/.cache/tributary}/bin/duckdb
[ -x "$duckdb" ] || { echo "$duckdb is missing: make engines" >&2; exit 3; }
data=${TRIBUTARY_SHARED:-../shared}
[ -d "$data/data" ] && data=$data/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CGO_ENABLED=0 go build -trimpath -o "$work/tributary" ./cmd/tributary

# needs FOLDER: ends with the page left as it is when that folder of the public sets is absent.
needs() {
  [ -d "$data/$1" ] || { echo "no $data/$1: $page stays as it is" >&2; exit 0; }
}
