package schemas

import (
	"fmt"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Profile describes the exports of one system: its layouts, and how rows become canonical
// records. docs/profiles.md explains the grammar with examples.
type Profile struct {
	System          string   `yaml:"system"`            // namespace of references unless the source says otherwise
	Name            Label    `yaml:"name"`              // shown to people
	Experimental    bool     `yaml:"experimental"`      // no real or verified sample backs it
	CountsAsRevenue bool     `yaml:"counts_as_revenue"` // orders are sales (shops, ERP billing)
	Timezone        string   `yaml:"timezone"`          // of times without a zone, where the system fixes it
	Currency        string   `yaml:"currency"`          // of amounts without one, where the system fixes it
	Decimal         string   `yaml:"decimal"`           // decimal mark, where the system fixes it
	Layouts         []Layout `yaml:"layouts"`
}

// Label is a text in English and Chinese.
type Label struct {
	EN string `yaml:"en" json:"en"`
	ZH string `yaml:"zh" json:"zh"`
}

// Layout is one file layout of a system, recognised by its header.
type Layout struct {
	Name            string              `yaml:"name"`
	Header          []string            `yaml:"header"` // columns that must be there
	Absent          []string            `yaml:"absent"` // columns that must not be there
	Aliases         map[string][]string `yaml:"aliases"`
	Rows            string              `yaml:"rows"`    // JSON: path of the array of rows
	JSON            []string            `yaml:"json"`    // JSON: texts that hold JSON themselves
	Carry           []string            `yaml:"carry"`   // cells that a child row takes from the row above it
	Convert         map[string]Convert  `yaml:"convert"` // how cells are rewritten before anything else, keys too
	Experimental    bool                `yaml:"experimental"`
	CountsAsRevenue *bool               `yaml:"counts_as_revenue"`
	Decimal         string              `yaml:"decimal"`
	NullValues      []string            `yaml:"null_values"`
	Skip            []Skip              `yaml:"skip"`
	Records         []Record            `yaml:"records"`
}

// Convert rewrites the cells of one column before conditions, keys and fields see them.
type Convert struct {
	Strip      []string `yaml:"strip"`      // prefixes that are no part of the value
	Salesforce bool     `yaml:"salesforce"` // 15-character ids get their 3 characters of checksum
	Scientific bool     `yaml:"scientific"` // 1.5E3 is 1500
}

// Skip counts rows out, with a reason.
type Skip struct {
	When   Condition `yaml:"when"`
	Reason string    `yaml:"reason"`
}

// Record is one canonical record that a row yields.
type Record struct {
	Record  string    `yaml:"record"`
	Object  string    `yaml:"object"` // object of the reference: contact, account, order ...
	As      string    `yaml:"as"`     // name by which other records of the row refer to this party
	Key     Names     `yaml:"key"`    // columns; "#row" is the row number, "#line" counts the rows of the order, "name?" may be empty; no key = a hash of the contact data (parties) or file and row
	Derived bool      `yaml:"derived"`
	When    Condition `yaml:"when"`
	Deleted Condition `yaml:"deleted"`
	Each    string    `yaml:"each"` // JSON: one record for each element of this array
	// EachColumn makes one record of every column whose header matches and that nothing else in
	// the layout reads: questions of a form. "#column" is its header, "#value" its cell.
	EachColumn string           `yaml:"each_column"`
	Except     []string         `yaml:"except"` // columns that are no questions
	Split      string           `yaml:"split"`  // between several answers in one cell: one record each
	Fields     map[string]Field `yaml:"fields"`
}

// Field says where a value comes from and how it is read. A plain text is a column's name.
type Field struct {
	Column          string            `yaml:"column"`
	Columns         []string          `yaml:"columns"` // the first that is not empty; all of them for lists and with join
	Match           string            `yaml:"match"`   // the first column whose header matches this regular expression
	Const           string            `yaml:"const"`
	Format          string            `yaml:"format"` // of dates; several are tried in turn: |dd.mm.yyyy, empty = the usual ones; hms for durations with after
	Values          map[string]string `yaml:"values"` // "*" stands for all others
	NullValues      []string          `yaml:"null_values"`
	Join            *string           `yaml:"join"`    // joins columns with this text
	Strip           []string          `yaml:"strip"`   // prefixes that are no part of the value
	Split           string            `yaml:"split"`   // lists within a cell
	Pattern         string            `yaml:"pattern"` // regular expression; its first group is the value
	Object          string            `yaml:"object"`  // of a reference
	Namespace       string            `yaml:"namespace"`
	Party           string            `yaml:"party"` // reference of the row's party of that name
	Cases           []Case            `yaml:"cases"` // the first whose condition holds
	When            Condition         `yaml:"when"`
	ImpliedDecimals *int              `yaml:"implied_decimals"` // amounts stored with so many decimals whatever the currency
	Abs             bool              `yaml:"abs"`
	Negative        bool              `yaml:"negative"` // amounts that take away, whatever their sign in the export
	Multiply        []string          `yaml:"multiply"` // product of two columns
	Minus           string            `yaml:"minus"`    // amounts: column that is taken off
	After           string            `yaml:"after"`    // durations: column of the time they count from
	HTML            bool              `yaml:"html"`     // tags are removed, entities read
	Else            *Field            `yaml:"else"`     // where this one gives nothing
	Infer           bool              `yaml:"infer"`    // kind: told from the name
	Question        string            `yaml:"question"` // nps: the source's nps_question, else the header that looks like one
}

// Case is a value under a condition.
type Case struct {
	When   Condition `yaml:"when"`
	Value  string    `yaml:"value"`
	Column string    `yaml:"column"`
}

// Condition holds when the tests of all its columns hold.
type Condition map[string]Test

// Test is what a cell must be: present, empty, one of some values, not one of some, matching
// a regular expression, the same as the cell of another column or not. A null value counts as empty.
type Test struct {
	Present, Empty bool
	In, Not        []string
	Match          string
	Same, Differs  string
}

// UnmarshalYAML reads present, empty, a list of values, or {in, not, match, same, differs}.
func (t *Test) UnmarshalYAML(node *yaml.Node) error {
	switch node.Kind {
	case yaml.ScalarNode:
		switch node.Value {
		case "present":
			t.Present = true
		case "empty":
			t.Empty = true
		default:
			t.In = []string{node.Value}
		}
		return nil
	case yaml.SequenceNode:
		return node.Decode(&t.In)
	}
	if err := knownKeys(node, "in", "not", "match", "same", "differs"); err != nil {
		return err
	}
	var full struct {
		In      []string `yaml:"in"`
		Not     []string `yaml:"not"`
		Match   string   `yaml:"match"`
		Same    string   `yaml:"same"`
		Differs string   `yaml:"differs"`
	}
	err := node.Decode(&full)
	t.In, t.Not, t.Match, t.Same, t.Differs = full.In, full.Not, full.Match, full.Same, full.Differs
	return err
}

// UnmarshalYAML reads a column's name or the full form.
func (f *Field) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		f.Column = node.Value
		return nil
	}
	if node.Kind == yaml.SequenceNode {
		return node.Decode(&f.Columns)
	}
	if err := knownKeys(node, "column", "columns", "match", "const", "format", "values", "null_values", "join", "strip", "split",
		"pattern", "object", "namespace", "party", "cases", "when", "implied_decimals", "abs", "negative", "multiply", "minus", "after", "html", "else", "infer", "question"); err != nil {
		return err
	}
	type plain Field
	return node.Decode((*plain)(f))
}

// Names is one name or a list of names.
type Names []string

// UnmarshalYAML accepts a scalar or a sequence of scalars.
func (n *Names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = Names{node.Value}
		return nil
	}
	return node.Decode((*[]string)(n))
}

func knownKeys(node *yaml.Node, known ...string) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: expected a mapping", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		found := false
		for _, name := range known {
			found = found || name == key.Value
		}
		if !found {
			sort.Strings(known)
			return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: unknown key %q; valid: %s", key.Line, key.Value, strings.Join(known, ", "))}}
		}
	}
	return nil
}
