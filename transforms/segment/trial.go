package segment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
)

// Kinds of rules in a trial.
const (
	TrialLifecycle = "lifecycle"
	TrialTier      = "tier"
	TrialSegment   = "segment"
	TrialAudience  = "audience"
	TrialPlay      = "play"
)

// Trial tries rules on customers whose columns are known, without writing anything.
type Trial struct {
	rules     *Rules
	samples   int
	customers int64
	tried     []Tried
	overlaps  map[string]int64 // customers in two or more segments of a scheme of several
	at        struct{ lifecycle, tiers, segments, audiences, plays int }
}

// Tried is what one rule takes.
type Tried struct {
	Kind      string   `json:"kind"`
	Scheme    string   `json:"scheme,omitempty"` // of segments
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	NameZH    string   `json:"name_cn"`
	File      string   `json:"file,omitempty"`
	Line      int      `json:"line,omitempty"`
	Builtin   bool     `json:"builtin"`
	Customers int64    `json:"customers"` // whom it takes
	Matched   int64    `json:"matched"`   // for whom its condition holds: more, where earlier rules take some
	Samples   []string `json:"samples"`   // ids of customers it takes
	hashes    []uint64
}

// NewTrial begins a trial that keeps so many samples of each rule.
func NewTrial(r *Rules, samples int) *Trial {
	t := &Trial{rules: r, samples: samples, overlaps: map[string]int64{}}
	add := func(kind, scheme, code string, name Name, file string, line int) {
		t.tried = append(t.tried, Tried{
			Kind: kind, Scheme: scheme, Code: code, Name: name.EN, NameZH: name.ZH, File: file, Line: line,
			Builtin: strings.HasPrefix(file, builtinPrefix), Samples: []string{},
		})
	}
	for i := range r.Lifecycle {
		s := &r.Lifecycle[i]
		add(TrialLifecycle, "", s.Code, s.Name, s.File, s.Line)
	}
	t.at.tiers = len(t.tried)
	if r.Tiers != nil {
		for _, level := range r.Tiers.Levels {
			add(TrialTier, "", level.Code, level.Name, "", 0)
		}
	}
	t.at.segments = len(t.tried)
	for i := range r.Segments {
		s := &r.Segments[i]
		add(TrialSegment, s.Scheme, s.Code, s.Name, s.File, s.Line)
	}
	t.at.audiences = len(t.tried)
	for i := range r.Audiences {
		a := &r.Audiences[i]
		add(TrialAudience, "", a.Code, a.Name, a.File, a.Line)
	}
	t.at.plays = len(t.tried)
	for i := range r.Plays {
		p := &r.Plays[i]
		add(TrialPlay, "", p.Code, p.Name, p.File, p.Line)
	}
	return t
}

// Add tries the rules on one customer, whose lifecycle, tier, funnel and segments are overwritten.
// A tier that the customer holds is safe, as in a run of the same day.
func (t *Trial) Add(c *schemas.Customer) {
	t.customers++
	assigned, _ := t.rules.ApplyTo(nil, c, TierState{Tier: c.Tier, Since: c.AsOf, CycleEnd: c.AsOf})
	for i := range t.rules.Lifecycle {
		t.see(t.at.lifecycle+i, c, t.rules.Lifecycle[i].When.Match(c), c.Lifecycle == t.rules.Lifecycle[i].Code)
	}
	if t.rules.Tiers != nil {
		held := t.rules.Tiers.Level(c)
		t.see(t.at.tiers+held, c, true, true)
	}
	schemes := map[string]int{}
	for i := range t.rules.Segments {
		rule := &t.rules.Segments[i]
		takes := slices.Contains(assigned, Assignment{rule.Scheme, rule.Code})
		t.see(t.at.segments+i, c, takes || rule.When.Match(c), takes)
		if takes {
			schemes[rule.Scheme]++
		}
	}
	for scheme, n := range schemes {
		if n > 1 {
			t.overlaps[scheme]++
		}
	}
	for i := range t.rules.Audiences {
		matched := t.rules.Audiences[i].When.Match(c)
		t.see(t.at.audiences+i, c, matched, matched)
	}
	action, _ := t.rules.Action(c)
	for i := range t.rules.Plays {
		t.see(t.at.plays+i, c, t.rules.Plays[i].When.Match(c), action.Play == t.rules.Plays[i].Code)
	}
}

// see counts a customer for a rule. Samples are the customers whose ids have the smallest hashes.
func (t *Trial) see(i int, c *schemas.Customer, matched, takes bool) {
	r := &t.tried[i]
	if matched {
		r.Matched++
	}
	if !takes {
		return
	}
	r.Customers++
	hash := xxh3.HashString(c.CustomerID)
	at, _ := slices.BinarySearch(r.hashes, hash)
	if at >= t.samples {
		return
	}
	r.hashes = slices.Insert(r.hashes, at, hash)
	r.Samples = slices.Insert(r.Samples, at, strings.Clone(c.CustomerID))
	r.hashes, r.Samples = r.hashes[:min(len(r.hashes), t.samples)], r.Samples[:min(len(r.Samples), t.samples)]
}

// Customers is how many were tried.
func (t *Trial) Customers() int64 { return t.customers }

// Rules are the rules in the order in which they are tried, with what they take.
func (t *Trial) Rules() []Tried { return t.tried }

// Overlap is a scheme with customers in two or more of its segments.
type Overlap struct {
	Scheme    string `json:"scheme"`
	Customers int64  `json:"customers"`
}

// Overlaps are the schemes of several segments a customer in which some have several, by name.
func (t *Trial) Overlaps() []Overlap {
	out := make([]Overlap, 0, len(t.overlaps))
	for scheme, n := range t.overlaps {
		out = append(out, Overlap{scheme, n})
	}
	slices.SortFunc(out, func(a, b Overlap) int { return cmp.Compare(a.Scheme, b.Scheme) })
	return out
}
