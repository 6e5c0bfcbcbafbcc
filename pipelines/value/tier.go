package value

import (
	"context"
	"errors"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// loyalty is what loyalty systems book for one customer up to as_of.
type loyalty struct {
	moves []segment.PointsMove
	tier  string // the latest that was given
	time  int64
}

// readLoyalty reads the movements of points and changes of tier of the partition's customers.
func readLoyalty(ctx context.Context, path string, asOfEnd int64) (map[string]*loyalty, error) {
	if path == "" {
		return nil, nil
	}
	out := map[string]*loyalty{}
	err := warehouse.Read(ctx, path, []string{"customer_id", "kind", "points", "tier", "time"}, func(rows []schemas.LoyaltyEventRow) error {
		for i := range rows {
			r := &rows[i]
			if r.CustomerID == "" || r.Time >= asOfEnd {
				continue
			}
			l := out[r.CustomerID]
			if l == nil {
				l = &loyalty{}
				out[r.CustomerID] = l
			}
			if r.Points != nil {
				l.moves = append(l.moves, segment.PointsMove{Kind: r.Kind, Points: *r.Points, Day: int32(r.Time / microsPerDay)})
			}
			if r.Kind == "tier" && r.Tier != "" && (l.tier == "" || r.Time > l.time || r.Time == l.time && r.Tier < l.tier) {
				l.tier, l.time = r.Tier, r.Time
			}
		}
		return nil
	})
	return out, err
}

// errFound ends a search.
var errFound = errors.New("found")

// bookPoints tells whether loyalty systems book points, and not changes of tier alone.
func bookPoints(ctx context.Context, parts []string) (bool, error) {
	for _, path := range parts {
		if path == "" {
			continue
		}
		err := warehouse.Read(ctx, path, []string{"points"}, func(rows []schemas.LoyaltyEventRow) error {
			for i := range rows {
				if rows[i].Points != nil {
					return errFound
				}
			}
			return nil
		})
		if errors.Is(err, errFound) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// points fills in the points of a customer whom a loyalty system or the rules count, and the tier
// that a loyalty system has given where the customer's records state none.
func (a *applier) points(c *schemas.Customer, profile *customers.Profile) segment.Points {
	var p segment.Points
	known := a.loyalty[c.CustomerID]
	if known != nil && c.SourceTier == "" {
		c.SourceTier = known.tier
	}
	tiers := a.rules.Tiers
	switch {
	case a.p.Points:
		if known == nil || len(known.moves) == 0 {
			return p
		}
		expiry := 0
		if tiers != nil {
			expiry = tiers.ExpiryDays
		}
		p = segment.PointsOf(known.moves, a.p.AsOf, expiry)
	case tiers != nil && tiers.PointsPerUnit > 0:
		p.Earned = tiers.Earns(c.Revenue)
		p.Balance = min(p.Earned, tiers.Earns(profile.PointsRevenue))
		p.Expired = p.Earned - p.Balance
		p.Expiring = min(p.Balance, tiers.Earns(profile.PointsExpiring))
	default:
		return p
	}
	c.Points = &p.Balance
	return p
}

// tier writes the tier of a customer who has one. was is the tier in the last run.
func (a *applier) tier(c *schemas.Customer, points segment.Points, state segment.TierState, was string) error {
	if c.Tier == "" {
		return nil
	}
	row := schemas.CustomerTier{
		RunColumns: a.stamp, CustomerID: c.CustomerID, Tier: c.Tier, Since: state.Since, CycleEnd: day(state.CycleEnd), BelowSince: day(state.BelowSince),
		DowngradeOn: day(state.DowngradeOn), Earned: points.Earned, Spent: points.Spent, Expired: points.Expired, Balance: points.Balance, Expiring: points.Expiring,
	}
	if a.rules.Tiers != nil {
		if next, missing, ok := a.rules.Tiers.Missing(c, a.rules.Tiers.Level(c)); ok {
			amount := clv.Money(missing)
			row.NextTier, row.Missing = next.Code, &amount
		}
	}
	if was != "" {
		row.Change = a.rules.TierChange(was, c.Tier)
	}
	return a.tiers.Add(&row)
}

// day is nil for an unknown one.
func day(d int32) *int32 {
	if d == 0 {
		return nil
	}
	return &d
}

// stateOf is what the row of a run says to the next one.
func stateOf(row *schemas.CustomerTier) segment.TierState {
	state := segment.TierState{Tier: row.Tier, Since: row.Since}
	for _, d := range []struct {
		from *int32
		to   *int32
	}{{row.CycleEnd, &state.CycleEnd}, {row.BelowSince, &state.BelowSince}, {row.DowngradeOn, &state.DowngradeOn}} {
		if d.from != nil {
			*d.to = *d.from
		}
	}
	return state
}
