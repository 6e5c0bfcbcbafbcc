package source

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// layout is a compiled layout: the columns it uses and how records are filled from them.
type layout struct {
	spec    *schemas.Layout
	columns []string     // that are used, in a fixed order; "~regex" for matched ones
	touched map[int]bool // columns that the record being compiled uses
	number  map[string]int
	skips   []skipPlan
	records []*recordPlan
	carry   []int
	convert []convertPlan
	lines   []int // columns that tell one order from the next, for "#line"
	nulls   map[string]bool
}

type skipPlan struct {
	when   condition
	reason string
}

// recordPlan fills one canonical record.
type recordPlan struct {
	kind      string
	object    string
	as        string
	key       []int  // columns; keyRow, keyLine
	mayMiss   []bool // parts of the key that may be empty
	derived   bool
	columns   []int // all that its content depends on, ascending
	byRow     bool  // the row number is part of the key: no two rows make the same record
	when      condition
	deleted   condition
	each      string
	columnsOf *columnsPlan // one record for each column of a form; nil = one for the row
	fields    []*fieldPlan
	revenue   bool
	typ       reflect.Type
	meta      uintptr // offset of Meta
}

// condition is a list of tests that must all hold.
type condition []columnTest

type columnTest struct {
	column int
	test   schemas.Test
	in     map[string]bool
	not    map[string]bool
	match  *regexp.Regexp
	other  int             // column of same and differs
	nulls  map[string]bool // of the layout
}

// fieldPlan fills one field.
type fieldPlan struct {
	name      string // as in the profile: phone, id.unionid ...
	kind      fieldKind
	offset    uintptr
	spec      schemas.Field
	columns   []int
	pattern   *regexp.Regexp
	when      condition
	cases     []casePlan
	multiply  []int
	after     int
	minus     int // -1 = none
	required  bool
	nullTexts map[string]bool
	nps       bool
	formats   []string
	or        *fieldPlan // where this one gives nothing
	country   *fieldPlan // of the same record, for phones
	words     []string   // that the rows may hold; nil = any
}

type casePlan struct {
	when   condition
	value  string
	column int // -1 = value
}

type fieldKind uint8

