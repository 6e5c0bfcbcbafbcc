package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

type (
	kpiRow      = schemas.KPI
	segmentRow  = schemas.SegmentSummary
	revenueRow  = schemas.RevenueReconciliation
	audienceRow = schemas.Audience
	channelRow  = schemas.ChannelPerformance
	journeyRow  = schemas.JourneyPath
	feedbackRow = schemas.FeedbackSummary
	painRow     = schemas.PainPoint
	moveRow     = schemas.SegmentMigration
)

// Tables that are written after all others.
const (
	tableDataQuality = "data_quality"
	tableRunLog      = "run_log"
)

// operations writes the tables that are about the run and the dimensions.
func (s *stage) operations(ctx context.Context, f *facts) error {
	if err := s.rejects(ctx); err != nil {
		return err
	}
	if err := runs.WriteTable(&s.base, s.out, "dim_date", report.Calendar(f.firstDay, s.base.AsOf), func(r *schemas.DimDate) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	type acquired struct {
		Channel string `parquet:"channel,dict"`
	}
	parts, err := scan(ctx, s.tables, "channel_performance", nil, func(p *map[string]bool, row *acquired) {
		if *p == nil {
			*p = map[string]bool{}
		}
		(*p)[row.Channel] = true
	})
	if err != nil {
		return err
	}
	for _, part := range parts {
		for channel := range part {
			f.channels[channel] = true
		}
	}
	return runs.WriteTable(&s.base, s.out, "dim_channel", report.Channels(f.channels), func(r *schemas.DimChannel) *schemas.RunColumns { return &r.RunColumns })
}

// rejects writes table reject, part by part as ingest left them, without the rows' texts.
func (s *stage) rejects(ctx context.Context) error {
	paths := s.tables.paths("records/reject")
	if len(paths) == 0 {
		return nil // an empty one follows
	}
	columns := warehouse.ColumnsBut[schemas.Reject]("original")
	for part, path := range paths {
		w, err := warehouse.Create[schemas.RejectRow](s.env.Layout.Dir(), "reject", part)
		if err != nil {
			return err
		}
		err = warehouse.Read(ctx, path, columns, func(rows []schemas.Reject) error {
			for i := range rows {
				r := &rows[i]
				if err := w.Add(&schemas.RejectRow{
					RunColumns: s.base.Stamp(), Source: r.Source, File: r.File, Row: r.Row, ByteOffset: r.ByteOffset,
					Column: r.Column, Code: r.Code, Message: r.Message,
				}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			w.Abort()
			return err
		}
		info, err := w.Close()
		if err != nil {
			return err
		}
		s.out.Add("reject", warehouse.SchemaHash[schemas.RejectRow](), info)
	}
	return nil
}

// quality writes data_quality: what ingest counted in each file, and the checks over the tables.
func (s *stage) quality(f *facts, checks []check) ([]schemas.DataQuality, error) {
	var findings []report.Finding
	for _, a := range s.fileAccounts() {
		findings = append(findings, report.FileFindings(&a)...)
	}
	for _, c := range checks {
		findings = append(findings, c.Finding)
	}
	for _, t := range f.nameless {
		if t.rows > 0 {
			findings = append(findings, report.Finding{Table: t.table, Column: t.column, Check: "missing_share", Measured: float64(t.count) / float64(t.rows), Informs: true})
		}
	}
	rows := report.QualityRows(findings)
	return rows, runs.WriteTable(&s.base, s.out, tableDataQuality, rows, func(r *schemas.DataQuality) *schemas.RunColumns { return &r.RunColumns })
}

// fileAccounts are the accounts of all files, and those of files that could not be read.
func (s *stage) fileAccounts() []report.FileAccount {
	var out []report.FileAccount
	for i := range s.accounts {
		c := &s.accounts[i]
		out = append(out, report.FileAccount{
			Source: c.Source, File: c.File, Accepted: c.Accepted.Rows, Skipped: c.Skipped.Rows, Rejected: c.Rejected.Rows,
			Unaccounted: c.Bytes - c.Header - c.Accepted.Bytes - c.Skipped.Bytes - c.Rejected.Bytes,
			Rejects:     c.Rejects, Issues: c.Issues, Skips: c.Reasons,
		})
	}
	for _, m := range s.jobs {
		if m.Job != ingest.JobName {
			continue
		}
		for name := range m.Notes {
			if file, ok := strings.CutPrefix(name, "unread:"); ok {
				source, file, _ := strings.Cut(file, "/")
				out = append(out, report.FileAccount{Source: source, File: file, Rejects: map[string]int64{"unreadable_file": 1}})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Source != out[j].Source {
			return out[i].Source < out[j].Source
		}
		return out[i].File < out[j].File
	})
	return out
}

// runLog writes run_log: the exports that were read, then every table of every job.
func (s *stage) runLog() error {
	rows := s.exportsRead()
	for _, m := range append(append([]*warehouse.Manifest{}, s.jobs...), s.out) {
		var inputs []string
		for _, input := range m.Inputs {
			inputs = append(inputs, strings.TrimPrefix(input, "jobs/"))
		}
		for i := range m.Tables {
			t := &m.Tables[i]
			hash := sha256.New()
			for _, file := range t.Files {
				fmt.Fprintln(hash, file.Name, file.SHA256)
			}
			rows = append(rows, schemas.RunLog{
				Job: m.Job, Table: t.Table, Direction: "out", Inputs: strings.Join(inputs, ","),
				Files: int64(len(t.Files)), Rows: t.Rows, Bytes: t.Bytes, Fingerprint: fingerprint(hash.Sum(nil)),
			})
		}
	}
	return runs.WriteTable(&s.base, s.out, tableRunLog, rows, func(r *schemas.RunLog) *schemas.RunColumns { return &r.RunColumns })
}

// exportsRead are the rows of run_log about what ingest read, one a source.
func (s *stage) exportsRead() []schemas.RunLog {
	bySource := map[string]*schemas.RunLog{}
	hashes := map[string]io.Writer{}
	sums := map[string]func() []byte{}
	for _, file := range s.env.Inputs.Files {
		row := bySource[file.Source]
		if row == nil {
			row = &schemas.RunLog{Job: ingest.JobName, Table: "exports/" + file.Source, Direction: "in"}
			bySource[file.Source] = row
			hash := sha256.New()
			hashes[file.Source], sums[file.Source] = hash, func() []byte { return hash.Sum(nil) }
		}
		row.Files++
		fmt.Fprintln(hashes[file.Source], file.Name, file.SHA256)
	}
	for i := range s.accounts {
		c := &s.accounts[i]
		if row := bySource[c.Source]; row != nil {
			row.Rows += c.Accepted.Rows + c.Skipped.Rows + c.Rejected.Rows
			row.Bytes += c.Bytes
		}
	}
	var names []string
	for name := range bySource {
		names = append(names, name)
	}
	sort.Strings(names)
	var out []schemas.RunLog
	for _, name := range names {
		bySource[name].Fingerprint = fingerprint(sums[name]())
		out = append(out, *bySource[name])
	}
	return out
}

// fingerprint is the first 128 bits of a hash.
func fingerprint(sum []byte) string { return hex.EncodeToString(sum[:16]) }

// check is a property of the tables. One that must hold fails the run.
type check struct {
	report.Finding
	must bool
	why  string // what it means when it does not hold
}

// checks measures the properties of the tables.
func (s *stage) checks(f *facts) []check {
	var out []check
	exact := func(table, column, name string, measured int64, must bool, why string) {
		out = append(out, check{report.Finding{Table: table, Column: column, Check: name, Measured: float64(measured)}, must, why})
	}
	exact("identity_map", "", "parties_without_row", difference(s.tables.rows("records/party"), f.identity.Parties), true,
		"every party must be in identity_map once")
	exact("customers", "revenue", "revenue_against_orders", difference(f.customerRevenue, f.orders.Revenue), true,
		"the customers' revenue must be that of their orders, in ten-thousandths")
	var left int64
	for i := range f.revenue {
		left += max(f.revenue[i].Difference, -f.revenue[i].Difference)
	}
	exact("revenue_reconciliation", "difference", "unexplained_revenue", left, true, "an export's total must lead to what counts, in ten-thousandths")
	for _, t := range f.duplicates {
		exact(t.table, t.column, "repeated_keys", t.count, true, "the key must be unique, or the table cannot be published")
	}
	for _, t := range f.orphans {
		exact(t.table, t.column, "unknown_customers", t.count, true, "every customer_id must be in table customers")
	}
	return out
}

func difference(a, b int64) int64 { return max(a-b, b-a) }

// failures names every check that must hold and does not.
func failures(checks []check) error {
	var errs []error
	for i := range checks {
		if c := &checks[i]; c.must && !c.Passed() {
			errs = append(errs, fmt.Errorf("check %s of table %s: measured %.0f, expected %.0f: %s", c.Check, c.Table, c.Measured, c.Bound, c.why))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return &runs.CodedError{Code: runs.ExitData, Err: errors.Join(errs...)}
}
