package resolve

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Decision is what a person said about two records.
type Decision struct {
	Left, Right string // references, namespace:object:key
	Same        bool
	Line        int // of the file
}

// byteOrderMark begins UTF-8 files of some spreadsheets.
const byteOrderMark = "\xEF\xBB\xBF"

// ParseDecisions reads the CSV of manual decisions: left,right,decision with same or different.
// Further columns are kept for people and not read.
func ParseDecisions(name string, in io.Reader) ([]Decision, error) {
	text := bufio.NewReader(in)
	if mark, err := text.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = text.Discard(len(byteOrderMark)) // they are buffered
	}
	reader := csv.NewReader(text)
	reader.FieldsPerRecord = -1
	var out []Decision
	for first := true; ; first = false {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return nil, fmt.Errorf("%s:%d: not CSV: %w", name, parse.Line, parse.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := reader.FieldPos(0)
		if first && strings.EqualFold(strings.TrimSpace(row[0]), "left") {
			continue
		}
		if len(row) < 3 {
			return nil, fmt.Errorf("%s:%d: expected left,right,decision", name, line)
		}
		d := Decision{Left: strings.TrimSpace(row[0]), Right: strings.TrimSpace(row[1]), Line: line}
		switch strings.ToLower(strings.TrimSpace(row[2])) {
		case "same":
			d.Same = true
		case "different":
		default:
			return nil, fmt.Errorf("%s:%d: the decision must be same or different", name, line)
		}
		if d.Left == "" || d.Right == "" || d.Left == d.Right {
			return nil, fmt.Errorf("%s:%d: two different references are needed", name, line)
		}
		out = append(out, d)
	}
}

// Decided turns decisions into links and into pairs that never meet, by the ordinals of the
// references that are there. What was decided about a record that is gone still holds between
// those that are the same as it: a = b and b = c say a = c whether b is there or not.
func Decided(decisions []Decision, ordinal func(reference string) (uint32, bool)) (same []Link, different [][2]uint32) {
	parent := map[string]string{}
	var find func(ref string) string
	find = func(ref string) string {
		if up, ok := parent[ref]; ok && up != ref {
			parent[ref] = find(up)
			return parent[ref]
		}
		return ref
	}
	for _, d := range decisions {
		if a, b := find(d.Left), find(d.Right); d.Same && a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	present := map[string]uint32{} // of a class: its first record that is there
	for _, d := range decisions {
		for _, ref := range [2]string{d.Left, d.Right} {
			i, ok := ordinal(ref)
			if !ok {
				continue
			}
			class := find(ref)
			one, known := present[class]
			if !known {
				present[class] = i
			} else if one != i {
				same = append(same, Link{min(one, i), max(one, i), RuleDecision})
			}
		}
	}
	for _, d := range decisions {
		if d.Same {
			continue
		}
		a, okA := present[find(d.Left)]
		b, okB := present[find(d.Right)]
		if okA && okB && a != b {
			different = append(different, [2]uint32{min(a, b), max(a, b)})
		}
	}
	slices.SortFunc(same, func(x, y Link) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	slices.SortFunc(different, func(x, y [2]uint32) int { return slices.Compare(x[:], y[:]) })
	return slices.Compact(same), slices.Compact(different)
}
