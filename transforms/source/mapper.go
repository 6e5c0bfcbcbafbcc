package source

import (
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// listSeparator joins the elements of a JSON array within one value.
const listSeparator = "\x1f"

// cells are the values of one row, by column of the layout.
type cells struct {
	values []string
	bad    []string // code of a cell that could not be read, by column; empty = sound
	row    int64
	offset int64
	size   int64
	text   []byte // the row as it is in the file
	// each gives the values once for each element of a JSON array.
	each func(path string) [][]string
}

// fault is why a row is refused.
type fault struct {
	code   string
	column string
	reason string
}

// mapper turns rows of one layout into canonical records.
type mapper struct {
	source  *Source
	layout  *layout
	split   *Split
	sink    Sink
	counts  *Counts
	regions []string
	mark    byte
	built   []builtRecord     // of the current row
	refs    map[string]string // references of the row's parties
	last    []uint64          // hash of the last record of each plan, to drop what a row only repeats
	carried []string
	scratch []byte
}

// builtRecord is a record that waits until the whole row is known to be sound.
type builtRecord struct {
	plan *recordPlan
	at   int
	rec  any
}

func newMapper(s *Source, l *layout, split *Split, sink Sink, counts *Counts) *mapper {
	m := &mapper{
		source: s, layout: l, split: split, sink: sink, counts: counts, regions: s.Spec.Regions,
		refs: map[string]string{}, last: make([]uint64, len(l.records)),
	}
	if mark := firstOf(s.Spec.Decimal, l.spec.Decimal, s.profile.Decimal); mark != "" {
		m.mark = mark[0]
	}
	return m
}

// row maps one row: to records, to a reject, or to a counted skip.
func (m *mapper) row(c *cells) error {
	m.carry(c)
	for _, skip := range m.layout.skips {
		if skip.when.holds(c.values) {
			m.skip(skip.reason, c.size)
			return nil
		}
	}
	m.built = m.built[:0]
	clear(m.refs)
	for i, plan := range m.layout.records {
		variants := [][]string{c.values}
		if plan.each != "" {
			variants = c.each(plan.each)
		}
		for n, values := range variants {
			view := *c
			view.values = values
			if !plan.when.holds(values) {
				continue
			}
			rec, f := m.build(plan, &view, n)
			if f != nil {
				return m.reject(f, c)
			}
			if rec != nil {
				m.built = append(m.built, builtRecord{plan, i, rec})
			}
		}
	}
	return m.emit(c)
}

// carry fills the declared cells of a child row from the row above it.
func (m *mapper) carry(c *cells) {
	if len(m.layout.carry) == 0 {
		return
	}
	if m.carried == nil {
		m.carried = make([]string, len(m.layout.columns))
	}
	first := m.layout.carry[0]
	child := c.values[first] == ""
	for _, column := range m.layout.carry {
		if child {
			c.values[column] = m.carried[column]
		} else {
			m.carried[column] = strings.Clone(c.values[column])
		}
	}
}

func (m *mapper) skip(reason string, size int64) {
	m.counts.Skipped.add(size)
	m.counts.Reasons = count(m.counts.Reasons, reason, 1)
}

// emit sends the records of a sound row. The first record that is no derived party stands for
// the row in the accounts.
func (m *mapper) emit(c *cells) error {
	if len(m.built) == 0 {
		m.skip(SkipNoRecord, c.size)
		return nil
	}
	m.counts.Accepted.add(c.size)
	stands := 0
	for i, b := range m.built {
		if !b.plan.derived {
			stands = i
			if b.plan.kind != schemas.KindOrder || len(m.built) == i+1 {
				break
			}
		}
	}
	for i, b := range m.built {
		meta := metaOf(b.rec, b.plan)
		hash := m.contentHash(b)
		meta.ContentHash = hash
		if i == stands {
			meta.RowBytes = max(c.size, 1)
		} else if b.plan.each == "" {
			if repeat := hash ^ xxh3.HashString(meta.Key); m.last[b.at] == repeat {
				continue // the row above said the same
			} else {
				m.last[b.at] = repeat
			}
		}
		m.counts.Records = count(m.counts.Records, b.plan.kind, 1)
		if err := m.sink.Record(b.plan.kind, b.rec); err != nil {
			return err
		}
	}
	return nil
}

func metaOf(rec any, plan *recordPlan) *schemas.Meta {
	base := reflect.ValueOf(rec).UnsafePointer()
	return (*schemas.Meta)(unsafe.Add(base, plan.meta))
}

// contentHash hashes a record without its place in the file.
func (m *mapper) contentHash(b builtRecord) uint64 {
	meta := metaOf(b.rec, b.plan)
	row, file := meta.Row, meta.File
	meta.Row, meta.File = 0, ""
	m.scratch = appendRecord(m.scratch[:0], b.rec)
	meta.Row, meta.File = row, file
	return xxh3.Hash(m.scratch)
}

func (m *mapper) reject(f *fault, c *cells) error {
	m.counts.Rejected.add(c.size)
	m.counts.Rejects = count(m.counts.Rejects, f.code, 1)
	message := f.reason
	if f.column != "" {
		message = fmt.Sprintf("column %s: %s", f.column, f.reason)
	}
	return m.sink.Reject(&schemas.Reject{
		Source: m.source.Spec.Name, File: m.split.Name, Row: c.row, ByteOffset: c.offset, Bytes: c.size, Column: f.column, Code: f.code,
		Message: fmt.Sprintf("%s:%d: %s", m.split.Name, c.row, message), Original: string(c.text),
	})
}

func (m *mapper) issue(column, code string) {
	m.counts.Issues = count(m.counts.Issues, column+"|"+code, 1)
	m.sink.Issue(column, code)
}

// columnName is the file's or layout's name of a field's first column.
func (m *mapper) columnName(f *fieldPlan) string {
	for _, column := range append(append([]int{}, f.columns...), f.multiply...) {
		return strings.TrimPrefix(m.layout.columns[column], "~")
	}
	return f.name
}

// build fills one record. A nil record without fault: the row yields none (an anonymous buyer).
func (m *mapper) build(plan *recordPlan, c *cells, n int) (any, *fault) {
	value := reflect.New(plan.typ)
	rec, base := value.Interface(), value.UnsafePointer()
	meta := (*schemas.Meta)(unsafe.Add(base, plan.meta))
	*meta = schemas.Meta{
		System: m.source.System, Source: m.source.Spec.Name, Namespace: m.source.Namespace, Object: plan.object,
		File: m.split.Name, Row: c.row, Derived: plan.derived,
	}
	if len(plan.deleted) > 0 {
		meta.Deleted = plan.deleted.holds(c.values)
	}
	currency := m.currency(plan, c)
	for _, f := range plan.fields {
		if !f.when.holds(c.values) {
			continue
		}
		if problem := m.fill(f, unsafe.Add(base, f.offset), c, currency); problem != nil {
			if f.required || problem.code == CodeMissing || strictFields[f.name] {
				if meta.Deleted && problem.code == CodeMissing {
					continue // a tombstone needs no content
				}
				return nil, problem
			}
			m.issue(problem.column, problem.code)
		}
	}
	if f := m.finish(plan, rec, c, currency); f != nil {
		return nil, f
	}
	switch f := m.key(plan, meta, rec, c, n); {
	case f == errAnonymous:
		return nil, nil
	case f != nil:
		return nil, f
	}
	if plan.as != "" {
		m.refs[plan.as] = meta.Reference()
	}
	return rec, nil
}

// errAnonymous tells that a party has nothing to be known by.
var errAnonymous = &fault{}

// key gives the record its key: the declared columns, else for parties a hash of the contact
// data, else file and row.
func (m *mapper) key(plan *recordPlan, meta *schemas.Meta, rec any, c *cells, n int) *fault {
	var parts []string
	for _, column := range plan.key {
		if column < 0 {
			parts = append(parts, fmt.Sprint(c.row))
			continue
		}
		if c.bad[column] != "" {
			return &fault{c.bad[column], m.layout.columns[column], "the key cannot be read"}
		}
		v := c.values[column]
		if normalize.IsNull(v) || m.layout.nulls[v] || (plan.derived && normalize.IsMasked(v)) {
			parts = nil
			break
		}
		parts = append(parts, v)
	}
	if len(parts) > 0 {
		meta.Key = strings.Join(parts, "|")
		return nil
	}
	if party, ok := rec.(*schemas.Party); ok && plan.derived {
		return m.contactKey(party)
	}
	if len(plan.key) > 0 {
		return &fault{CodeMissing, m.layout.columns[max(plan.key[0], 0)], "the key is empty"}
	}
	meta.Key = KeyFromFile(m.split.Name, c.row)
	if n > 0 {
		meta.Key += fmt.Sprintf(".%d", n)
	}
	return nil
}

// contactKey keys a party by its contact data and identifiers.
func (m *mapper) contactKey(p *schemas.Party) *fault {
	var b strings.Builder
	for _, list := range [][]schemas.Contact{p.Phones, p.Emails} {
		for _, contact := range list {
			if contact.Status == schemas.ContactValid {
				b.WriteString(contact.Value + "\x00")
			}
		}
	}
	for _, id := range p.IDs {
		b.WriteString(id.Name + "=" + id.Value + "\x00")
	}
	if b.Len() == 0 {
		return errAnonymous
	}
	if name := normalize.ParseName(p.FullName, p.GivenName, p.FamilyName); len(name.Tokens) > 0 {
		b.WriteString(strings.Join(name.Tokens, " "))
	}
	sum := xxh3.Hash128([]byte(b.String())).Bytes()
	p.Key = "h_" + hex.EncodeToString(sum[:12])
	return nil
}

// currency is the record's currency: its own field, else the source's, else the profile's.
func (m *mapper) currency(plan *recordPlan, c *cells) string {
	for _, f := range plan.fields {
		if f.name == "currency" && f.when.holds(c.values) {
			if text, problem := m.text(f, c); problem == nil && text != "" {
				return strings.ToUpper(text)
			}
		}
	}
	return firstOf(m.source.Spec.Currency, m.source.profile.Currency)
}

// text is the value of a field as text, empty for null.
func (m *mapper) text(f *fieldPlan, c *cells) (string, *fault) {
	if f.spec.Const != "" {
		return f.spec.Const, nil
	}
	if f.spec.Party != "" {
		return m.refs[f.spec.Party], nil
	}
	for _, plan := range f.cases {
		if plan.when.holds(c.values) {
			if plan.column >= 0 {
				return c.values[plan.column], nil
			}
			return plan.value, nil
		}
	}
	if f.spec.Join != nil {
		return m.joined(f, c)
	}
	for _, column := range f.columns {
		if c.bad[column] != "" {
			return "", &fault{c.bad[column], m.layout.columns[column], badCell[c.bad[column]]}
		}
		v, problem := m.refine(f, c.values[column])
		if problem != nil {
			problem.column = strings.TrimPrefix(m.layout.columns[column], "~")
			return "", problem
		}
		if v != "" {
			return v, nil
		}
	}
	return "", nil
}

var badCell = map[string]string{
	CodeEncoding: "is not text in the file's encoding",
	CodeNUL:      "holds a NUL byte",
}

func (m *mapper) joined(f *fieldPlan, c *cells) (string, *fault) {
	var parts []string
	for _, column := range f.columns {
		if c.bad[column] != "" {
			return "", &fault{c.bad[column], m.layout.columns[column], badCell[c.bad[column]]}
		}
		v, problem := m.refine(f, c.values[column])
		if problem != nil {
			return "", problem
		}
		if v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, *f.spec.Join), nil
}

// refine applies what the field declares for a cell: nulls, prefixes, pattern, values.
func (m *mapper) refine(f *fieldPlan, v string) (string, *fault) {
	if normalize.IsNull(v) || m.layout.nulls[v] || f.nullTexts[v] {
		return "", nil
	}
	for _, prefix := range f.spec.Strip {
		v = strings.TrimPrefix(v, prefix)
	}
	if f.pattern != nil {
		match := f.pattern.FindStringSubmatch(v)
		if match == nil {
			return "", nil
		}
		v = match[len(match)-1]
	}
	if f.spec.Values != nil {
		mapped, ok := f.spec.Values[v]
		if !ok {
			mapped, ok = f.spec.Values["*"]
		}
		if !ok {
			return "", &fault{CodeBadValue, "", "is not one of the values that the profile knows"}
		}
		v = mapped
	}
	return strings.TrimSpace(v), nil
}

// fill reads one field into its place.
func (m *mapper) fill(f *fieldPlan, at unsafe.Pointer, c *cells, currency string) *fault {
	switch f.kind {
	case fieldPhones, fieldEmails:
		return m.contacts(f, (*[]schemas.Contact)(at), c)
	case fieldID, fieldTextPart:
		return m.named(f, (*[]schemas.NameValue)(at), c)
	}
	if f.multiply != nil {
		return m.product(f, (**int64)(at), c, currency)
	}
	text, problem := m.text(f, c)
	if problem != nil {
		return problem
	}
	if text == "" {
		if f.required {
			return &fault{CodeMissing, m.columnName(f), "is empty"}
		}
		return nil
	}
	var err error
	switch f.kind {
	case fieldText:
		if f.name == "currency" {
			text = strings.ToUpper(text)
		}
		*(*string)(at) = text
	case fieldRef:
		*(*string)(at) = m.reference(f, text)
	case fieldTime:
		*(*int64)(at), err = m.time(f, text, c)
	case fieldDay:
		*(*int32)(at), err = normalize.Day(text, f.spec.Format)
		if errors.Is(err, normalize.ErrNoTime) {
			err = nil
		}
		if err != nil && f.name == "birth_date" {
			*(*string)(unsafe.Add(at, birthRaw)) = text // still evidence
		}
	case fieldMoney:
		var v int64
		if v, err = m.money(f, text, currency); err == nil {
			*(**int64)(at) = &v
		}
	case fieldCount:
		var v int64
		if v, err = m.whole(text); err == nil {
			*(**int64)(at) = &v
		}
	case fieldNumber:
		var v float64
		if v, err = normalize.Quantity(text, m.mark); err == nil {
			if f.name == "probability" && v > 1 {
				v /= 100
			}
			if f.spec.Abs && v < 0 {
				v = -v
			}
			*(**float64)(at) = &v
		}
	case fieldBool:
		*(*bool)(at) = truth(text)
	case fieldMaybe:
		v := truth(text)
		*(**bool)(at) = &v
	}
	if errors.Is(err, normalize.ErrNoTime) || errors.Is(err, normalize.ErrNoAmount) {
		if f.required {
			return &fault{CodeMissing, m.columnName(f), err.Error()}
		}
		return nil
	}
	if err != nil {
		return &fault{CodeBadValue, m.columnName(f), err.Error()}
	}
	return nil
}

// birthRaw is the way from Party.BirthDate to Party.BirthDateRaw.
var birthRaw = unsafe.Offsetof(schemas.Party{}.BirthDateRaw) - unsafe.Offsetof(schemas.Party{}.BirthDate)

func truth(text string) bool {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "y", "x", "是", "t":
		return true
	}
	return false
}

