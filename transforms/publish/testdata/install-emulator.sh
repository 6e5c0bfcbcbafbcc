#!/usr/bin/env bash
# Installs the BigQuery emulator local-bigquery into a cache folder, at pinned versions; what is there already is left alone.
#   install-emulator.sh CACHE
# Leaves CACHE/bigquery-emulator/bin/local-bigquery (start it with HOME=CACHE/bigquery-emulator/home).
set -euo pipefail
cache=$1
here=$(cd "$(dirname "$0")" && pwd)
requirements=$here/emulator-requirements.txt
DUCKDB=1.5.5
home=$cache/bigquery-emulator/home
venv=$cache/bigquery-emulator
stamp=$venv/installed-$(sha256sum "$requirements" "$0" | sha256sum | cut -c1-16)
[ -e "$stamp" ] && exit 0

# The emulator needs Python 3.13: a python3.13 that runs, else the newest 3.13 of pyenv.
python=
for candidate in "${PYTHON313:-}" python3.13 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python3.13; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { echo "the BigQuery emulator needs Python 3.13 (set PYTHON313 to its path)" >&2; exit 3; }

echo "installing the BigQuery emulator ($("$python" --version))"
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r "$requirements"

# DuckDB's extensions come from wheels; installing them once into a home of their own keeps the emulator off the network.
mkdir -p "$home"
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
for name in ducklake icu spatial httpfs; do
  file=$site/duckdb_extension_$name/extensions/v$DUCKDB/$name.duckdb_extension
  [ -f "$file" ] || { echo "the wheel of DuckDB's extension $name does not hold $file" >&2; exit 3; }
  HOME=$home "$venv/bin/python" -c "import duckdb; duckdb.execute(\"INSTALL '$file'\")"
done
touch "$stamp"
