package source

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
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
	nulls   *textSet
}

type skipPlan struct {
	when   condition
	reason string
}

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
	l.viewPlans(s)
	return l, l.checkNames()
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

// needsRowsAbove tells whether a row is read with the help of those above it: then a file is
// not cut.
func (l *layout) needsRowsAbove() bool { return len(l.carry)+len(l.lines) > 0 }

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

// What an NPS question looks like: its scale, and what it asks.
var (
	npsScale = regexp.MustCompile(`0\s*[-~至到]\s*10`)
	npsWords = regexp.MustCompile(`(?i)(推荐|recommend|\bnps\b)`)
)

// npsColumn finds the NPS question: the one that is named, else the one that looks most like it;
// -1 where none does. Of two that look alike nobody can tell which one counts.
func npsColumn(header []string, named string) (int, error) {
	best, likeness, rivals := -1, 0, []string(nil)
	for j, h := range header {
		if named != "" {
			if strings.TrimSpace(h) == named {
				return j, nil
			}
			continue
		}
		like := 0
		if npsScale.MatchString(h) {
			like++
		}
		if npsWords.MatchString(h) {
			like++
		}
		if like > likeness {
			best, likeness, rivals = j, like, nil
		}
		if like > 0 && like == likeness {
			rivals = append(rivals, strconv.Quote(strings.TrimSpace(h)))
		}
	}
	if named != "" {
		return -1, fmt.Errorf("no column is named like nps_question")
	}
	if len(rivals) > 1 {
		return -1, fmt.Errorf("several columns look like the question from 0 to 10 (%s): name the one that counts as nps_question of the source", strings.Join(rivals, ", "))
	}
	return best, nil
}

// bind finds the file's index of every column that the layout uses; -1 when the file lacks it.
func (l *layout) bind(header []string, npsQuestion string) (at []int, err error) {
	index := indexHeader(header)
	at = make([]int, len(l.columns))
	for i, name := range l.columns {
		at[i] = -1
		switch {
		case name == "~?nps":
			if at[i], err = npsColumn(header, npsQuestion); err != nil {
				return nil, err
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