// whole reads a count; a fraction is cut off only where it is zero.
func (m *mapper) whole(text string) (int64, error) {
	v, err := normalize.Decimal(text, '.', 2)
	if err == nil && v%100 != 0 {
		return 0, normalize.ErrBadAmount
	}
	return v / 100, err
}

func (m *mapper) money(f *fieldPlan, text, currency string) (int64, error) {
	var v int64
	var err error
	if f.spec.ImpliedDecimals != nil {
		v, err = normalize.Decimal(text, m.mark, *f.spec.ImpliedDecimals)
	} else {
		v, err = normalize.Money(text, m.mark, currency)
	}
	if f.spec.Abs && v < 0 {
		v = -v
	}
	return v, err
}

// product multiplies quantity and price exactly: 10^-6 pieces times 10^-6 currency units.
func (m *mapper) product(f *fieldPlan, at **int64, c *cells, currency string) *fault {
	var factors [2]int64
	for i, column := range f.multiply {
		v, err := normalize.Decimal(c.values[column], m.mark, 6)
		if errors.Is(err, normalize.ErrNoAmount) {
			return nil
		}
		if err != nil {
			return &fault{CodeBadValue, m.layout.columns[column], err.Error()}
		}
		factors[i] = v
	}
	exact := float64(factors[0]) * float64(factors[1]) / 1e12
	for range normalize.Exponent(currency) {
		exact *= 10
	}
	v := int64(exact + 0.5)
	if exact < 0 {
		v = -int64(-exact + 0.5)
	}
	if f.spec.Abs && v < 0 {
		v = -v
	}
	*at = &v
	return nil
}

