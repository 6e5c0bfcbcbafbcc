#!/usr/bin/env bash
# Identity against known truth, with default settings: writes docs/accuracy.md.
#   bench/accuracy/run.sh [CUSTOMERS...]      sizes of the demo company; default: 40000 (more than 100,000 records)
# The public sets lie in $TRIBUTARY_SHARED, or in its folder data (../shared by default); without them only the demo is measured.
set -euo pipefail
cd "$(dirname "$0")/../.."
page=docs/accuracy.md
. bench/accuracy/common.sh
data=$data/identity

# measure NAME CONFIG LABELS: runs identity and prints one row.
measure() {
  "$work/tributary" run --config "$2" --out "$work/$1-out" --only ingest,identity >"$work/log" 2>&1 || { tail -3 "$work/log" >&2; exit 1; }
  local run=$(echo "$work/$1-out"/runs/*)
  "$work/tributary" evaluate identity --out "$work/$1-out" --run-id "$(basename "$run")" --labels "$3" --leave-out-contradictions --json >"$work/$1.json"
  "$duckdb" -noheader -list -separator ' | ' -c "
    with e as (from read_json('$work/$1.json')),
         m as (select counters.pairs_scored as pairs from read_json('$run/jobs/identity.score/_manifest.json')),
         c as (select counters.parties as records from read_json('$run/jobs/identity.cluster/_manifest.json'))
    select '| $1', c.records, printf('%.3f', (threshold)::double), printf('%.4f', (pairwise.precision)::double), printf('%.4f', (pairwise.recall)::double), printf('**%.4f**', pairwise.f1::double),
      printf('**%.4f**', bcubed.f1::double), clusters || ' / ' || entities, largest || ' / ' || largest_truth, printf('%.1f', false_merges_per_10k::double), printf('%.4f', (candidate_recall)::double), printf('%.1f |', (m.pairs / c.records)::double) from e, m, c"
}

# config FILE SOURCE PATH KEY FIELDS
config() {
  cat >"$1" <<YAML
project: accuracy
as_of: 2026-01-01
timezone: UTC
currency: GBP
sources:
  - {name: $2, path: $3, mapping: {record: party, key: $4, fields: {$5}}}
output: {path: out/}
YAML
}

heading() {
  echo "| set | records | threshold | precision | recall | pair F1 | B-cubed F1 | customers / entities | largest / truth | false merges per 10,000 | candidate recall | pairs per record |"
  echo "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
}

{
  echo "# How accurate identity is"
  echo
  echo "Command: \`make accuracy\` ($(date +%F), program $(git describe --always --abbrev=12)). Columns are mapped and nothing else is set: no labels, no tuning for a set, the threshold"
  echo "chosen by the program, one build for all. Pairs and clusters are counted after transitive closure; false merges are the sum over customers of entities in it minus one."
  if [ -d "$data" ]; then
    shared=$(cd "$data" && pwd)
    "$duckdb" -c "copy (select 'historical_50k' as source, unique_id as source_id, cluster as entity_id from '$shared/historical_50k.parquet') to '$work/historical_50k.csv' (header)" \
      -c "copy (select 'febrl3' as source, trim(rec_id) as source_id, regexp_extract(rec_id, 'rec-([0-9]+)-', 1) as entity_id from read_csv('$shared/febrl3.csv', header=true)) to '$work/febrl3.csv' (header)" \
      -c "copy (select 'fake_1000' as source, unique_id as source_id, cluster as entity_id from read_csv('$shared/fake_1000.csv', header=true)) to '$work/fake_1000.csv' (header)" >/dev/null
    config "$work/h.yaml" historical_50k "$shared/historical_50k.parquet" unique_id \
      "full_name: full_name, given_name: first_name, family_name: surname, birth_date: dob, city: birth_place, postcode: postcode_fake, gender: gender, occupation: occupation"
    config "$work/f.yaml" febrl3 "$shared/febrl3.csv" rec_id \
      "given_name: given_name, family_name: surname, street: address_1, city: suburb, postcode: postcode, birth_date: {column: date_of_birth, format: yyyymmdd}, text.street_number: street_number, text.address_2: address_2, text.state: state, text.soc_sec_id: soc_sec_id"
    config "$work/k.yaml" fake_1000 "$shared/fake_1000.csv" unique_id "given_name: first_name, family_name: surname, birth_date: dob, city: city, email: email"
    echo
    echo "## Public sets"
    echo
    heading
    measure historical_50k "$work/h.yaml" "$work/historical_50k.csv"
    measure febrl3 "$work/f.yaml" "$work/febrl3.csv"
    measure fake_1000 "$work/k.yaml" "$work/fake_1000.csv"
    echo
    echo "The best of Splink 5 and GoldenMatch 3 on these sets, with the threshold picked on the truth: pair F1 .841, .9994, .923; B-cubed F1 .860, .9996, .941."
    echo
    echo "## The same sets with little to go by"
    echo
    echo "Names and birth dates only, and for historical_50k without its full names:"
    echo
    heading
    config "$work/h2.yaml" historical_50k "$shared/historical_50k.parquet" unique_id \
      "given_name: first_name, family_name: surname, birth_date: dob, city: birth_place, postcode: postcode_fake, gender: gender, occupation: occupation"
    config "$work/h3.yaml" historical_50k "$shared/historical_50k.parquet" unique_id "given_name: first_name, family_name: surname, birth_date: dob"
    config "$work/f3.yaml" febrl3 "$shared/febrl3.csv" rec_id "given_name: given_name, family_name: surname, birth_date: {column: date_of_birth, format: yyyymmdd}"
    config "$work/k3.yaml" fake_1000 "$shared/fake_1000.csv" unique_id "given_name: first_name, family_name: surname, birth_date: dob"
    measure "historical_50k, no full names" "$work/h2.yaml" "$work/historical_50k.csv"
    measure "historical_50k, names and dates" "$work/h3.yaml" "$work/historical_50k.csv"
    measure "febrl3, names and dates" "$work/f3.yaml" "$work/febrl3.csv"
    measure "fake_1000, names and dates" "$work/k3.yaml" "$work/fake_1000.csv"
  fi
  echo
  echo "## The demo company"
  echo
  heading
  for customers in ${*:-40000}; do
    "$work/tributary" demo "$work/demo" --customers="$customers" >/dev/null
    measure "demo of $customers" "$work/demo/tributary.yaml" "$work/demo/truth/identity.csv"
    "$work/tributary" evaluate identity --out "$work/demo of $customers-out" --run-id "$(basename "$work/demo of $customers-out"/runs/*)" --labels "$work/demo/truth/identity.csv" \
      --tags "$work/demo/truth/identity_tags.csv" --leave-out-contradictions --json >"$work/tags.json"
    rm -rf "$work/demo" "$work/demo of $customers-out"
  done
  echo
  echo "Its hard cases, by the records that have them (the last size):"
  echo
  "$duckdb" -markdown -c "select t.tag, t.records, t.pairs['true'] as true_pairs, printf('%.4f', t.precision::double) as precision, printf('%.4f', t.recall::double) as recall, printf('%.4f', t.f1::double) as f1
    from (select unnest(tags) as t from read_json('$work/tags.json'))"
  echo
  cat bench/accuracy/notes.md
} >"$work/accuracy.md"
cp "$work/accuracy.md" "$page"
cat "$page"
