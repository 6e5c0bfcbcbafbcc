package segment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// None stands in segment_migration for being in no segment of a scheme.
const None = "(none)"

// Move counts customers that went from one segment of a scheme to another, or stayed.
type Move struct {
	Scheme    string
	From, To  string // None = no segment
	Customers int64
}

// none is the number of None beside the numbers of segments.
const none = -1

// moved counts where a customer's segments come from. A scheme of which a customer has one
// segment at most (or one in each part) is a way from one to another; of other schemes each
// segment is entered and left by itself. Either way a segment has now what it had, less who went
// out, plus who came in.
func (s *Summary) moved(assigned []Assignment, previous []schemas.CustomerSegment) {
	for _, a := range assigned {
		from := none
		for i := range previous {
			p := &previous[i]
			if p.Scheme == a.Scheme && (p.Segment == a.Segment || s.rules.One(a.Scheme) && samePart(p.Segment, a.Segment)) {
				from = s.number(Assignment{p.Scheme, p.Segment})
				if p.Segment == a.Segment {
					break
				}
			}
		}
		s.moves[[2]int{from, s.number(a)}]++
	}
	for i := range previous {
		p := &previous[i]
		if !slices.ContainsFunc(assigned, func(a Assignment) bool {
			return p.Scheme == a.Scheme && (p.Segment == a.Segment || s.rules.One(a.Scheme) && samePart(p.Segment, a.Segment))
		}) {
			s.moves[[2]int{s.number(Assignment{p.Scheme, p.Segment}), none}]++
		}
	}
}

// Moves are the moves, sorted.
func (s *Summary) Moves() []Move {
	out := make([]Move, 0, len(s.moves))
	for ends, n := range s.moves {
		m := Move{From: None, To: None, Customers: n}
		if ends[0] != none {
			m.Scheme, m.From = s.sums[ends[0]].Scheme, s.sums[ends[0]].Segment
		}
		if ends[1] != none {
			m.Scheme, m.To = s.sums[ends[1]].Scheme, s.sums[ends[1]].Segment
		}
		out = append(out, m)
	}
	return sortMoves(out)
}

func sortMoves(moves []Move) []Move {
	slices.SortFunc(moves, func(a, b Move) int {
		return cmp.Or(strings.Compare(a.Scheme, b.Scheme), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return moves
}

// MigrationRows are the rows of segment_migration of the moves of all parts, but for the run's
// columns.
func MigrationRows(moves []Move) []schemas.SegmentMigration {
	moves = sortMoves(slices.Clone(moves))
	var out []schemas.SegmentMigration
	for _, m := range moves {
		if n := len(out); n > 0 && out[n-1].Scheme == m.Scheme && out[n-1].From == m.From && out[n-1].To == m.To {
			out[n-1].Customers += m.Customers
			continue
		}
		out = append(out, schemas.SegmentMigration{Scheme: m.Scheme, From: m.From, To: m.To, Customers: m.Customers})
	}
	return out
}
