// Package mapping proposes a mapping for a table that no profile knows: which record its rows
// are, and which canonical field each column fills. It guesses from the header's words, in
// English and Chinese, and from the values; a person reads the proposal before it is used.
package mapping

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Proposal is a guessed mapping.
type Proposal struct {
	Record string
	Key    []string        // columns; empty = no column identifies a row
	Fields []ProposedField // in order of the columns
	Rest   []string        // columns that were not understood
}

// ProposedField is one guessed column.
type ProposedField struct {
	Field  string
	Column string
	Format string // of a date that is ambiguous without one
	Const  string // stands in for a column that the table lacks
}

// Propose guesses a mapping from a header and the first rows. ok is false when it looks like
// neither parties nor orders.
func Propose(header []string, rows [][]string) (p *Proposal, ok bool) {
	var columns []column
	for i, name := range header {
		if strings.TrimSpace(name) != "" {
			columns = append(columns, look(name, i, rows))
		}
	}
	guessed := map[string]int{} // field -> position in columns
	for i := range columns {
		field := columns[i].guess()
		if _, taken := guessed[field]; field != "" && !taken {
			guessed[field] = i
			columns[i].field = field
		}
	}
	switch {
	case has(guessed, "order_no") && (has(guessed, "gross") || has(guessed, "net")):
		return propose(schemas.KindOrder, columns, guessed), true
	case has(guessed, "phone") || has(guessed, "email") || has(guessed, "full_name") || has(guessed, "given_name") || has(guessed, "family_name") || has(guessed, "company"):
		return propose(schemas.KindParty, columns, guessed), true
	}
	return nil, false
}

func has(guessed map[string]int, field string) bool { _, ok := guessed[field]; return ok }

// fieldsOf lists what a proposal may fill of each record.
var fieldsOf = map[string][]string{
	schemas.KindParty: {
		"full_name", "given_name", "family_name", "gender", "birth_date", "phone", "email", "street", "district", "city", "province", "postcode", "country",
		"company", "industry", "occupation", "language", "registered_at", "updated_at", "owner", "tier", "id.unionid", "id.openid", "id.loyalty", "customer_ref",
	},
	schemas.KindOrder: {
		"customer_ref", "time", "status", "currency", "gross", "discount", "shipping", "tax", "refund", "net", "channel", "campaign_id", "updated_at",
	},
}

// keysOf lists the fields that identify a row of each record, the best first.
var keysOf = map[string][]string{
	schemas.KindParty: {"row_id", "customer_ref", "id.loyalty", "id.unionid"},
	schemas.KindOrder: {"order_no", "row_id"},
}

func propose(record string, columns []column, guessed map[string]int) *Proposal {
	p := &Proposal{Record: record}
	for _, field := range keysOf[record] {
		if i, ok := guessed[field]; ok && columns[i].unique {
			p.Key = []string{columns[i].name}
			columns[i].used = true
			break
		}
	}
	for i := range columns {
		c := &columns[i]
		if slices.Contains(fieldsOf[record], c.field) && !c.used {
			p.Fields = append(p.Fields, ProposedField{Field: c.field, Column: c.name, Format: c.format()})
			c.used = true
		}
	}
	if record == schemas.KindOrder && !has(guessed, "status") {
		p.Fields = append(p.Fields, ProposedField{Field: "status", Const: "paid"})
	}
	for i := range columns {
		if !columns[i].used {
			p.Rest = append(p.Rest, columns[i].name)
		}
	}
	return p
}

// YAML writes the proposal as a source of the config, ready to paste below `sources:`.
func (p *Proposal) YAML(name, path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - name: %s\n    path: %s\n    mapping:\n      record: %s\n", quote(name), quote(path), p.Record)
	switch len(p.Key) {
	case 0:
		b.WriteString("      # no column identifies a row: ids then survive only unchanged files\n")
	case 1:
		fmt.Fprintf(&b, "      key: %s\n", quote(p.Key[0]))
	}
	b.WriteString("      fields:\n")
	for _, f := range p.Fields {
		switch {
		case f.Const != "":
			fmt.Fprintf(&b, "        %s: {const: %s}  # no column says it: is that right?\n", f.Field, f.Const)
		case f.Format != "":
			fmt.Fprintf(&b, "        %s: {column: %s, format: %s}\n", f.Field, quote(f.Column), f.Format)
		default:
			fmt.Fprintf(&b, "        %s: %s\n", f.Field, quote(f.Column))
		}
	}
	if len(p.Rest) > 0 {
		rest := slices.Clone(p.Rest)
		sort.Strings(rest)
		fmt.Fprintf(&b, "      # not used: %s\n", strings.Join(rest, ", "))
	}
	return b.String()
}

