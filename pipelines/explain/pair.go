package explain

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Pair tells why two ids are or are not one customer.
type Pair struct {
	RunID     string     `json:"run_id"`
	Left      string     `json:"left"`
	Right     string     `json:"right"`
	Customers [2]string  `json:"customers"`
	Same      bool       `json:"same"`
	Why       string     `json:"why"`
	Threshold *float64   `json:"threshold,omitempty"` // probability from which clusters were joined
	Path      []Link     `json:"path"`                // accepted links from one to the other
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
		if err := r.joined(ctx, p, ends[0][0], ends[1][0]); err != nil {
			return nil, err
		}
		return p, r.showValues(ctx, p.Path)
	}
	if err := r.apart(ctx, p, ends); err != nil {
		return nil, err
	}
	return p, r.showValues(ctx, p.Refused)
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
		p.Why = "one customer, but no path of links leads from one to the other: their groups of records were joined by what all of their records say together"
	case 1:
		p.Why = fmt.Sprintf("one customer: linked by %s", p.Path[0].Rule)
	default:
		p.Why = fmt.Sprintf("one customer: %d links lead from one to the other", len(p.Path))
	}
	return nil
}

// apart finds what speaks for and against joining two customers. Links between the records
// that were asked for come first.
func (r *Reader) apart(ctx context.Context, p *Pair, ends [2][]string) error {
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
	if err := scan(ctx, r, "identity_link", nil, func(l *schemas.IdentityLink) {
		if between(l.LeftRef, l.RightRef) {
			p.Refused = append(p.Refused, linkOf(l))
		}
	}); err != nil {
		return err
	}
	asked := func(a, b string) bool {
		return slices.Contains(ends[0], a) && slices.Contains(ends[1], b) || slices.Contains(ends[0], b) && slices.Contains(ends[1], a)
	}
	slices.SortFunc(p.Refused, func(a, b Link) int {
		if x, y := asked(a.Left, a.Right), asked(b.Left, b.Right); x != y {
			if x {
				return -1
			}
			return 1
		}
		return byStrength(a, b)
	})
	if err := scan(ctx, r, "identity_conflict", nil, func(x *schemas.IdentityConflict) {
		if between(x.LeftRef, x.RightRef) {
			p.Conflicts = append(p.Conflicts, r.conflictOf(x))
		}
	}); err != nil {
		return err
	}
	p.Threshold = r.threshold()
	p.Why = whyApart(p, asked)
	return nil
}

// whyApart says in a sentence what kept two customers apart.
func whyApart(p *Pair, asked func(a, b string) bool) string {
	if len(p.Conflicts) > 0 {
		return "two customers: " + p.Conflicts[0].Reason
	}
	for i := range p.Refused {
		l := &p.Refused[i]
		if l.Probability == nil {
			continue
		}
		which := "the two records were compared"
		if !asked(l.Left, l.Right) {
			which = "the two records were not compared, or have a probability below 1.5 %; others of the two customers were, and the likeliest pair"
		}
		switch {
		case p.Threshold == nil:
			return fmt.Sprintf("two customers: %s: probability %s was not enough", which, Probability(*l.Probability))
		case *l.Probability < *p.Threshold:
			return fmt.Sprintf("two customers: %s: probability %s lies below the threshold %s", which, Probability(*l.Probability), Probability(*p.Threshold))
		}
		return fmt.Sprintf("two customers: %s: probability %s reaches the threshold %s, but all records of the two customers taken together do not, or a stronger customer competes", which, Probability(*l.Probability), Probability(*p.Threshold))
	}
	if len(p.Refused) > 0 {
		return "two customers: a rule would link them, but it was vetoed"
	}
	return "two customers: no rule links a record of one with a record of the other, and they were never compared or have a probability below 1.5 %"
}

// threshold is the probability from which the run joined clusters; nil where it does not say.
func (r *Reader) threshold() *float64 {
	m, err := warehouse.ReadManifest(r.layout.Manifest(identity.ClusterJob))
	if err != nil {
		return nil
	}
	p, err := strconv.ParseFloat(m.Notes[identity.ThresholdNote], 64)
	if err != nil {
		return nil
	}
	return &p
}

// Probability writes a probability with four decimals, and with more of them near 1, where they
// are what matters.
func Probability(p float64) string {
	decimals := 4
	for ; p < 1 && decimals < 9 && 1-p < math.Pow10(2-decimals); decimals++ {
	}
	return strconv.FormatFloat(p, 'f', decimals, 64)
}
