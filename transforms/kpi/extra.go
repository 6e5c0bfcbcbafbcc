package kpi

import (
	"github.com/tributary-cdp/tributary/transforms/aggregate"
	"github.com/tributary-cdp/tributary/transforms/sales"
)

// Extra are the figures that no customer carries, and the rules that figures are held against.
type Extra struct {
	Spend      []Spend                                         `json:"spend,omitempty"`
	HighValues []HighValue                                     `json:"high_values,omitempty"`
	Movements  []aggregate.Row[sales.MonthKey, sales.Movement] `json:"movements,omitempty"` // months since January 1970
	Pipeline   *Pipeline                                       `json:"pipeline,omitempty"`  // nil: no source has opportunities
	Renewals   *int64                                          `json:"renewals,omitempty"`  // monthly amount due for renewal; nil: no source has subscriptions
	Targets    []Target                                        `json:"targets,omitempty"`
	Market     []Market                                        `json:"market,omitempty"`
}

// Pipeline are the open opportunities at as_of, in ten-thousandths.
type Pipeline struct{ Deals, Amount, Weighted int64 }

// Spend is what campaigns cost in one period, in ten-thousandths.
type Spend struct {
	Period                 string
	Acquisition, Retention int64
	Known                  bool // every month of the period has costs, and none of them is null
	ForRetention           bool // some campaign is for retention
}

// Spending adds the costs of days up by period.
type Spending struct {
	settings Settings
	periods  []Period
	spend    []Spend
	missing  []bool
	months   map[int32]bool
}

// NewSpending returns no spending.
func NewSpending(s Settings) *Spending {
	s = s.withDefaults()
	sp := &Spending{settings: s, periods: Periods(s.DataStart, s.AsOfDay), months: map[int32]bool{}}
	sp.spend, sp.missing = make([]Spend, len(sp.periods)), make([]bool, len(sp.periods))
	for i, p := range sp.periods {
		sp.spend[i].Period = p.Name
	}
	return sp
}

// Add adds the cost of one day and campaign, nil where the source states none.
func (s *Spending) Add(day int32, cost *int64, retention bool) {
	if day > s.settings.AsOfDay {
		return
	}
	s.months[monthOf(day)] = true
	for i, p := range s.periods {
		if day < p.First || day > p.Last {
			continue
		}
		switch {
		case cost == nil:
			s.missing[i] = true
		case retention:
			s.spend[i].Retention += *cost
			s.spend[i].ForRetention = true
		default:
			s.spend[i].Acquisition += *cost
		}
	}
}

// Spend is what was spent, for every period; nil where no cost is known at all.
func (s *Spending) Spend() []Spend {
	if len(s.months) == 0 {
		return nil
	}
	for i, p := range s.periods {
		known := !s.missing[i]
		for month := monthOf(p.First); month <= monthOf(min(p.Last, s.settings.AsOfDay)); month++ {
			known = known && s.months[month]
		}
		s.spend[i].Known = known
	}
	return s.spend
}

// monthOf gives the months from January 1970 to a day.
func monthOf(day int32) int32 {
	t := date(day)
	return int32((t.Year()-1970)*12 + int(t.Month()) - 1)
}

type movement = sales.Movement

// ofPeriod are all counts of one period.
type ofPeriod struct {
	Count
	spend    *Spend
	high     *HighValue
	movement *movement
	pipeline *Pipeline
	renewals *int64
	market   float64
}

// of finds the figures of a period.
func (e *Extra) of(p Period, count Count, asOf int32) *ofPeriod {
	f := &ofPeriod{Count: count}
	for i := range e.Spend {
		if e.Spend[i].Period == p.Name && e.Spend[i].Known {
			f.spend = &e.Spend[i]
		}
	}
	for i := range e.HighValues {
		if e.HighValues[i].Period == p.Name {
			f.high = &e.HighValues[i]
		}
	}
	for _, m := range e.Market {
		if m.Period == p.Name {
			f.market = m.Size
		}
	}
	if p.Kind == KindAll {
		f.pipeline, f.renewals = e.Pipeline, e.Renewals
	}
	if len(e.Movements) > 0 && p.Kind != KindLast12m {
		f.movement = e.movement(p, asOf)
	}
	return f
}

// movement adds up how recurring revenue moved in the months of a period.
func (e *Extra) movement(p Period, asOf int32) *sales.Movement {
	sum := &sales.Movement{}
	first, last := monthOf(p.First), monthOf(min(p.Last, asOf))
	if p.Kind == KindAll {
		first = e.Movements[0].Key.Month
	}
	begun := false
	for _, row := range e.Movements {
		if row.Key.Month < first || row.Key.Month > last {
			continue
		}
		m := row.Value
		if begun {
			m.Start = 0
		}
		begun = true
		sum.End, sum.Subscribers = 0, 0 // those of the last month stay
		sum.Add(&m)
	}
	return sum
}
