-- Pair and B-cubed measures of several partitions of the same records. Expects: variables truth (folder of the demo's truth); table partition(name, source, object, source_id, cluster).
create table label as
  select source, object, source_id, min(entity_id) as entity
  from read_csv(getvariable('truth') || '/identity.csv', all_varchar = true)
  group by all having count(distinct entity_id) = 1;
create table unit as select name, cluster, entity from partition join label using (source, object, source_id);
create table cell as select name, cluster, entity, count(*) as n from unit group by all;
create table cluster_size as select name, cluster, sum(n) as n, count(*) as entities from cell group by all;
create table entity_size as select name, entity, sum(n) as n from cell group by all;
create table measure as
  with p as (select name, sum(n * (n - 1)) as correct from cell group by all),
       c as (select name, sum(n * (n - 1)) as together, sum(entities - 1) as false_merges, sum(n) as records, max(n) as largest from cluster_size group by all),
       e as (select name, sum(n * (n - 1)) as same from entity_size group by all),
       b as (select name, sum(cell.n * cell.n / cluster_size.n) / sum(cell.n) as precision, sum(cell.n * cell.n / entity_size.n) / sum(cell.n) as recall
             from cell join cluster_size using (name, cluster) join entity_size using (name, entity) group by all)
  select name, records, correct / together as precision, correct / same as recall, 2 * correct / (together + same) as f1,
    2 * b.precision * b.recall / (b.precision + b.recall) as b_cubed_f1, false_merges * 10000 / records as false_merges_per_10k, largest
  from p join c using (name) join e using (name) join b using (name);
