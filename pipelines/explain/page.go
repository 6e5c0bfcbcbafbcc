package explain

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
)

// Page gathers what the page of one customer shows. Contact data are in it only if the reader shows
// them.
func (r *Reader) Page(ctx context.Context, id string, cfg *config.Config) (*report.Customer, error) {
	location, err := time.LoadLocation(cfg.Timezone)
	if err != nil {
		return nil, runs.ConfigError("timezone: %w", err)
	}
	c, err := r.Customer(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := r.facts(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &report.Customer{
		Project: cfg.Project, Currency: cfg.Currency, Location: location, RunID: c.RunID, CustomerID: id, FormerIDs: c.FormerIDs, Absent: c.Absent, Contacts: r.contacts,
		Moments: f.moments(r.contacts), CLV: labelled[schemas.CustomerCLV](c.CLV), Churn: labelled[schemas.CustomerChurn](c.Churn),
	}
	in, err := runs.ReadInputs(r.layout)
	if err != nil {
		return nil, err
	}
	if out.AsOf, err = runs.Day(in.AsOf); err != nil {
		return nil, err
	}
	out.Moments = upTo(out.Moments, time.Date(1970, 1, 2+int(out.AsOf), 0, 0, 0, 0, location))
	r.own(out, c)
	identityOf(out, c)
	for _, reason := range c.Reasons {
		out.Reasons = append(out.Reasons, report.ChurnReason{Text: reason.Text, Effect: reason.Effect})
	}
	for _, s := range c.Segments {
		out.Segments = append(out.Segments, report.CustomerSegment{Scheme: s.Scheme, Segment: s.Segment, Since: s.Since, Previous: s.Previous})
	}
	slices.SortFunc(out.Segments, func(a, b report.CustomerSegment) int {
		return cmp.Or(strings.Compare(a.Scheme, b.Scheme), strings.Compare(a.Segment, b.Segment))
	})
	return out, r.names(ctx, out, f)
}

// own splits the row of table customers into what sources state, which are the columns before the
// identifiers, and what is measured.
func (r *Reader) own(out *report.Customer, c *Customer) {
	stated := map[string]bool{}
	for _, column := range schemas.Columns(reflect.TypeFor[schemas.CustomerProfile]()) {
		if column.Name == "identifiers" {
			break
		}
		stated[column.Name] = true
	}
	for _, field := range labelled[schemas.Customer](c.Golden) {
		if stated[field.Name] {
			out.Golden = append(out.Golden, field)
		} else {
			out.Measures = append(out.Measures, field)
		}
		if field.Name == "display_name" && r.contacts {
			out.Name = field.Value
		}
	}
}

// identityOf copies why the records are one customer.
func identityOf(out *report.Customer, c *Customer) {
	for _, record := range c.Records {
		out.Records = append(out.Records, report.SourceRecord{
			Source: record.Source, SourceID: record.SourceID, Reference: record.Reference, Rule: record.Rule, Probability: record.Probability, FirstRunID: record.FirstRunID,
		})
	}
	for i := range c.Tree {
		l := &c.Tree[i]
		link := report.RecordLink{Left: l.Left, Right: l.Right, Rule: l.Rule, Probability: l.Probability}
		for _, w := range l.Weights {
			link.Weights = append(link.Weights, report.LinkWeight{Comparison: w.Comparison, Level: w.Level, Bits: w.Bits, Values: w.Values})
		}
		out.Links = append(out.Links, link)
	}
	out.Parts = c.Parts
	for _, x := range c.Conflicts {
		out.Conflicts = append(out.Conflicts, report.RecordConflict{Left: x.Left, Right: x.Right, Rule: x.Rule, Reason: x.Reason, Values: x.Values})
	}
	for _, e := range c.Events {
		out.Events = append(out.Events, report.CustomerEvent{RunID: e.RunID, Event: e.Event, CustomerID: e.ID, Other: e.Other, Cause: e.Cause})
	}
}

// names puts names of segments and plays to what a customer has, and adds what to do.
func (r *Reader) names(ctx context.Context, out *report.Customer, f *facts) error {
	texts := map[[2]string]*schemas.SegmentSummary{}
	if err := scan(ctx, r, "segment_summary", nil, func(s *schemas.SegmentSummary) {
		row := *s
		texts[[2]string{s.Scheme, s.Segment}] = &row
	}); err != nil {
		return err
	}
	for i := range out.Segments {
		s := &out.Segments[i]
		if t := texts[[2]string{s.Scheme, s.Segment}]; t != nil {
			s.NameEN, s.NameZH, s.StrategyEN, s.StrategyZH = t.NameEN, t.NameZH, t.StrategyEN, t.StrategyZH
		}
	}
	for i := range f.tiers {
		out.Tier = labelled[schemas.CustomerTier](fields(&f.tiers[i], r.contacts))
	}
	slices.SortStableFunc(f.actions, func(a, b schemas.CustomerAction) int { return cmp.Compare(a.Priority, b.Priority) })
	for i := range f.actions {
		a := &f.actions[i]
		action := report.CustomerPlay{Play: a.Play, ReasonEN: a.Reason, ReasonZH: a.ReasonZH, Channel: a.Channel, Owner: a.Owner, Priority: a.Priority, Control: a.Control}
		if a.BestDay != nil {
			action.BestDay = day(*a.BestDay)
		}
		out.Plays = append(out.Plays, action)
	}
	for i := range f.members {
		m := &f.members[i]
		out.Audiences = append(out.Audiences, report.CustomerAudience{Audience: m.Audience, Status: m.Status, HeldReason: m.HeldReason, Change: m.Change})
	}
	for i := range f.relations {
		x := &f.relations[i]
		out.Relations = append(out.Relations, report.CustomerRelation{From: x.From, Relation: x.Relation, To: x.To})
	}
	return nil
}

// labelled gives fields the Chinese names of their columns, and money two decimals.
func labelled[T any](list []Field) []report.LabelledField {
	columns := map[string]schemas.Column{}
	for _, c := range schemas.Columns(reflect.TypeFor[T]()) {
		columns[c.Name] = c
	}
	var out []report.LabelledField
	for i := range list {
		f := &list[i]
		column := columns[f.Name]
		value := f.Text()
		if units, err := strconv.ParseFloat(value, 64); err == nil && column.Type == "NUMERIC" {
			value = report.Money(int64(math.Round(units * 1e4)))
		}
		out = append(out, report.LabelledField{Name: f.Name, NameZH: column.Description.ZH, Value: value, Source: f.Source, Losing: f.Losing})
	}
	return out
}

// FileName is the name of a customer's page where none is given.
func FileName(id string) string { return fmt.Sprintf("customer-%s.html", id) }
