package report

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func finding(rows []schemas.DataQuality, column, check string) *schemas.DataQuality {
	for i := range rows {
		if rows[i].Column == column && rows[i].Check == check {
			return &rows[i]
		}
	}
	return nil
}

func TestFilesAreMeasuredAgainstTheirBounds(t *testing.T) {
	rows := QualityRows(FileFindings(&FileAccount{
		Source: "shop", File: "orders.csv", Accepted: 940, Skipped: 10, Rejected: 60,
		Rejects: map[string]int64{"ragged_row": 60}, Issues: map[string]int64{"a|b|bad_value": 47, "c|masked": 48}, Skips: map[string]int64{"footer": 10},
	}))
	for _, want := range []struct {
		column, check string
		measured      float64
		bound, passed bool
	}{
		{"", "reject_share", 0.06, true, false},
		{"", "rejects:ragged_row", 60, false, true},
		{"", "rows", 1010, false, true},
		{"", "skips:footer", 10, false, true},
		{"", "bytes_unaccounted", 0, true, true},
		{"a|b", "issues:bad_value", 47, false, true},
		{"a|b", "issue_share:bad_value", 0.05, true, true}, // at the bound is within it
		{"c", "issue_share:masked", 48.0 / 940, true, false},
	} {
		row := finding(rows, want.column, want.check)
		if row == nil {
			t.Errorf("%s of column %q is not measured", want.check, want.column)
			continue
		}
		if row.Measured != want.measured || (row.Bound != nil) != want.bound || row.Passed != want.passed || row.Table != "shop/orders.csv" {
			t.Errorf("%s of column %q: %+v", want.check, want.column, row)
		}
	}
}

// A few refused rows say nothing about a file, unless there are no others.
func TestTheShareOfRejectsHasNoBoundWhereTheyAreFew(t *testing.T) {
	for _, c := range []struct {
		accepted, rejected int64
		bound, passed      bool
	}{
		{6, 1, false, true}, {6, MinRejects - 1, false, true}, {6, MinRejects, true, false}, {0, 1, true, false}, {0, 0, true, true}, {1000, 1, true, true},
	} {
		row := finding(QualityRows(FileFindings(&FileAccount{Accepted: c.accepted, Rejected: c.rejected})), "", "reject_share")
		if (row.Bound != nil) != c.bound || row.Passed != c.passed {
			t.Errorf("%d of %d rows refused: %+v", c.rejected, c.accepted+c.rejected, row)
		}
	}
}

func TestQualityRowsAreInTheOrderOfTheirKeyAndUnique(t *testing.T) {
	counts := rapid.MapOfN(rapid.StringMatching(`[a-c]{0,2}\|[a-c]{1,2}`), rapid.Int64Range(0, 9), 0, 6)
	rapid.Check(t, func(r *rapid.T) {
		rows := QualityRows(FileFindings(&FileAccount{Source: "s", File: "f", Issues: counts.Draw(r, "issues"), Rejects: counts.Draw(r, "rejects"), Skips: counts.Draw(r, "skips")}))
		for i := 1; i < len(rows); i++ {
			a, b := &rows[i-1], &rows[i]
			if a.Column > b.Column || a.Column == b.Column && a.Check >= b.Check {
				r.Fatalf("%q %q before %q %q", a.Column, a.Check, b.Column, b.Check)
			}
		}
	})
}