func (m *mapper) time(f *fieldPlan, text string, c *cells) (int64, error) {
	if f.after < 0 {
		return normalize.Time(text, f.spec.Format, m.source.location)
	}
	start, err := normalize.Time(c.values[f.after], "", m.source.location)
	if err != nil {
		return 0, err
	}
	minutes, err := normalize.Decimal(text, '.', 6)
	if err != nil {
		return 0, err
	}
	return start + minutes*60, nil
}

// reference makes namespace:object:key of a key, with the namespace of this source unless the
// field names another.
func (m *mapper) reference(f *fieldPlan, key string) string {
	if f.spec.Party != "" {
		return key
	}
	return firstOf(f.spec.Namespace, m.source.Namespace) + ":" + f.spec.Object + ":" + key
}

// contacts reads phones or e-mail addresses out of one or several cells.
func (m *mapper) contacts(f *fieldPlan, at *[]schemas.Contact, c *cells) *fault {
	for _, column := range f.columns {
		if c.bad[column] != "" {
			m.issue(m.layout.columns[column], c.bad[column])
			continue
		}
		for _, part := range m.parts(f, c.values[column]) {
			text, problem := m.refine(f, part)
			if problem != nil || text == "" {
				continue
			}
			contact := schemas.Contact{Raw: text}
			if f.kind == fieldPhones {
				contact.Value, contact.Status = normalize.Phone(text, m.regions)
			} else {
				contact.Value, contact.Status = normalize.Email(text)
			}
			if contact.Status == schemas.ContactInvalid {
				m.issue(m.layout.columns[column], "not_a_"+f.name)
			}
			if !hasContact(*at, contact) {
				*at = append(*at, contact)
			}
		}
	}
	return nil
}

