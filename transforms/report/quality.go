package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Bounds of data_quality.
const (
	// MaxRejectShare is the share of a file's rows that may be refused before the file is called bad.
	MaxRejectShare = 0.05
	// MinRejects is how many rows must be refused before their share has a bound, unless no row
	// is accepted: a few bad rows say nothing about a file.
	MinRejects = 5
	// MaxIssueShare is the share of a file's rows whose value in one column may be unusable.
	MaxIssueShare = 0.05
)

// FileAccount is what became of the rows of one file of an export.
type FileAccount struct {
	Source, File string
	Accepted     int64            // rows
	Skipped      int64            // rows
	Rejected     int64            // rows
	Unaccounted  int64            // bytes that are neither header, accepted, skipped nor rejected
	Rejects      map[string]int64 // rows by code
	Issues       map[string]int64 // values by "column|code"
	Skips        map[string]int64 // rows by reason
}

// Rows is the number of data rows.
func (a *FileAccount) Rows() int64 { return a.Accepted + a.Skipped + a.Rejected }

// IssueKey takes the key of FileAccount.Issues apart.
func IssueKey(key string) (column, code string) {
	i := strings.LastIndexByte(key, '|')
	if i < 0 {
		return "", key
	}
	return key[:i], key[i+1:]
}

// Finding is one measured property that must hold exactly or within a bound.
type Finding struct {
	Table, Column, Check string
	Measured             float64
	Bound                float64
	Informs              bool // has no bound
}

// Passed tells whether the property holds.
func (f *Finding) Passed() bool { return f.Informs || f.Measured <= f.Bound }

// Row is the finding as a row of data_quality, but for the run's columns.
func (f *Finding) Row() schemas.DataQuality {
	row := schemas.DataQuality{Table: f.Table, Column: f.Column, Check: f.Check, Measured: f.Measured, Passed: f.Passed()}
	if !f.Informs {
		bound := f.Bound
		row.Bound = &bound
	}
	return row
}

// FileFindings measures one file: shares of refused rows and of unusable values with their
// bounds, and the counts behind them.
func FileFindings(a *FileAccount) []Finding {
	name := a.Source + "/" + a.File
	share := func(n, of int64) float64 {
		if of == 0 {
			return 0
		}
		return float64(n) / float64(of)
	}
	few := a.Rejected < MinRejects && (a.Accepted > 0 || a.Rejected == 0)
	out := []Finding{
		{Table: name, Check: "bytes_unaccounted", Measured: float64(a.Unaccounted)},
		{Table: name, Check: "reject_share", Measured: share(a.Rejected, a.Accepted+a.Rejected), Bound: MaxRejectShare, Informs: few && share(a.Rejected, a.Accepted+a.Rejected) > MaxRejectShare},
		{Table: name, Check: "rows", Measured: float64(a.Rows()), Informs: true},
	}
	for _, code := range slices.Sorted(maps.Keys(a.Rejects)) {
		out = append(out, Finding{Table: name, Check: "rejects:" + code, Measured: float64(a.Rejects[code]), Informs: true})
	}
	for _, reason := range slices.Sorted(maps.Keys(a.Skips)) {
		out = append(out, Finding{Table: name, Check: "skips:" + reason, Measured: float64(a.Skips[reason]), Informs: true})
	}
	for _, key := range slices.Sorted(maps.Keys(a.Issues)) {
		column, code := IssueKey(key)
		out = append(
			out,
			Finding{Table: name, Column: column, Check: "issues:" + code, Measured: float64(a.Issues[key]), Informs: true},
			Finding{Table: name, Column: column, Check: "issue_share:" + code, Measured: share(a.Issues[key], a.Accepted), Bound: MaxIssueShare},
		)
	}
	return out
}

// QualityRows are the rows of data_quality in the order of their key.
func QualityRows(findings []Finding) []schemas.DataQuality {
	rows := make([]schemas.DataQuality, len(findings))
	for i := range findings {
		rows[i] = findings[i].Row()
	}
	slices.SortStableFunc(rows, func(a, b schemas.DataQuality) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Check, b.Check))
	})
	return rows
}
