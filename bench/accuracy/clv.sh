#!/usr/bin/env bash
# Value models against the holdouts of two public sets, as `tributary evaluate clv` prints them: docs/accuracy-value.md.
# The sets lie in $TRIBUTARY_SHARED, or in its folder data (../shared by default); without them the file stays as it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
page=docs/accuracy-value.md
. bench/accuracy/common.sh
needs value
data=$data/value
cdnow() { # FILE, columns counted from the right: day, units, dollars
  awk 'NF >= 4 && $(NF-2) ~ /^[0-9]+$/ && length($(NF-2)) == 8 { d = $(NF-2); print $1 "," substr(d, 1, 4) "-" substr(d, 5, 2) "-" substr(d, 7, 2) "," $NF }' "$data/$1" | (echo customer_id,order_date,amount; cat)
}
cdnow CDNOW_sample.txt >"$work/cdnow.csv"
cdnow CDNOW_master.txt >"$work/cohort.csv"
"$duckdb" -c "copy (select CustomerID as customer_id, InvoiceDate[1:10] as order_date, Quantity::double * UnitPrice::double as amount from read_csv('$data/online_retail.csv.gz', all_varchar = true)
  where CustomerID <> '' and Quantity::double > 0 and UnitPrice::double > 0 and InvoiceNo not like 'C%') to '$work/retail.parquet' (format parquet)" >/dev/null

table() { # TITLE FILE CALIBRATION-END HOLDOUT-END
  "$work/tributary" evaluate clv --orders "$work/$2" --calibration-end "$3" --holdout-end "$4" --json >"$work/result.json"
  echo "## $1"
  echo
  "$duckdb" -noheader -list -c "select customers || ' customers to ' || calibration_end || ', holdout to ' || holdout_end || ': ' || holdout_orders::bigint || ' order days. Chosen: **' || chosen || '** (' || reason || ').' from read_json('$work/result.json')"
  echo
  "$duckdb" -markdown -c "select m.name as method, printf('%.4f', m.counts.mae::double) as MAE, printf('%.4f', m.counts.rmse::double) as RMSE, printf('%.4f', m.counts.deviance::double) as deviance, printf('%+.1f %%', 100 * m.counts.bias::double) as bias,
      printf('%.4f', m.counts.gini::double) as Gini, printf('%.4f', m.money.gini::double) as 'Gini, money', printf('%.4f', m.money.spearman::double) as 'Spearman, money', printf('%.4f', m.money.top_tenth::double) as 'top tenth, money'
    from (select unnest(models) as m from read_json('$work/result.json')) where m.money is not null"
  echo
}
{
  echo "# How accurate value models are"
  echo
  echo "Command: \`make accuracy\`, or \`bench/accuracy/clv.sh\` alone ($(date +%F), program $(git describe --always --abbrev=12)). Everything is fitted on what is up to the end of calibration; the choice sees nothing after it (decision 0031)."
  echo "Counts are order days of the holdout, money is its revenue; Gini and Spearman judge the order of the customers. \`mean\` is the holdout's own mean, known afterwards only; \`rate\` is x h/T; \`past_spend\` orders customers by their money to date."
  echo
  table "CDNOW, the 1/10 sample" cdnow.csv 1997-09-30 1998-06-30
  table "CDNOW, the whole cohort" cohort.csv 1997-09-30 1998-06-30
  table "Online Retail: dropout collapses, NBD is used" retail.parquet 2011-09-09 2011-12-09
  cat bench/accuracy/clv-notes.md
} >"$work/accuracy.md"
cp "$work/accuracy.md" "$page"
