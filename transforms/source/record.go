package source

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// recordPlan fills one canonical record.
type recordPlan struct {
	kind      string
	object    string
	as        string
	key       []int  // columns; keyRow, keyLine
	mayMiss   []bool // parts of the key that may be empty
	derived   bool
	columns   []int     // all that its content depends on, ascending
	ofView    []int     // those of them that tell more than when a party was seen
	view      *viewPlan // of parties that rows show again and again; nil = none
	byRow     bool      // the row number is part of the key: no two rows make the same record
	when      condition
	deleted   condition
	each      string
	columnsOf *columnsPlan // one record for each column of a form; nil = one for the row
	fields    []*fieldPlan
	constants []*fieldPlan // texts that are the same in every record
	currency  *fieldPlan   // that amounts are in; nil = the source's
	revenue   bool
	typ       reflect.Type
	meta      uintptr // offset of Meta
}

// Parts of keys that are no columns.
const (
	keyRow  = -1
	keyLine = -2
)

// recordTypes are the canonical records that profiles can fill.
var recordTypes = map[string]reflect.Type{
	schemas.KindParty:        reflect.TypeFor[schemas.Party](),
	schemas.KindTrait:        reflect.TypeFor[schemas.Trait](),
	schemas.KindOrder:        reflect.TypeFor[schemas.Order](),
	schemas.KindOrderLine:    reflect.TypeFor[schemas.OrderLine](),
	schemas.KindProduct:      reflect.TypeFor[schemas.Product](),
	schemas.KindOpportunity:  reflect.TypeFor[schemas.Opportunity](),
	schemas.KindSubscription: reflect.TypeFor[schemas.Subscription](),
	schemas.KindLoyaltyEvent: reflect.TypeFor[schemas.LoyaltyEvent](),
	schemas.KindInteraction:  reflect.TypeFor[schemas.Interaction](),
	schemas.KindBehaviour:    reflect.TypeFor[schemas.Behaviour](),
	schemas.KindConsent:      reflect.TypeFor[schemas.Consent](),
	schemas.KindCampaignCost: reflect.TypeFor[schemas.CampaignCost](),
}

// requiredFields reject the row when they are missing or bad.
var requiredFields = map[string]map[string]bool{
	schemas.KindOrder:        {"time": true, "status": true},
	schemas.KindOrderLine:    {"order_id": true},
	schemas.KindInteraction:  {"time": true, "kind": true},
	schemas.KindTrait:        {"name": true, "value": true},
	schemas.KindBehaviour:    {"time": true, "name": true},
	schemas.KindConsent:      {"purpose": true, "status": true, "time": true},
	schemas.KindCampaignCost: {"day": true, "campaign_id": true},
	schemas.KindProduct:      {"sku": true},
	schemas.KindLoyaltyEvent: {"kind": true, "time": true},
	schemas.KindSubscription: {"status": true, "started": true},
}

func (l *layout) record(s *Source, spec *schemas.Record) (*recordPlan, error) {
	typ, ok := recordTypes[spec.Record]
	if !ok {
		return nil, fmt.Errorf("unknown record %q%s", spec.Record, strictyaml.Suggest(spec.Record, slices.Sorted(maps.Keys(recordTypes))))
	}
	l.touched = map[int]bool{}
	defer func() { l.touched = nil }()
	meta, _ := typ.FieldByName("Meta")
	r := &recordPlan{
		kind: spec.Record, object: firstOf(spec.Object, spec.Record), as: spec.As, derived: spec.Derived, each: spec.Each,
		typ: typ, meta: meta.Offset, revenue: s.profile.CountsAsRevenue,
	}
	if l.spec.CountsAsRevenue != nil {
		r.revenue = *l.spec.CountsAsRevenue
	}
	if s.Spec.CountsAsRevenue != nil {
		r.revenue = *s.Spec.CountsAsRevenue
	}
	var err error
	if r.when, err = l.condition(spec.When); err != nil {
		return nil, err
	}
	if r.deleted, err = l.condition(spec.Deleted); err != nil {
		return nil, err
	}
	for _, name := range spec.Key {
		column, mayMiss := strings.CutSuffix(name, "?")
		r.mayMiss = append(r.mayMiss, mayMiss)
		switch name {
		case "#row":
			r.key = append(r.key, keyRow)
		case "#line":
			r.key = append(r.key, keyLine)
			l.lines = slices.Clone(r.key[:len(r.key)-1])
		default:
			r.key = append(r.key, l.column(column))
		}
	}
	if r.columnsOf, err = l.columnsPlan(spec); err != nil {
		return nil, err
	}
	times := map[int]bool{} // columns of when a party was seen
	for _, name := range slices.Sorted(maps.Keys(spec.Fields)) {
		touched := l.touched
		if ofSight[name] {
			l.touched = times
		}
		f, err := l.field(typ, name, spec.Fields[name])
		l.touched = touched
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		if err := f.limit(vocabulary[spec.Record][name]); err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		for or := f; or != nil; or = or.or {
			or.required = requiredFields[spec.Record][name]
			or.prefix = firstOf(or.spec.Namespace, s.Namespace) + ":" + or.spec.Object + ":"
		}
		if f.fix() {
			r.constants = append(r.constants, f)
		} else {
			r.fields = append(r.fields, f)
		}
		if name == "currency" {
			r.currency = f
		}
	}
	r.localPhones()
	for name := range requiredFields[spec.Record] {
		if _, ok := spec.Fields[name]; !ok {
			return nil, fmt.Errorf("field %s is missing: every %s needs it", name, spec.Record)
		}
	}
	r.byRow = slices.Contains(r.key, keyRow) || slices.Contains(r.key, keyLine) || len(r.key) == 0 && !r.derived
	r.ofView = l.dependencies(r)
	maps.Copy(l.touched, times)
	r.columns = slices.Sorted(maps.Keys(l.touched))
	return r, nil
}

// localPhones lets phones without a country code be read as numbers of the record's country.
func (p *recordPlan) localPhones() {
	var country *fieldPlan
	for _, f := range slices.Concat(p.constants, p.fields) {
		if f.name == "country" && f.kind == fieldText {
			country = f
		}
	}
	for _, f := range p.fields {
		if f.kind == fieldPhones {
			f.country = country
		}
	}
}

// dependencies lists the columns that a record's content depends on: its own, and those of
// the parties that it names.
func (l *layout) dependencies(r *recordPlan) []int {
	for _, f := range r.fields {
		for _, party := range l.records {
			if f.spec.Party != "" && party.as == f.spec.Party {
				for _, column := range party.columns {
					l.touched[column] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(l.touched))
}
