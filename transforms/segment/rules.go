// Package segment puts customers into segments: built-in schemes, and rules that users write
// as YAML documents with conditions in CEL over the columns of the customers table.
//
// Rules see the base columns, then the lifecycle stage, the tier, and the segments of earlier
// rules, in this order. Documentation: docs/rules.md.
package segment

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Name is a text in the two languages of the product.
type Name struct {
	EN string `yaml:"en"`
	ZH string `yaml:"zh"`
}

// Rule is one segment of one scheme.
type Rule struct {
	Scheme   string
	Code     string
	Name     Name
	Strategy Name
	When     *Expression
	File     string // where it stands
	Line     int
	label    string // scheme:code
	builtin  bool
	only     int // number of the rule's scheme if a customer is in one segment of it at most; else -1
}

// Scheme says how the rules of one scheme are taken.
type Scheme struct {
	Code string
	Name Name
	One  bool // a customer is in one segment at most: the first that holds
}

// Stage is one lifecycle stage. The first whose condition holds is the customer's.
type Stage struct {
	Code     string
	Name     Name
	Strategy Name
	When     *Expression
	File     string
	Line     int
}

// Audience is a rule that makes a list of customers for platforms.
type Audience struct {
	Code      string
	Name      Name
	When      *Expression
	Platforms []string
	Control   float64 // share of the matched customers that is held back, 0 to below 1
	Priority  int64   // audiences with a priority share no customers: the smallest number goes first; 0 = shares with all
	Limit     int64   // largest number of members; 0 = none
	File      string
	Line      int
}

// Rules are the rules of a run.
type Rules struct {
	Lifecycle []Stage
	Tiers     *Tiers // nil: tiers are as sources state them
	Schemes   []Scheme
	Segments  []Rule
	Audiences []Audience
	Plays     []Play // by priority
	Cap       int64  // contacts in 30 days from which on no play takes a customer
	Business         // of business tables
}

// File is one file of rules.
type File struct {
	Name string // as errors show it
	Data []byte
}

// document is one YAML document: exactly one of its keys is given.
type document struct {
	Segment   *segmentDocument  `yaml:"segment"`
	Tiers     *tiersDocument    `yaml:"tiers"`
	Lifecycle []stageDocument   `yaml:"lifecycle"`
	Audience  *audienceDocument `yaml:"audience"`
	Scheme    *schemeDocument   `yaml:"scheme"`
	Play      *playDocument     `yaml:"play"`
	Contact   *contactDocument  `yaml:"contact"`
	Business  businessDocument  `yaml:",inline"`
	line      int
}

type schemeDocument struct {
	Code string `yaml:"code"`
	Name Name   `yaml:"name"`
	One  bool   `yaml:"one"`
}

type segmentDocument struct {
	Scheme   string    `yaml:"scheme"`
	Code     string    `yaml:"code"`
	Name     Name      `yaml:"name"`
	When     condition `yaml:"when"`
	Strategy Name      `yaml:"strategy"`
}

type tiersDocument struct {
	Basis         string          `yaml:"basis"`
	PointsPerUnit float64         `yaml:"points_per_unit"`
	ExpiryDays    int             `yaml:"expiry_days"`
	GraceDays     int             `yaml:"grace_days"`
	Cycle         string          `yaml:"cycle"`
	Levels        []levelDocument `yaml:"levels"`
}

type levelDocument struct {
	Code string  `yaml:"code"`
	EN   string  `yaml:"en"`
	ZH   string  `yaml:"zh"`
	From float64 `yaml:"from"`
}

type stageDocument struct {
	Code     string    `yaml:"code"`
	EN       string    `yaml:"en"`
	ZH       string    `yaml:"zh"`
	When     condition `yaml:"when"`
	Strategy Name      `yaml:"strategy"`
}

type audienceDocument struct {
	Code      string    `yaml:"code"`
	Name      Name      `yaml:"name"`
	When      condition `yaml:"when"`
	Platforms []string  `yaml:"platforms"`
	Control   float64   `yaml:"control"`
	Priority  int64     `yaml:"priority"`
	Limit     int64     `yaml:"limit"`
}

// condition is a CEL text and where it stands.
type condition struct {
	text string
	line int
}

// UnmarshalYAML keeps the line.
func (c *condition) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: when must be a text", node.Line)
	}
	c.text, c.line = node.Value, node.Line
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		c.line++ // a block begins below its mark
	}
	return nil
}

