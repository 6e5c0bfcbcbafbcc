-- Who is who, held against the truth. Expects variables run (folder of the run) and truth (folder of the demo's truth).
-- A unit is a party record with a label. A party that only orders or answers name is in accounts.csv
-- at most, which is not read: it is labelled by its orders or answers where they agree; where they do not, one account is two persons' and is left out.
create macro rows_of(t) as table select * from read_parquet(getvariable('run') || '/' || t || '/*.parquet');
create table map as select source, object, source_id, namespace || ':' || object || ':' || source_id as ref, customer_id, rule from rows_of('identity_map');
create table label as select source, source_id, entity_id as entity, object from read_csv(getvariable('truth') || '/identity.csv', all_varchar = true);
create table named as
  select map.ref, label.entity from label join map using (source, object, source_id)
  union all select o.customer_ref, label.entity from label join rows_of('records/order') o on label.object = 'order' and o.source = label.source and o."key" = label.source_id and o.customer_ref is not null
  union all select i.customer_ref, label.entity from label join rows_of('records/interaction') i on label.object = 'interaction' and i.source = label.source and i."key" = label.source_id and i.customer_ref is not null;
create table entity_of as select ref, min(entity) as entity, count(distinct entity) as entities from named group by ref;
create table unit as select map.source, map.ref, map.customer_id as cluster, entity_of.entity, map.rule from entity_of join map using (ref) where entities = 1;
create table cell as select cluster, entity, count(*) as n from unit group by all;
create table cluster_size as select cluster, sum(n) as n from cell group by all;
create table entity_size as select entity, sum(n) as n from cell group by all;
create table measure as
  select (select sum(n * (n - 1)) from cell) / (select sum(n * (n - 1)) from cluster_size) as precision,
         (select sum(n * (n - 1)) from cell) / (select sum(n * (n - 1)) from entity_size) as recall,
         (select sum(cell.n * cell.n / cluster_size.n) / sum(cell.n) from cell join cluster_size using (cluster)) as b_precision,
         (select sum(cell.n * cell.n / entity_size.n) / sum(cell.n) from cell join entity_size using (entity)) as b_recall;
create table part as select (select count(*) from unit) as units, (select count(*) from entity_size) as entities, (select count(*) from cluster_size) as clusters,
  (select count(*) from (select cluster from cell group by 1 having count(*) > 1)) as mixed, (select max(n) from cluster_size) as largest,
  (select count(*) from entity_of where entities > 1) as two_owners;
-- Links that were used, by rule: how many join two entities.
create table link as select l.rule, a.source as left_source, b.source as right_source, l.left_ref, l.right_ref, a.entity <> b.entity as wrong
  from rows_of('identity_link') l join unit a on a.ref = l.left_ref join unit b on b.ref = l.right_ref where l.accepted;
-- Pairs of one entity that are apart, by their sources.
create table apart as select least(a.source, b.source) || ' - ' || greatest(a.source, b.source) as sources, a.ref as left_ref, b.ref as right_ref
  from unit a join unit b on a.entity = b.entity and a.ref < b.ref where a.cluster <> b.cluster;
