package explain

import (
	"context"
	"fmt"
	"sort"

	"github.com/tributary-cdp/tributary/schemas"
)

// Pair tells why two ids are or are not one customer.
type Pair struct {
	RunID     string     `json:"run_id"`
	Left      string     `json:"left"`
	Right     string     `json:"right"`
	Customers [2]string  `json:"customers"`
	Same      bool       `json:"same"`
	Why       string     `json:"why"`
	Path      []Link     `json:"path"` // accepted links from one to the other
	Refused   []Link     `json:"refused"`
	Conflicts []Conflict `json:"conflicts"`
}

// Pair compares two ids.
func (r *Reader) Pair(ctx context.Context, left, right string) (*Pair, error) {
	p := &Pair{RunID: r.layout.RunID, Left: left, Right: right, Path: []Link{}, Refused: []Link{}, Conflicts: []Conflict{}}
	var ends [2][]string // references
	for i, id := range []string{left, right} {
		customer, record, err := r.Resolve(ctx, id)
		if err != nil {
			return nil, err
		}
		p.Customers[i] = customer
		if record != nil {
			ends[i] = []string{record.Reference}
			continue
		}
		records, err := r.records(ctx, customer)
		if err != nil {
			return nil, err
		}
		for _, record := range records {
			ends[i] = append(ends[i], record.Reference)
		}
	}
	if p.Same = p.Customers[0] == p.Customers[1]; p.Same {
		return p, r.joined(ctx, p, ends[0][0], ends[1][0])
	}
	return p, r.apart(ctx, p)
}

// joined finds the accepted links that lead from one record to the other.
func (r *Reader) joined(ctx context.Context, p *Pair, from, to string) error {
	if from == to {
		p.Why = "both ids name the same record or customer"
		return nil
	}
	var links []Link
	err := scan(ctx, r, "identity_link", nil, func(l *schemas.IdentityLink) {
		if l.Accepted && l.CustomerID == p.Customers[0] {
			links = append(links, linkOf(l))
		}
	})
	if err != nil {
		return err
	}
	p.Path = shortestPath(links, from, to)
	switch len(p.Path) {
	case 0:
		p.Why = "one customer, but no accepted link leads from one to the other: a manual decision or an earlier run joined them"
	case 1:
		p.Why = fmt.Sprintf("one customer: linked by %s", p.Path[0].Rule)
	default:
		p.Why = fmt.Sprintf("one customer: %d links lead from one to the other", len(p.Path))
	}
	return nil
}

// shortestPath walks links breadth first. Ties are broken by reference, so the answer is stable.
func shortestPath(links []Link, from, to string) []Link {
	next := map[string][]Link{}
	for _, l := range links {
		next[l.Left] = append(next[l.Left], l)
		next[l.Right] = append(next[l.Right], l)
	}
	cameBy := map[string]Link{}
	queue := []string{from}
	for len(queue) > 0 && queue[0] != to {
		at := queue[0]
		queue = queue[1:]
		edges := next[at]
		sort.Slice(edges, func(i, j int) bool { return other(edges[i], at) < other(edges[j], at) })
		for _, l := range edges {
			ref := other(l, at)
			if _, seen := cameBy[ref]; !seen && ref != from {
				cameBy[ref] = l
				queue = append(queue, ref)
			}
		}
	}
	var path []Link
	for at := to; at != from; {
		l, ok := cameBy[at]
		if !ok {
			return []Link{}
		}
		path = append([]Link{l}, path...)
		at = other(l, at)
	}
	return path
}

func other(l Link, ref string) string {
	if l.Left == ref {
		return l.Right
	}
	return l.Left
}

// apart finds what speaks for and against joining two customers.
func (r *Reader) apart(ctx context.Context, p *Pair) error {
	side := map[string]int{}
	for i, customer := range p.Customers {
		records, err := r.records(ctx, customer)
		if err != nil {
			return err
		}
		for _, record := range records {
			side[record.Reference] = i + 1
		}
	}
	between := func(a, b string) bool { return side[a] > 0 && side[b] > 0 && side[a] != side[b] }
	err := scan(ctx, r, "identity_link", nil, func(l *schemas.IdentityLink) {
		if between(l.LeftRef, l.RightRef) {
			p.Refused = append(p.Refused, linkOf(l))
		}
	})
	if err != nil {
		return err
	}
	err = scan(ctx, r, "identity_conflict", nil, func(x *schemas.IdentityConflict) {
		if between(x.LeftRef, x.RightRef) {
			p.Conflicts = append(p.Conflicts, r.conflictOf(x))
		}
	})
	switch {
	case len(p.Conflicts) > 0:
		p.Why = fmt.Sprintf("two customers: %s", p.Conflicts[0].Reason)
	case len(p.Refused) > 0:
		p.Why = "two customers: they were compared and the evidence was not enough"
	default:
		p.Why = "two customers: no record of one shares an identifier, phone, e-mail or other evidence with a record of the other, so they were never compared"
	}
	return err
}