// Load reads the built-in rules and then the files, in the order of their names. A later
// segment, stage or tiers document replaces an earlier one of the same code. All mistakes are
// returned at once. platforms are the valid names of platforms.
func Load(files []File, platforms []string) (*Rules, []strictyaml.Error) {
	builtin, err := builtinFiles()
	if err != nil {
		return nil, []strictyaml.Error{{File: "built-in rules", Message: err.Error()}}
	}
	files = append([]File(nil), files...)
	sort.SliceStable(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	l := loader{rules: &Rules{}, platforms: platforms}
	for _, f := range builtin {
		l.file(f)
	}
	l.user = true
	l.seen = map[string]place{}
	for _, f := range files {
		l.file(f)
	}
	l.finish()
	if len(l.mistakes) > 0 {
		return nil, l.mistakes
	}
	return l.rules, nil
}

// maxOnly is how many schemes may have one segment a customer: one bit each.
const maxOnly = 64

// finish sets what hangs on all documents: which rules exclude each other, the order of plays.
func (l *loader) finish() {
	numbers := map[string]int{}
	for _, s := range l.rules.Schemes {
		if s.One {
			numbers[s.Code] = len(numbers)
		}
	}
	if len(numbers) > maxOnly {
		l.fail(0, "%d schemes have one segment a customer, more than %d", len(numbers), maxOnly)
	}
	for i := range l.rules.Segments {
		rule := &l.rules.Segments[i]
		rule.only = -1
		if n, ok := numbers[rule.Scheme]; ok {
			rule.only = n
		}
	}
	slices.SortStableFunc(l.rules.Plays, func(a, b Play) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Code, b.Code))
	})
}

// builtinPrefix begins the names of built-in files in messages.
const builtinPrefix = "built-in "

func builtinFiles() ([]File, error) {
	entries, err := schemas.RuleFiles.ReadDir("rules")
	if err != nil {
		return nil, err
	}
	var out []File
	for _, e := range entries {
		data, err := schemas.RuleFiles.ReadFile("rules/" + e.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, File{builtinPrefix + e.Name(), data})
	}
	return out, nil
}

type place struct {
	file string
	line int
}

// loader collects rules and mistakes.
type loader struct {
	rules     *Rules
	platforms []string
	user      bool
	seen      map[string]place // what the user's files define, to find doubles
	name      string           // file being read
	mistakes  []strictyaml.Error
}

func (l *loader) fail(line int, format string, args ...any) {
	l.mistakes = append(l.mistakes, strictyaml.Error{File: l.name, Line: line, Message: fmt.Sprintf(format, args...)})
}

func (l *loader) file(f File) {
	l.name = f.Name
	var documents []*document
	mistakes := strictyaml.Decode(f.Name, f.Data, nil, func(node *yaml.Node) any {
		d := &document{line: node.Line}
		documents = append(documents, d)
		return d
	})
	l.mistakes = append(l.mistakes, mistakes...)
	for _, d := range documents {
		if len(mistakes) > 0 && d.kinds() != 1 {
			continue // it is one of those that could not be read
		}
		l.document(d)
	}
}

// kinds counts what a document holds.
func (d *document) kinds() int {
	n := d.Business.kinds()
	for _, present := range []bool{d.Segment != nil, d.Tiers != nil, d.Lifecycle != nil, d.Audience != nil, d.Scheme != nil, d.Play != nil, d.Contact != nil} {
		if present {
			n++
		}
	}
	return n
}

func (l *loader) document(d *document) {
	switch {
	case d.kinds() != 1:
		l.fail(d.line, "a document holds one of segment, scheme, tiers, lifecycle, audience, play, contact, topics, targets, market, campaigns, but this one holds %d", d.kinds())
	case d.Segment != nil:
		l.segment(d.Segment, d.line)
	case d.Tiers != nil:
		l.tiers(d.Tiers, d.line)
	case d.Lifecycle != nil:
		l.lifecycle(d.Lifecycle, d.line)
	case d.Audience != nil:
		l.audience(d.Audience, d.line)
	case d.Scheme != nil:
		l.scheme(d.Scheme, d.line)
	case d.Play != nil:
		l.play(d.Play, d.line)
	case d.Contact != nil:
		l.contact(d.Contact, d.line)
	default:
		l.business(&d.Business, d.line)
	}
}

// scheme adds a scheme, or changes a built-in one.
func (l *loader) scheme(d *schemeDocument, line int) {
	if !l.code("scheme", d.Code, line) || !l.first("scheme "+d.Code, line) {
		return
	}
	if reserved[d.Code] {
		l.fail(line, "scheme %q is computed and takes no rules", d.Code)
		return
	}
	scheme := Scheme{d.Code, d.Name, d.One}
	if i := slices.IndexFunc(l.rules.Schemes, func(s Scheme) bool { return s.Code == d.Code }); i >= 0 {
		l.rules.Schemes[i] = scheme
		return
	}
	l.rules.Schemes = append(l.rules.Schemes, scheme)
}

// first reports a code that the user's files give twice.
func (l *loader) first(what string, line int) bool {
	if !l.user {
		return true
	}
	if before, twice := l.seen[what]; twice {
		l.fail(line, "%s is defined twice (first in %s:%d)", what, before.file, before.line)
		return false
	}
	l.seen[what] = place{l.name, line}
	return true
}