func hasContact(list []schemas.Contact, c schemas.Contact) bool {
	for i := range list {
		if list[i].Raw == c.Raw || (c.Value != "" && list[i].Value == c.Value) {
			return true
		}
	}
	return false
}

func (m *mapper) parts(f *fieldPlan, v string) []string {
	if v == "" {
		return nil
	}
	separator := listSeparator
	if f.spec.Split != "" {
		v = strings.ReplaceAll(v, f.spec.Split, listSeparator)
	}
	if !strings.Contains(v, separator) {
		return []string{v}
	}
	parts := strings.Split(v, separator)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// named reads id.NAME and text.NAME.
func (m *mapper) named(f *fieldPlan, at *[]schemas.NameValue, c *cells) *fault {
	text, problem := m.text(f, c)
	if problem != nil {
		return problem
	}
	if text == "" || normalize.IsMasked(text) {
		return nil
	}
	_, name, _ := strings.Cut(f.name, ".")
	for _, part := range m.parts(f, text) {
		if part != "" {
			*at = append(*at, schemas.NameValue{Name: name, Value: part})
		}
	}
	return nil
}

// finish does what a record needs beyond its fields.
func (m *mapper) finish(plan *recordPlan, rec any, c *cells, currency string) *fault {
	switch r := rec.(type) {
	case *schemas.Party:
		return finishParty(r)
	case *schemas.Order:
		r.CountsAsRevenue = plan.revenue
		r.Currency = firstOf(r.Currency, currency)
		if r.Currency == "" && !r.Deleted {
			return &fault{CodeMissing, "", "the order has no currency: give the source one"}
		}
	case *schemas.OrderLine:
		r.Currency = firstOf(r.Currency, currency)
		r.OrderObject = firstOf(r.OrderObject, schemas.KindOrder)
	case *schemas.Opportunity:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.CampaignCost:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.Product:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.Subscription:
		r.Currency = firstOf(r.Currency, currency)
	case *schemas.Consent:
		return finishConsent(r, m.regions)
	}
	return nil
}

func finishParty(p *schemas.Party) *fault {
	for _, name := range []*string{&p.FullName, &p.GivenName, &p.FamilyName, &p.Street} {
		if normalize.IsMasked(*name) {
			*name = ""
		}
	}
	if p.Kind == "" || p.Kind == "infer" {
		p.Kind = schemas.Person
		if normalize.LooksLikeCompany(firstOf(p.FullName, p.Company)) && p.GivenName == "" && p.FamilyName == "" && normalize.LooksLikeCompany(p.FullName) {
			p.Kind = schemas.Organization
		}
	}
	if p.Role == "" {
		p.Role = schemas.RoleContact
	}
	if code := normalize.Country(p.Country); code != "" {
		p.Country = code
	}
	if p.Province == "" && p.City == "" && p.Street != "" && normalize.HasHan(p.Street) {
		a := normalize.SplitAddress(p.Street)
		if a.Province != "" {
			p.Province, p.City, p.District, p.Street = a.Province, a.City, a.District, a.Street
		}
	}
	if p.FirstSeen == 0 {
		p.FirstSeen = p.RegisteredAt
	}
	if p.LastSeen == 0 {
		p.LastSeen = max(p.UpdatedAt, p.FirstSeen)
	}
	return nil
}

func finishConsent(r *schemas.Consent, regions []string) *fault {
	status := schemas.ContactValid
	switch r.IdentifierType {
	case "phone":
		r.Identifier, status = normalize.Phone(r.Identifier, regions)
	case "email":
		r.Identifier, status = normalize.Email(r.Identifier)
	}
	if r.Identifier == "" && r.CustomerRef == "" {
		if status == schemas.ContactInvalid || status == schemas.ContactValid {
			return &fault{CodeMissing, "", "the consent names nobody: no readable identifier and no customer"}
		}
	}
	return nil
}

// recordCodecs encode records for their content hash.
func appendRecord(dst []byte, rec any) []byte {
	switch r := rec.(type) {
	case *schemas.Party:
		return hashCodecs.party.Append(dst, r)
	case *schemas.Trait:
		return hashCodecs.trait.Append(dst, r)
	case *schemas.Order:
		return hashCodecs.order.Append(dst, r)
	case *schemas.OrderLine:
		return hashCodecs.line.Append(dst, r)
	case *schemas.Product:
		return hashCodecs.product.Append(dst, r)
	case *schemas.Opportunity:
		return hashCodecs.opportunity.Append(dst, r)
	case *schemas.Subscription:
		return hashCodecs.subscription.Append(dst, r)
	case *schemas.LoyaltyEvent:
		return hashCodecs.loyalty.Append(dst, r)
	case *schemas.Interaction:
		return hashCodecs.interaction.Append(dst, r)
	case *schemas.Behaviour:
		return hashCodecs.behaviour.Append(dst, r)
	case *schemas.Consent:
		return hashCodecs.consent.Append(dst, r)
	case *schemas.CampaignCost:
		return hashCodecs.cost.Append(dst, r)
	}
	return dst
}

var hashCodecs = struct {
	party        *codec.Codec[schemas.Party]
	trait        *codec.Codec[schemas.Trait]
	order        *codec.Codec[schemas.Order]
	line         *codec.Codec[schemas.OrderLine]
	product      *codec.Codec[schemas.Product]
	opportunity  *codec.Codec[schemas.Opportunity]
	subscription *codec.Codec[schemas.Subscription]
	loyalty      *codec.Codec[schemas.LoyaltyEvent]
	interaction  *codec.Codec[schemas.Interaction]
	behaviour    *codec.Codec[schemas.Behaviour]
	consent      *codec.Codec[schemas.Consent]
	cost         *codec.Codec[schemas.CampaignCost]
}{
	codec.For[schemas.Party](), codec.For[schemas.Trait](), codec.For[schemas.Order](), codec.For[schemas.OrderLine](),
	codec.For[schemas.Product](), codec.For[schemas.Opportunity](), codec.For[schemas.Subscription](), codec.For[schemas.LoyaltyEvent](),
	codec.For[schemas.Interaction](), codec.For[schemas.Behaviour](), codec.For[schemas.Consent](), codec.For[schemas.CampaignCost](),
}
