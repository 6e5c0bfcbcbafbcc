package segment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Schemes that are computed from columns and take no rules.
const (
	SchemeGeographic   = "geographic"   // country/CN, province/..., city_tier/...
	SchemeDemographic  = "demographic"  // persons: gender/..., age/..., income/..., language/...
	SchemeFirmographic = "firmographic" // organizations: industry/..., size/...
	SchemeRFM          = "rfm"          // ten cells
	SchemeRFMChinese   = "rfm_cn"       // eight cells
	SchemeABC          = "abc"
	SchemeLifecycle    = "lifecycle"
	SchemeTier         = "tier"
	SchemeChurn        = "churn" // band

	SchemePsychographic = "psychographic" // interest/..., lifestyle/..., value/...: of each as many as traits state
	SchemeNeed          = "need"          // as many as traits state
)

// SchemeFunnel takes rules, and the first that holds is also the column funnel.
const SchemeFunnel = "funnel"

var reserved = map[string]bool{
	SchemeGeographic: true, SchemeDemographic: true, SchemeFirmographic: true, SchemeRFM: true, SchemeRFMChinese: true,
	SchemeABC: true, SchemeLifecycle: true, SchemeTier: true, SchemeChurn: true, SchemePsychographic: true, SchemeNeed: true,
}

// Assignment is one segment of one customer.
type Assignment struct {
	Scheme  string
	Segment string
}

// Apply sets lifecycle, tier, funnel and segments of a customer whose other columns are
// final, and returns the segments in the order of their evaluation. Without a tiers document
// the tier is what a source states. The customer is taken as one whom no run knew before.
func (r *Rules) Apply(c *schemas.Customer) []Assignment {
	assigned, _ := r.ApplyTo(nil, c, TierState{})
	return assigned
}

// ApplyTo is Apply, appending to a slice, for a customer whose tier in the last run is known. It
// returns the tier's state for the next run too. The column of the last run's lifecycle stage
// must be set: stages have hysteresis by it.
func (r *Rules) ApplyTo(out []Assignment, c *schemas.Customer, before TierState) ([]Assignment, TierState) {
	c.Lifecycle, c.Funnel, c.Segments = "", "", c.Segments[:0:0]
	for i := range r.Lifecycle {
		if r.Lifecycle[i].When.Match(c) {
			c.Lifecycle = r.Lifecycle[i].Code
			break
		}
	}
	state := r.tier(c, before)
	c.Tier = state.Tier
	start := len(out)
	out = computed(out, c)
	c.Segments = labels(out[start:], len(r.Segments))
	var taken uint64 // schemes of one segment a customer that have theirs
	for i := range r.Segments {
		rule := &r.Segments[i]
		if rule.only >= 0 && taken&(1<<rule.only) != 0 || !rule.When.Match(c) {
			continue
		}
		if rule.only >= 0 {
			taken |= 1 << rule.only
		}
		if rule.Scheme == SchemeFunnel && c.Funnel == "" {
			c.Funnel = rule.Code
		}
		out = append(out, Assignment{rule.Scheme, rule.Code})
		c.Segments = append(c.Segments, rule.label)
	}
	return out, state
}

// tier is the customer's tier by the programme, else as a source states it.
func (r *Rules) tier(c *schemas.Customer, before TierState) TierState {
	if r.Tiers != nil {
		return r.Tiers.Next(c, before, c.AsOf)
	}
	state := TierState{Tier: c.SourceTier}
	if state.Tier != "" {
		state.Since = c.AsOf
		if before.Tier == state.Tier {
			state.Since = before.Since
		}
	}
	return state
}

// labels are scheme:segment of all, in one allocation, with room for more.
func labels(assigned []Assignment, more int) []string {
	var buffer [512]byte
	text := buffer[:0]
	for _, a := range assigned {
		text = append(append(append(text, a.Scheme...), ':'), a.Segment...)
	}
	all := string(text)
	out := make([]string, 0, len(assigned)+min(more, 4))
	for _, a := range assigned {
		n := len(a.Scheme) + 1 + len(a.Segment)
		out = append(out, all[:n])
		all = all[n:]
	}
	return out
}

// computed appends the segments that follow from columns alone.
func computed(out []Assignment, c *schemas.Customer) []Assignment {
	add := func(scheme, prefix, value string) {
		if value != "" {
			out = append(out, Assignment{scheme, prefix + value})
		}
	}
	add(SchemeGeographic, "country/", c.Country)
	add(SchemeGeographic, "province/", c.Province)
	add(SchemeGeographic, "city_tier/", c.CityTier)
	if c.Kind == schemas.Organization {
		add(SchemeFirmographic, "industry/", c.Industry)
		add(SchemeFirmographic, "size/", SizeBand(c.CompanySize))
	} else {
		add(SchemeDemographic, "gender/", c.Gender)
		add(SchemeDemographic, "age/", c.AgeBand)
		add(SchemeDemographic, "income/", c.IncomeBand)
		add(SchemeDemographic, "language/", c.Language)
	}
	add(SchemeRFM, "", c.RFMSegment)
	add(SchemeRFMChinese, "", c.RFMSegmentZH)
	add(SchemeABC, "", strings.ToLower(c.ABC))
	add(SchemeLifecycle, "", c.Lifecycle)
	add(SchemeTier, "", c.Tier)
	add(SchemeChurn, "", c.ChurnBand)
	for _, v := range c.Interests {
		add(SchemePsychographic, "interest/", v)
	}
	for _, v := range c.Lifestyles {
		add(SchemePsychographic, "lifestyle/", v)
	}
	for _, v := range c.Values {
		add(SchemePsychographic, "value/", v)
	}
	for _, v := range c.Needs {
		add(SchemeNeed, "", v)
	}
	return out
}

// Rows are the rows of customer_segment of a customer, sorted, but for the run's columns.
// previous are the customer's rows of the last run: a segment that was there keeps its since;
// a new one names a segment of its scheme that is gone, if there is one.
func Rows(customerID string, assigned []Assignment, previous []schemas.CustomerSegment, asOf int32) []schemas.CustomerSegment {
	return RowsTo(make([]schemas.CustomerSegment, 0, len(assigned)), customerID, assigned, previous, asOf)
}

// RowsTo is Rows into a slice, which is overwritten.
func RowsTo(out []schemas.CustomerSegment, customerID string, assigned []Assignment, previous []schemas.CustomerSegment, asOf int32) []schemas.CustomerSegment {
	out = out[:0]
	for _, a := range assigned {
		row := schemas.CustomerSegment{CustomerID: customerID, Scheme: a.Scheme, Segment: a.Segment, Since: asOf}
		for _, p := range previous {
			if p.Scheme != a.Scheme {
				continue
			}
			if p.Segment == a.Segment {
				row.Since, row.Previous = p.Since, p.Previous
				break
			}
			if samePart(p.Segment, a.Segment) && !slices.Contains(assigned, Assignment{p.Scheme, p.Segment}) {
				row.Previous = p.Segment
			}
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b schemas.CustomerSegment) int {
		if c := cmp.Compare(a.Scheme, b.Scheme); c != 0 {
			return c
		}
		return cmp.Compare(a.Segment, b.Segment)
	})
	return out
}

// samePart tells whether two segments answer one question: city_tier/first and
// city_tier/second do, city_tier/first and country/CN do not.
func samePart(a, b string) bool {
	x, _, okX := strings.Cut(a, "/")
	y, _, okY := strings.Cut(b, "/")
	return okX == okY && (!okX || x == y)
}
