package source

import (
	"fmt"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// layoutFor picks the layout whose declared header fits best.
func (s *Source) layoutFor(header []string) (*layout, error) {
	index := indexHeader(header)
	var best *layout
	for _, l := range s.layouts {
		if l.fits(index) && (best == nil || len(l.spec.Header) > len(best.spec.Header)) {
			best = l
		}
	}
	if best != nil {
		return best, nil
	}
	near, most := "", 0
	var missing []string
	for _, l := range s.layouts {
		var lacks []string
		for _, column := range l.spec.Header {
			if _, ok := index.find(column, l.spec.Aliases); !ok {
				if index.ambiguous(column) {
					column += " (there more than once)"
				}
				lacks = append(lacks, column)
			}
		}
		if have := len(l.spec.Header) - len(lacks); have > most {
			near, most, missing = l.spec.Name, have, lacks
		}
	}
	if near == "" {
		return nil, fmt.Errorf("the header fits no layout of profile %s: is this file of another system? (tributary check proposes a mapping)", s.Spec.ProfileName)
	}
	return nil, fmt.Errorf("the header fits no layout of profile %s; nearest is %q, which also needs the columns %s", s.Spec.ProfileName, near, strings.Join(missing, ", "))
}

// headerIndex finds columns by name: exactly, then without case, blanks, accents and width.
type headerIndex struct {
	names  []string
	exact  map[string][]int
	folded map[string][]int
}

func indexHeader(header []string) *headerIndex {
	x := &headerIndex{names: header, exact: map[string][]int{}, folded: map[string][]int{}}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		x.exact[name] = append(x.exact[name], i)
		x.folded[foldHeader(name)] = append(x.folded[foldHeader(name)], i)
	}
	return x
}

func foldHeader(name string) string {
	return strings.NewReplacer(" ", "", "_", "", "（", "(", "）", ")").Replace(normalize.Fold(name))
}

// find returns the index of a column. Two columns of one name are not guessed between: the
// exact spelling must be unique.
func (x *headerIndex) find(name string, aliases map[string][]string) (int, bool) {
	for _, spelling := range append([]string{name}, aliases[name]...) {
		if at := x.exact[spelling]; len(at) == 1 {
			return at[0], true
		}
		if at := x.folded[foldHeader(spelling)]; len(at) == 1 {
			return at[0], true
		}
	}
	return 0, false
}

// ambiguous tells whether a name fits several columns.
func (x *headerIndex) ambiguous(name string) bool {
	return len(x.exact[name]) > 1 || len(x.exact[name]) == 0 && len(x.folded[foldHeader(name)]) > 1
}

// tellTwins counts the columns that were taken by their exact spelling where another one has
// the same name but for case, blanks or accents: which of them counts shall be said.
func (m *mapper) tellTwins(header []string, at []int) {
	index := indexHeader(header)
	for _, column := range at {
		if column < 0 {
			continue
		}
		if name := strings.TrimSpace(header[column]); len(index.folded[foldHeader(name)]) > 1 {
			m.countIssue(name, CodeTwin)
		}
	}
}
