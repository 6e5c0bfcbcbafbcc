package audience

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// recordFacts are the columns behind a record's id that all CRMs get.
func recordFacts(p *Person) []string {
	f := &p.Facts
	return []string{
		p.CustomerID, guard(f.Tier), f.Lifecycle, f.RFM, f.ABC, strings.Join(f.Segments, ";"),
		moneyText(f.CLV12m), shareText(f.ChurnProbability), f.ChurnBand, moneyText(f.ValueAtRisk), guard(f.NextBestProduct), dayText(f.NextOrderDay),
	}
}

// recordRows are the customer's records of one object of a CRM, with the same facts each. What
// must be forgotten keeps the record's id alone.
func recordRows(object string, facts func(*Person) []string) func(*Person, List) [][]string {
	return func(p *Person, list List) (rows [][]string) {
		cells := facts(p)
		if list == ListRemove {
			clear(cells)
		}
		for _, id := range p.Shown {
			if id.Type == object {
				rows = append(rows, append([]string{guard(id.Value)}, cells...))
			}
		}
		return rows
	}
}

// moneyText is an amount in the reporting currency; "" for none.
func moneyText(amount *int64) string {
	if amount == nil {
		return ""
	}
	sign, units := "", *amount
	if units < 0 {
		sign, units = "-", -units
	}
	units = (units + 50) / 100 // ten-thousandths to hundredths, half up
	return fmt.Sprintf("%s%d.%02d", sign, units/100, units%100)
}

// shareText is a share of one; "" for none.
func shareText(share *float64) string {
	if share == nil {
		return ""
	}
	return strconv.FormatFloat(*share, 'f', 4, 64)
}

// dayText is a day as YYYY-MM-DD; "" for none.
func dayText(day *int32) string {
	if day == nil {
		return ""
	}
	return time.Unix(int64(*day)*86400, 0).UTC().Format(time.DateOnly)
}
