package source

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// condition is a list of tests that must all hold.
type condition []columnTest

type columnTest struct {
	op     testOp
	column int
	other  int      // column of same and differs
	set    *textSet // of in and not; of present and empty the layout's spellings of null
	match  *pattern
}

type testOp uint8

const (
	testNothing testOp = iota // holds for every cell
	testPresent
	testEmpty
	testSame
	testDiffers
	testMatch
	testIn
	testNot
)

func (l *layout) condition(spec schemas.Condition) (condition, error) {
	var c condition
	for _, name := range slices.Sorted(maps.Keys(spec)) {
		test := spec[name]
		t := columnTest{column: l.column(name)}
		if other := firstOf(test.Same, test.Differs); other != "" {
			t.other = l.column(other)
		}
		if test.Match != "" {
			var err error
			if t.match, err = compilePattern(test.Match); err != nil {
				return nil, fmt.Errorf("condition on %s: %w", name, err)
			}
		}
		switch {
		case test.Present:
			t.op, t.set = testPresent, l.nulls
		case test.Empty:
			t.op, t.set = testEmpty, l.nulls
		case test.Same != "":
			t.op = testSame
		case test.Differs != "":
			t.op = testDiffers
		case test.Match != "":
			t.op = testMatch
		case len(test.In) > 0:
			t.op, t.set = testIn, setOf(test.In)
		case len(test.Not) > 0:
			t.op, t.set = testNot, setOf(test.Not)
		}
		c = append(c, t)
	}
	return c, nil
}

func (c condition) holds(values []string) bool {
	for i := range c {
		if !c[i].holds(values) {
			return false
		}
	}
	return true
}

func (t *columnTest) holds(values []string) bool {
	v := values[t.column]
	switch t.op {
	case testPresent:
		return !isNull(v, t.set)
	case testEmpty:
		return isNull(v, t.set)
	case testSame:
		return v == values[t.other]
	case testDiffers:
		return v != values[t.other]
	case testMatch:
		return t.match.holds(v)
	case testIn:
		return t.set.has(v)
	case testNot:
		return !t.set.has(v)
	}
	return true
}

// isNull tells whether a cell says that there is no value, in a spelling that any system may
// use or in one of those given.
func isNull(v string, nulls *textSet) bool {
	return v == "" || normalize.IsNull(v) || nulls != nil && nulls.has(v)
}

// textSet is a set of texts, nearly always of so few that comparing them is quicker than
// looking one up. Nil is the empty set.
type textSet struct {
	few  []string
	many map[string]bool
}

// fewTexts is how many texts are compared one by one.
const fewTexts = 8

func setOf(values []string) *textSet {
	switch {
	case len(values) == 0:
		return nil
	case len(values) <= fewTexts:
		return &textSet{few: values}
	}
	set := &textSet{many: make(map[string]bool, len(values))}
	for _, v := range values {
		set.many[v] = true
	}
	return set
}

func (s *textSet) has(v string) bool {
	if s == nil {
		return false
	}
	if s.many != nil {
		return s.many[v]
	}
	for _, one := range s.few {
		if one == v {
			return true
		}
	}
	return false
}

// union is a set of what is in any of several lists.
func union(lists ...[]string) *textSet { return setOf(slices.Concat(lists...)) }
