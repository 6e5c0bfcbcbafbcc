package identity

import (
	"context"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// householdRow is a pair of records of two persons who seem to live together.
type householdRow struct {
	A int64 `parquet:"a"`
	B int64 `parquet:"b"`
}

// RelationHousehold is the relation of two customers who live together.
const RelationHousehold = "household"

// HouseholdTable is where such relations lie until the customers stage joins the others to them.
const HouseholdTable = "records/household_relation"

// writeRelations writes who lives together: two customers with such a pair of records, once,
// the smaller id first. Since when is not known.
func writeRelations(ctx context.Context, p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, o *outcome, present []bool) error {
	var pairs [][2]uint32 // of customers
	if err := eachRow(ctx, p.Households, func(r *householdRow) {
		a, b := o.assigned.Customer[r.A], o.assigned.Customer[r.B]
		if a != b && present[a] && present[b] && !o.merging.Borrowed[uint32(r.A)] && !o.merging.Borrowed[uint32(r.B)] {
			pairs = append(pairs, [2]uint32{min(a, b), max(a, b)})
		}
	}); err != nil {
		return err
	}
	slices.SortFunc(pairs, func(x, y [2]uint32) int { return slices.Compare(x[:], y[:]) })
	pairs = slices.Compact(pairs)
	rows := make([]schemas.CustomerRelation, len(pairs))
	for i, pair := range pairs {
		a, b := o.assigned.IDs[pair[0]], o.assigned.IDs[pair[1]]
		rows[i] = schemas.CustomerRelation{RunColumns: stamp, From: min(a, b), Relation: RelationHousehold, To: max(a, b)}
	}
	slices.SortFunc(rows, func(x, y schemas.CustomerRelation) int {
		return slices.Compare([]string{x.From, x.To}, []string{y.From, y.To})
	})
	m.Counters["households"] = int64(len(rows))
	return writeTable(&p.Base, m, HouseholdTable, len(rows), func(i int) schemas.CustomerRelation { return rows[i] })
}
