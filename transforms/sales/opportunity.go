// Package sales reads opportunities and subscriptions: what is in the pipeline and what came of
// it, who is to be handed over to service, and how recurring revenue moves.
package sales

import (
	"math"

	"github.com/tributary-cdp/tributary/schemas"
)

// States of an opportunity.
const (
	StateOpen = "open"
	StateWon  = "won"
	StateLost = "lost"
)

// HandoverDays is how long after a deal was won its customer is on the list for service.
const HandoverDays = 30

// Deal is an opportunity as of a day.
type Deal struct {
	State    string
	Closed   int32  // day; of open ones 0
	Weighted *int64 // ten-thousandths
	Overdue  bool
	Handover bool
}

// DealOf reads an opportunity as of a day. What was closed later is open still; one that is
// closed without a day was closed on the day when it was expected. closed is the day of
// ClosedAt in the config's time zone, 0 = none.
func DealOf(row *schemas.OpportunityRow, closed, asOf int32) Deal {
	if closed == 0 && row.ExpectedClose != nil {
		closed = min(*row.ExpectedClose, asOf) // it is closed, whatever was expected
	}
	if row.Won == nil || closed > asOf {
		d := Deal{State: StateOpen, Overdue: row.ExpectedClose != nil && *row.ExpectedClose < asOf && row.Won == nil}
		if row.Amount != nil && row.Probability != nil {
			weighted := int64(math.Round(float64(*row.Amount) * *row.Probability))
			d.Weighted = &weighted
		}
		return d
	}
	if !*row.Won {
		return Deal{State: StateLost, Closed: closed}
	}
	return Deal{State: StateWon, Closed: closed, Handover: closed > 0 && asOf-closed < HandoverDays}
}