// quote writes a scalar as YAML needs it.
func quote(text string) string {
	data, err := yaml.Marshal(text)
	if err != nil || strings.Contains(strings.TrimSpace(string(data)), "\n") {
		return fmt.Sprintf("%q", text)
	}
	return strings.TrimSpace(string(data))
}

// column is what is known of one column.
type column struct {
	name   string
	folded string
	values []string // that are not empty
	unique bool     // no value twice, none empty
	field  string
	used   bool
}

func look(name string, at int, rows [][]string) column {
	c := column{name: strings.TrimSpace(name), unique: len(rows) > 0}
	c.folded = strings.NewReplacer(" ", "", "_", "", ".", "", "#", "").Replace(normalize.Fold(c.name))
	seen := map[string]bool{}
	for _, row := range rows {
		value := ""
		if at < len(row) {
			value = strings.TrimSpace(row[at])
		}
		if value == "" || seen[value] {
			c.unique = false
		}
		seen[value] = true
		if value != "" {
			c.values = append(c.values, value)
		}
	}
	return c
}

// guess finds the field of a column: by its header, then by its values.
func (c *column) guess() string {
	for _, w := range words {
		if slices.Contains(w.exact, c.folded) {
			return c.checked(w.field)
		}
	}
	for _, w := range words {
		if slices.ContainsFunc(w.within, func(part string) bool { return strings.Contains(c.folded, part) }) {
			return c.checked(w.field)
		}
	}
	switch {
	case c.most(emailValue.MatchString):
		return "email"
	case c.most(phoneValue.MatchString):
		return "phone"
	}
	return ""
}

// checked refuses a guess that the values contradict.
func (c *column) checked(field string) string {
	switch field {
	case "email":
		if len(c.values) > 0 && !c.most(emailValue.MatchString) {
			return ""
		}
	case "gross", "net", "refund", "shipping", "discount", "tax", "unit_price", "quantity":
		if len(c.values) > 0 && !c.most(numberValue.MatchString) {
			return ""
		}
	case "time", "birth_date", "registered_at", "updated_at":
		if len(c.values) > 0 && !c.most(dateValue.MatchString) {
			return ""
		}
	}
	return field
}

var (
	emailValue  = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	phoneValue  = regexp.MustCompile(`^(\+?86[- ]?)?1[3-9]\d{9}$|^\+\d[\d ()-]{7,16}$`)
	numberValue = regexp.MustCompile(`^[-+]?[¥￥$€]?\s*\d[\d.,]*\s*[元%]?$`)
	dateValue   = regexp.MustCompile(`^\d{1,4}[-/.年]?\d{1,2}[-/.月]?\d{1,4}`)
	slashDate   = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}`)
)

// most tells whether a test holds for nine values of ten.
func (c *column) most(test func(string) bool) bool {
	n := 0
	for _, v := range c.values {
		if test(v) {
			n++
		}
	}
	return n > 0 && n*10 >= len(c.values)*9
}

// format finds the order of day and month in dates such as 03/04/2026, which need one. Where
// no value tells, day first is proposed: it is to be checked.
func (c *column) format() string {
	switch c.field {
	case "time", "birth_date", "registered_at", "updated_at":
	default:
		return ""
	}
	if !c.most(slashDate.MatchString) {
		return ""
	}
	for _, v := range c.values {
		if m := slashDate.FindStringSubmatch(v); m != nil && len(m[2]) == 2 && m[2] > "12" {
			return "mm/dd/yyyy"
		}
	}
	return "dd/mm/yyyy"
}
