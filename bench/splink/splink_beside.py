"""Splink on DuckDB over the party records of a run, as an engineer who knows it would set it up.

usage: splink_beside.py PARTY_PARQUET_GLOB CLUSTERS.parquet [sweep]

Reads the records that `tributary run --only ingest` has cleaned (phones in E.164, canonical e-mail, dates, cities), so that Splink
is not held back by raw text, and adds what it has no notion of by hand: family and given name of Chinese full names, and a key of the
name's pinyin in any order. Writes the clusters at one probability threshold, or with `sweep` a column for each of nine, and prints
the seconds of each step as JSON.
"""

import json
import re
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
import splink.comparison_level_library as cll
from pypinyin import lazy_pinyin
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

HAN = re.compile(r"[\u4e00-\u9fff]")
THRESHOLDS = [0.99] if len(sys.argv) < 4 else [0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999]

started = time.time()
steps = {}


def step(name):
    steps[name] = round(time.time() - started - sum(steps.values()), 2)


def pinyin_key(name):
    """The name's letters without tones, in an order that does not depend on which part stands first."""
    if name is None:
        return None
    if HAN.search(name):
        return " ".join(sorted(lazy_pinyin(name.replace(" ", ""))))
    return " ".join(sorted(name.lower().split()))


parties, out = sys.argv[1], sys.argv[2]
db = duckdb.connect()


def run(sql):
    return db.execute(sql).fetchall()


run(f"""create table raw as select row_number() over () as unique_id, source, object, key, kind,
  nullif(trim(coalesce(full_name, concat_ws(' ', given_name, family_name))), '') as name,
  list_filter(phones, lambda p: p.status = 'valid')[1].value as phone, list_filter(emails, lambda e: e.status = 'valid')[1].value as email,
  case when birth_date not in (0, -25567) then strftime(date '1970-01-01' + birth_date, '%Y-%m-%d') end as dob,
  lower(city) as city, postcode, lower(street) as street, given_name, family_name
  from read_parquet('{parties}')""")
step("read")

# Names occur many times: each distinct one is romanised once.
names = [row[0] for row in run("select distinct name from raw where name is not null")]
keys = [pinyin_key(name) for name in names]
import pyarrow as pa  # noqa: E402  (needed here only)

db.register("romanised", pa.table({"name": names, "name_key": keys}))
run(r"""create table records as select raw.* exclude (given_name, family_name), romanised.name_key,
  lower(coalesce(given_name, case when regexp_matches(name, '[一-龥]') then substr(name, 2) else regexp_extract(name, '^(\S+)', 1) end)) as first_name,
  lower(coalesce(family_name, case when regexp_matches(name, '[一-龥]') then substr(name, 1, 1) else regexp_extract(name, '(\S+)$', 1) end)) as surname
  from raw left join romanised using (name)""")
step("names")

rules = [
    block_on("kind", "phone"),
    block_on("kind", "email"),
    block_on("kind", "name_key", "city"),
    block_on("kind", "name_key", "dob"),
    block_on("kind", "surname", "dob"),
    block_on("kind", "surname", "postcode"),
    block_on("kind", "dob", "postcode"),
    block_on("kind", "first_name", "dob"),
]
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        cl.CustomComparison(output_column_name="name", comparison_levels=[
            cll.NullLevel("name_key"),
            cll.ExactMatchLevel("name_key", term_frequency_adjustments=True),
            cll.And(cll.JaroWinklerLevel("first_name", 0.92), cll.ExactMatchLevel("surname")),
            cll.ExactMatchLevel("first_name"),
            cll.JaroWinklerLevel("name_key", 0.92),
            cll.ExactMatchLevel("surname"),
            cll.ElseLevel()]),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode"),
    ],
    blocking_rules_to_generate_predictions=rules,
    retain_matching_columns=False,
    retain_intermediate_calculation_columns=False,
)
api = DuckDBAPI(db)
linker = Linker(api.register("records"), settings, log_level=40)
linker.training.estimate_probability_two_random_records_match([block_on("phone"), block_on("email")], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
for rule in (block_on("phone"), block_on("email"), block_on("name_key", "city")):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
step("train")
predictions = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
pairs = run(f"select count(*) from {predictions.physical_name}")[0][0]
step("predict")
columns = []
for n, threshold in enumerate(THRESHOLDS):
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=threshold)
    run(f"create table at_{n} as select unique_id, cluster_id from {clusters.physical_name}")
    columns.append(f"at_{n}.cluster_id as \"{threshold}\"")
joins = " ".join(f"join at_{n} using (unique_id)" for n in range(len(THRESHOLDS)))
run(f"copy (select source, object, key as source_id, {', '.join(columns)} from records {joins}) to '{out}' (format parquet)")
step("cluster and write")
json.dump({"seconds": steps, "total": round(sum(steps.values()), 2), "accepted_pairs": pairs,
           "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}, sys.stdout)