const (
	fieldText     fieldKind = iota
	fieldTime               // int64 microseconds
	fieldDay                // int32 days
	fieldMoney              // *int64 minor units
	fieldCount              // *int64 whole number
	fieldNumber             // *float64
	fieldBool               // bool
	fieldMaybe              // *bool
	fieldRef                // reference text
	fieldPhones             // []Contact
	fieldEmails             // []Contact
	fieldID                 // NameValue in IDs
	fieldTextPart           // NameValue in Texts
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

// strictFields reject the row when they are there but cannot be read: a wrong amount would
// become a wrong total.
var strictFields = map[string]bool{
	"gross": true, "discount": true, "shipping": true, "tax": true, "refund": true, "net": true, "total": true, "amount": true,
	"cost": true, "unit_price": true, "quantity": true, "time": true, "amount_per_month": true, "points": true, "started": true,
}

var refFields = map[string]bool{"customer_ref": true, "account_ref": true, "referrer_ref": true, "merged_into": true}

var countFields = map[string]bool{"points": true, "impressions": true, "clicks": true}

func compileLayout(s *Source, spec *schemas.Layout) (*layout, error) {
	l := &layout{spec: spec, number: map[string]int{}, nulls: setOf(spec.NullValues)}
	for _, skip := range spec.Skip {
		when, err := l.condition(skip.When)
		if err != nil {
			return nil, err
		}
		l.skips = append(l.skips, skipPlan{when, skip.Reason})
	}
	for _, name := range spec.Carry {
		l.carry = append(l.carry, l.column(name))
	}
	l.convert = l.convertPlans(spec.Convert)
	for i := range spec.Records {
		r, err := l.record(s, &spec.Records[i])
		if err != nil {
			return nil, fmt.Errorf("record %d (%s): %w", i+1, spec.Records[i].Record, err)
		}
		l.records = append(l.records, r)
	}
	if len(l.records) == 0 {
		return nil, fmt.Errorf("it yields no records")
	}
	return l, l.checkNames()
}

func setOf(values []string) map[string]bool {
	if len(values) == 0 {
		return nil
	}
	set := map[string]bool{}
	for _, v := range values {
		set[v] = true
	}
	return set
}

// column numbers a column that the layout uses.
func (l *layout) column(name string) int {
	n, ok := l.number[name]
	if !ok {
		l.columns = append(l.columns, name)
		n = len(l.columns) - 1
		l.number[name] = n
	}
	if l.touched != nil {
		l.touched[n] = true
	}
	return n
}

func (l *layout) condition(spec schemas.Condition) (condition, error) {
	names := make([]string, 0, len(spec))
	for name := range spec {
		names = append(names, name)
	}
	sort.Strings(names)
	var c condition
	for _, name := range names {
		test := spec[name]
		t := columnTest{column: l.column(name), test: test, in: setOf(test.In), not: setOf(test.Not), nulls: l.nulls}
		if other := firstOf(test.Same, test.Differs); other != "" {
			t.other = l.column(other)
		}
		if test.Match != "" {
			var err error
			if t.match, err = regexp.Compile(test.Match); err != nil {
				return nil, fmt.Errorf("condition on %s: %w", name, err)
			}
		}
		c = append(c, t)
	}
	return c, nil
}

func (c condition) holds(values []string) bool {
	for i := range c {
		t := &c[i]
		v := values[t.column]
		switch {
		case t.test.Present:
			if t.null(v) {
				return false
			}
		case t.test.Empty:
			if !t.null(v) {
				return false
			}
		case t.test.Same != "":
			if v != values[t.other] {
				return false
			}
		case t.test.Differs != "":
			if v == values[t.other] {
				return false
			}
		case t.match != nil:
			if !t.match.MatchString(v) {
				return false
			}
		case t.in != nil:
			if !t.in[v] {
				return false
			}
		case t.not != nil:
			if t.not[v] {
				return false
			}
		}
	}
	return true
}

func (t *columnTest) null(v string) bool { return normalize.IsNull(v) || t.nulls[v] }

func (l *layout) record(s *Source, spec *schemas.Record) (*recordPlan, error) {
	typ, ok := recordTypes[spec.Record]
	if !ok {
		var kinds []string
		for kind := range recordTypes {
			kinds = append(kinds, kind)
		}
		sort.Strings(kinds)
		return nil, fmt.Errorf("unknown record %q%s", spec.Record, strictyaml.Suggest(spec.Record, kinds))
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
	names := make([]string, 0, len(spec.Fields))
	for name := range spec.Fields {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		f, err := l.field(typ, name, spec.Fields[name])
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		if err := f.limit(vocabulary[spec.Record][name]); err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		for or := f; or != nil; or = or.or {
			or.required = requiredFields[spec.Record][name]
		}
		r.fields = append(r.fields, f)
	}
	r.localPhones()
	for name := range requiredFields[spec.Record] {
		if _, ok := spec.Fields[name]; !ok {
			return nil, fmt.Errorf("field %s is missing: every %s needs it", name, spec.Record)
		}
	}
	r.byRow = slices.Contains(r.key, keyRow) || slices.Contains(r.key, keyLine) || len(r.key) == 0 && !r.derived
	r.columns = l.dependencies(r)
	return r, nil
}

// localPhones lets phones without a country code be read as numbers of the record's country.
func (p *recordPlan) localPhones() {
	var country *fieldPlan
	for _, f := range p.fields {
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

// needsRowsAbove tells whether a row is read with the help of those above it: then a file is
// not cut.
func (l *layout) needsRowsAbove() bool { return len(l.carry)+len(l.lines) > 0 }

// Parts of keys that are no columns.
const (
	keyRow  = -1
	keyLine = -2
)

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

// fieldNamed finds the struct field of a canonical name.
func fieldNamed(typ reflect.Type, name string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(typ) {
		tag, _, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if tag == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// offsetOf adds up the offsets along an embedded field's path.
func offsetOf(typ reflect.Type, index []int) uintptr {
	var offset uintptr
	for _, i := range index {
		field := typ.Field(i)
		offset += field.Offset
		typ = field.Type
	}
	return offset
}

func (l *layout) field(typ reflect.Type, name string, spec schemas.Field) (*fieldPlan, error) {
	f := &fieldPlan{name: name, spec: spec, after: -1, minus: -1, nullTexts: setOf(spec.NullValues)}
	target := name
	switch {
	case name == "phone":
		target, f.kind = "phones", fieldPhones
	case name == "email":
		target, f.kind = "emails", fieldEmails
	case strings.HasPrefix(name, "id."):
		target, f.kind = "ids", fieldID
	case strings.HasPrefix(name, "text."):
		target, f.kind = "texts", fieldTextPart
	}
	field, ok := fieldNamed(typ, target)
	if !ok || name == "shown" || len(field.Index) > 1 && name != "updated_at" && name != "merged_into" { // the rest of Meta is the engine's
		return nil, fmt.Errorf("no such field%s", strictyaml.Suggest(name, fieldNames(typ)))
	}
	f.offset = offsetOf(typ, field.Index)
	if f.kind == fieldText {
		kind, err := kindOfField(name, field.Type)
		if err != nil {
			return nil, err
		}
		f.kind = kind
	}
	if err := l.sources(f); err != nil {
		return nil, err
	}
	if spec.Else != nil {
		var err error
		if f.or, err = l.field(typ, name, *spec.Else); err != nil {
			return nil, fmt.Errorf("else: %w", err)
		}
	}
	return f, nil
}

func kindOfField(name string, t reflect.Type) (fieldKind, error) {
	switch {
	case refFields[name]:
		return fieldRef, nil
	case t.Kind() == reflect.String:
		return fieldText, nil
	case t.Kind() == reflect.Int64:
		return fieldTime, nil
	case t.Kind() == reflect.Int32:
		return fieldDay, nil
	case t.Kind() == reflect.Bool:
		return fieldBool, nil
	case t == reflect.TypeFor[*int64]() && countFields[name]:
		return fieldCount, nil
	case t == reflect.TypeFor[*int64]():
		return fieldMoney, nil
	case t == reflect.TypeFor[*float64]():
		return fieldNumber, nil
	case t == reflect.TypeFor[*bool]():
		return fieldMaybe, nil
	}
	return 0, fmt.Errorf("cannot be filled by a profile")
}

func fieldNames(typ reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(typ) {
		if tag, _, _ := strings.Cut(field.Tag.Get("parquet"), ","); tag != "" {
			names = append(names, tag)
		}
	}
	sort.Strings(names)
	return names
}

// sources resolves the columns, conditions and patterns of a field.
func (l *layout) sources(f *fieldPlan) (err error) {
	if f.spec.Column != "" {
		f.columns = append(f.columns, l.column(f.spec.Column))
	}
	for _, name := range f.spec.Columns {
		f.columns = append(f.columns, l.column(name))
	}
	if f.spec.Match != "" {
		if _, err := regexp.Compile(f.spec.Match); err != nil {
			return err
		}
		f.columns = append(f.columns, l.column("~"+f.spec.Match))
	}
	if f.spec.Question == "nps" {
		f.columns, f.nps = append(f.columns, l.column("~?nps")), true
	}
	f.formats = strings.Split(f.spec.Format, "|")
	if f.spec.After != "" {
		f.after = l.column(f.spec.After)
	}
	if f.spec.Minus != "" {
		f.minus = l.column(f.spec.Minus)
	}
	for _, name := range f.spec.Multiply {
		f.multiply = append(f.multiply, l.column(name))
	}
	if f.spec.Pattern != "" {
		if f.pattern, err = regexp.Compile(f.spec.Pattern); err != nil {
			return err
		}
	}
	if f.when, err = l.condition(f.spec.When); err != nil {
		return err
	}
	for _, c := range f.spec.Cases {
		when, err := l.condition(c.When)
		if err != nil {
			return err
		}
		plan := casePlan{when: when, value: c.Value, column: -1}
		if c.Column != "" {
			plan.column = l.column(c.Column)
		}
		f.cases = append(f.cases, plan)
	}
	if len(f.columns) == 0 && len(f.cases) == 0 && len(f.multiply) == 0 && f.spec.Const == "" && f.spec.Party == "" && !f.spec.Infer {
		return fmt.Errorf("it names no column, const, cases, party or multiply")
	}
	return nil
}

// fits tells whether a header has the layout's columns.
func (l *layout) fits(index *headerIndex) bool {
	for _, name := range l.spec.Header {
		if _, ok := index.find(name, l.spec.Aliases); !ok {
			return false
		}
	}
	for _, name := range l.spec.Absent {
		if _, ok := index.find(name, l.spec.Aliases); ok {
			return false
		}
	}
	return true
}

// npsHeader is what an NPS question looks like.
var npsHeader = regexp.MustCompile(`(?i)(0\s*[-~至到]\s*10|推荐|recommend|\bnps\b)`)

// bind finds the file's index of every column that the layout uses; -1 when the file lacks it.
func (l *layout) bind(header []string, npsQuestion string) (at []int, err error) {
	index := indexHeader(header)
	at = make([]int, len(l.columns))
	for i, name := range l.columns {
		at[i] = -1
		switch {
		case name == "~?nps":
			for j, h := range header {
				if npsQuestion != "" && strings.TrimSpace(h) == npsQuestion || npsQuestion == "" && npsHeader.MatchString(h) {
					at[i] = j
					break
				}
			}
			if npsQuestion != "" && at[i] < 0 {
				return nil, fmt.Errorf("no column is named like nps_question")
			}
		case strings.HasPrefix(name, "~"):
			pattern := regexp.MustCompile(name[1:])
			for j, h := range header {
				if pattern.MatchString(h) {
					at[i] = j
					break
				}
			}
		default:
			if j, ok := index.find(name, l.spec.Aliases); ok {
				at[i] = j
			} else if index.ambiguous(name) {
				return nil, fmt.Errorf("column %q is there more than once: rename one, or spell it exactly in a mapping", name)
			}
		}
	}
	return at, nil
}
