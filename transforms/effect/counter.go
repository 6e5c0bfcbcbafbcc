package effect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Counter adds customers up, one after another: not for use by two goroutines at a time.
type Counter struct {
	asOf  int32
	asEnd int64 // first microsecond that is not seen
	zone  *normalize.Zone
	sums  map[key]*Sum
	own   []membership
}

type key struct{ kind, name string }

// membership is a customer in one campaign, audience or play.
type membership struct {
	key
	start            int32
	treated, control bool
}

// NewCounter returns a counter for a run: its day, the first microsecond after it, and the
// calendar of days.
func NewCounter(asOf int32, asEnd int64, zone *normalize.Zone) *Counter {
	return &Counter{asOf: asOf, asEnd: asEnd, zone: zone, sums: map[key]*Sum{}}
}

// controlNames are how exports mark customers who were held back on purpose.
var controlNames = map[string]bool{"control": true, "holdout": true, "hold_out": true, "对照": true, "对照组": true}

// Interactions finds the campaigns that a customer was reached by, or held back from: a contact
// that went out with a campaign reaches, an interaction of category control holds back. The
// first day of either is the customer's beginning. It comes before Customer.
func (c *Counter) Interactions(rows []schemas.InteractionRow) {
	for i := range rows {
		r := &rows[i]
		if r.CampaignID == "" || r.Time >= c.asEnd {
			continue
		}
		treated, control := r.Direction == "out", controlNames[strings.ToLower(r.Category)]
		if !treated && !control {
			continue
		}
		c.join(membership{key{KindCampaign, r.CampaignID}, c.zone.Day(r.Time), treated && !control, control})
	}
}

// Exposed says that an earlier run reached a customer, or held one back. It comes before Customer.
func (c *Counter) Exposed(kind, name string, treated bool, since int32) {
	c.join(membership{key{kind, name}, since, treated, !treated})
}

func (c *Counter) join(m membership) {
	for i := range c.own {
		if o := &c.own[i]; o.key == m.key {
			o.start, o.treated, o.control = min(o.start, m.start), o.treated || m.treated, o.control || m.control
			return
		}
	}
	c.own = append(c.own, m)
}

// Customer counts the customer of whom the interactions and exposures before were.
func (c *Counter) Customer(orders []schemas.OrderRow) {
	for _, m := range c.own {
		s := c.sums[m.key]
		if s == nil {
			s = &Sum{Kind: m.kind, Name: m.name, From: m.start, To: m.start}
			c.sums[m.key] = s
		}
		s.From, s.To = min(s.From, m.start), max(s.To, m.start)
		switch {
		case m.treated && m.control:
			s.Mixed++
		case m.start+WindowDays > c.asOf:
			s.Waiting++
		case m.treated:
			s.Treated.Add(OutcomeOf(orders, m.start))
		default:
			s.Control.Add(OutcomeOf(orders, m.start))
		}
	}
	c.own = c.own[:0]
}

// Sums are the sums so far, in order.
func (c *Counter) Sums() []Sum {
	out := make([]Sum, 0, len(c.sums))
	for _, s := range c.sums {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Sum) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return out
}
