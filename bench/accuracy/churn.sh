#!/usr/bin/env bash
# Churn on public sets, as `tributary evaluate churn` prints it: docs/accuracy-churn.md.
# The sets lie in $TRIBUTARY_SHARED, or in its folder data (../shared by default); without them the file stays as it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
page=docs/accuracy-churn.md
. bench/accuracy/common.sh
needs value
data=$data/value
for seed in $(seq 42 51); do
  "$work/tributary" evaluate churn --table "$data/Telco-Customer-Churn.csv" --label Churn --id customerID --folds 5 --seed "$seed" --json >"$work/telco-$seed.json"
done
"$duckdb" -c "copy (select regexp_extract(line, '^ *([0-9]+)', 1) as customer_id, strptime(regexp_extract(line, '^ *[0-9]+ +([0-9]{8})', 1), '%Y%m%d')::date as order_date, regexp_extract(line, '([0-9.]+) *$', 1)::double as amount
    from read_csv('$data/CDNOW_master.txt', columns = {'line': 'varchar'}, delim = '|', header = false) where regexp_matches(line, '^ *[0-9]+ +[0-9]{8} ')) to '$work/cdnow.parquet' (format parquet)" \
  -c "copy (select CustomerID as customer_id, InvoiceDate[1:10]::date as order_date, Quantity::double * UnitPrice::double as amount from read_csv('$data/online_retail.csv.gz', all_varchar = true)
    where CustomerID <> '' and Quantity::double <> 0 and UnitPrice::double > 0) to '$work/retail.parquet' (format parquet)" >/dev/null

columns="printf('%.4f', m.auc::double) as AUC, printf('%.4f', m.average_precision::double) as 'average precision', printf('%.4f', m.brier::double) as Brier, printf('%.4f', m.log_loss::double) as 'log-loss', printf('%.4f', m.ece::double) as ECE"
cut() { # TITLE FILE CUTOFF
  "$work/tributary" evaluate churn --orders "$work/$2" --horizon 90d --cutoff "$3" --json >"$work/result.json"
  echo "### $1, $3"
  echo
  "$duckdb" -noheader -list -c "select rows || ' buyers, ' || \"left\" || ' silent. Shipped: **' || chosen || '** (' || reason || ').' from read_json('$work/result.json')"
  echo
  "$duckdb" -markdown -c "select m.name as method, $columns from (select unnest(models) as m from read_json('$work/result.json'))"
  echo
}
{
  echo "# How accurate churn is"
  echo
  echo "Command: \`make accuracy\`, or \`bench/accuracy/churn.sh\` alone ($(date +%F), program $(git describe --always --abbrev=12)). Settings are the defaults; rows that are judged have trained nothing and chosen nothing."
  echo
  echo "## With a contract: Telco"
  echo
  echo "7,043 customers of a telephone company, 26.5 % left. Five folds, mean of ten seeds. scikit-learn reaches AUC .8451 with logistic regression and .8469 with boosting, XGBoost .8472; Brier .1356, .1346, .1344."
  echo
  "$duckdb" -markdown -c "with m as (select unnest(models) as m from read_json('$work/telco-*.json')) select m.name as method, printf('%.4f', avg(m.auc::double)) as AUC, printf('%.4f', avg(m.average_precision::double)) as 'average precision',
    printf('%.4f', avg(m.brier::double)) as Brier, printf('%.4f', avg(m.log_loss::double)) as 'log-loss', printf('%.4f', avg(m.ece::double)) as ECE from m group by 1 order by 2"
  echo
  echo "## Without a contract: silent for 90 days"
  echo
  echo "Trained on the cut 90 days earlier, judged on all buyers at the cutoff. The best of other tools reach AUC .777, .840, .750 and .741 on these four."
  echo
  cut CDNOW cdnow.parquet 1997-09-30
  cut CDNOW cdnow.parquet 1998-03-31
  cut "Online Retail" retail.parquet 2011-06-01
  cut "Online Retail" retail.parquet 2011-09-09
  echo "Online Retail spans one year, so nothing in it tells what autumn does: before the busy season of 2011 all methods expect more silence than came. The program says so beside its figures."
} >"$work/accuracy.md"
cp "$work/accuracy.md" "$page"
cat "$page"
