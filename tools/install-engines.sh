#!/usr/bin/env bash
# Installs what `make test-all` needs into a cache folder, at pinned versions; what is there already is left alone.
#   tools/install-engines.sh CACHE
set -euo pipefail
cache=$1
mkdir -p "$cache/bin"
here=$(cd "$(dirname "$0")/.." && pwd)

DUCKDB=1.5.6
BEAM=v2.77.0

if [ ! -x "$cache/bin/duckdb-$DUCKDB" ]; then
  echo "installing the DuckDB command line $DUCKDB"
  python3 -m venv "$cache/duckdb-venv"
  "$cache/duckdb-venv/bin/pip" install --quiet --disable-pip-version-check "duckdb-cli==$DUCKDB"
  found=$(find "$cache/duckdb-venv" -type f -name duckdb -perm -u+x | head -n 1)
  [ -n "$found" ] || { echo "the duckdb-cli package holds no duckdb program" >&2; exit 3; }
  ln -sf "$found" "$cache/bin/duckdb-$DUCKDB"
fi
ln -sf "duckdb-$DUCKDB" "$cache/bin/duckdb"

for program in prism:go/cmd/prism boot:go/container; do
  name=${program%%:*} path=${program#*:}
  [ -x "$cache/bin/$name-$BEAM" ] && continue
  echo "building Beam's $name $BEAM"
  (cd "$here" && go build -o "$cache/bin/$name-$BEAM" "github.com/apache/beam/sdks/v2/$path")
done

if ! command -v chromium >/dev/null; then
  echo "installing Chromium from the distribution"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi

if [ -x "$here/transforms/publish/testdata/install-emulator.sh" ]; then
  "$here/transforms/publish/testdata/install-emulator.sh" "$cache"
fi