// compile compiles a condition and reports its mistakes with their lines.
func (l *loader) compile(c condition, line int) *Expression {
	if c.text == "" {
		l.fail(line, "when is missing")
		return nil
	}
	e, mistakes := compile(c.text)
	for _, m := range mistakes {
		l.fail(c.line+m.line, "when: %s", m.message)
	}
	return e
}

// code checks a code: what tables and file names can carry.
func (l *loader) code(what, code string, line int) bool {
	if code == "" {
		l.fail(line, "%s is missing", what)
		return false
	}
	for _, r := range code {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			l.fail(line, "%s %q: only a-z, 0-9, _ and - are allowed", what, code)
			return false
		}
	}
	return true
}

func (l *loader) segment(d *segmentDocument, line int) {
	okScheme, okCode := l.code("scheme", d.Scheme, line), l.code("code", d.Code, line)
	if okScheme && reserved[d.Scheme] {
		l.fail(line, "scheme %q is computed and takes no rules", d.Scheme)
		return
	}
	if !okScheme || !okCode || !l.first("segment "+d.Scheme+":"+d.Code, line) {
		return
	}
	rule := Rule{Scheme: d.Scheme, Code: d.Code, Name: d.Name, Strategy: d.Strategy, When: l.compile(d.When, line), File: l.name, Line: line, label: d.Scheme + ":" + d.Code, builtin: !l.user}
	for i, r := range l.rules.Segments {
		if r.Scheme == rule.Scheme && r.Code == rule.Code {
			l.rules.Segments[i] = rule
			return
		}
	}
	at := len(l.rules.Segments)
	if l.user { // before the built-in ones of a scheme, of which the first that holds may be the only one
		if i := slices.IndexFunc(l.rules.Segments, func(r Rule) bool { return r.Scheme == rule.Scheme && r.builtin }); i >= 0 && l.one(rule.Scheme) {
			at = i
		}
	}
	l.rules.Segments = slices.Insert(l.rules.Segments, at, rule)
}

// one tells whether a customer is in one segment of a scheme at most.
func (l *loader) one(scheme string) bool { return l.rules.One(scheme) }

// lifecycle adds stages. The user's stages of a built-in code take its place; new ones are
// tried before all built-in ones, in the order given.
func (l *loader) lifecycle(stages []stageDocument, line int) {
	if !l.first("lifecycle", line) {
		return
	}
	var fresh []Stage
	codes := map[string]bool{}
	for _, d := range stages {
		if !l.code("code", d.Code, max(d.When.line, line)) {
			continue
		}
		if codes[d.Code] {
			l.fail(d.When.line, "stage %q is given twice", d.Code)
			continue
		}
		codes[d.Code] = true
		stage := Stage{Code: d.Code, Name: Name{d.EN, d.ZH}, Strategy: d.Strategy, When: l.compile(d.When, line), File: l.name, Line: max(d.When.line, line)}
		if i := stageIndex(l.rules.Lifecycle, d.Code); i >= 0 {
			if stage.Name.EN == "" {
				stage.Name.EN = l.rules.Lifecycle[i].Name.EN
			}
			if stage.Strategy == (Name{}) {
				stage.Strategy = l.rules.Lifecycle[i].Strategy
			}
			l.rules.Lifecycle[i] = stage
			continue
		}
		fresh = append(fresh, stage)
	}
	l.rules.Lifecycle = append(fresh, l.rules.Lifecycle...)
}

func stageIndex(stages []Stage, code string) int {
	for i, s := range stages {
		if s.Code == code {
			return i
		}
	}
	return -1
}

func (l *loader) audience(d *audienceDocument, line int) {
	if !l.code("code", d.Code, line) || !l.first("audience "+d.Code, line) {
		return
	}
	if len(d.Platforms) == 0 {
		l.fail(line, "audience %q names no platforms; valid: %v", d.Code, l.platforms)
	}
	for i, p := range d.Platforms {
		if !contains(l.platforms, p) {
			l.fail(line, "audience %q: unknown platform %q%s", d.Code, p, strictyaml.Suggest(p, l.platforms))
		}
		if contains(d.Platforms[:i], p) {
			l.fail(line, "audience %q names platform %q twice", d.Code, p)
		}
	}
	if !(d.Control >= 0 && d.Control < 1) {
		l.fail(line, "audience %q: control %v must be a share from 0 to below 1", d.Code, d.Control)
	}
	if d.Limit < 0 || d.Priority < 0 {
		l.fail(line, "audience %q: limit and priority must not be negative", d.Code)
	}
	l.rules.Audiences = append(l.rules.Audiences, Audience{
		Code: d.Code, Name: d.Name, When: l.compile(d.When, line), Platforms: d.Platforms, Control: d.Control,
		Priority: d.Priority, Limit: d.Limit, File: l.name, Line: line,
	})
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
