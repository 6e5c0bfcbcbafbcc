package report

import (
	"path/filepath"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// pageData hands the page what it shows.
func (s *stage) pageData(f *facts, quality []schemas.DataQuality) *report.Data {
	return &report.Data{
		Project: s.env.Config.Project, RunID: s.env.Layout.RunID, Parent: s.env.Inputs.Parent, AsOf: s.base.AsOf, Currency: s.env.Config.Currency,
		Sources: s.sources(), Accounts: s.fileAccounts(), Identity: f.identity, Orders: f.orders, KPI: f.kpi, RFM: f.rfm, Segments: f.segments,
		Churn: f.churn, CLV: f.clv, Revenue: f.revenue, Quality: quality, Audiences: f.audiences, Tables: s.tableCounts(),
		Concentration: f.concentration, Cohorts: f.cohorts, Channels: f.channelRows, Journeys: f.journeys, Feedback: f.feedback, Pains: f.pains,
		Moves: f.moves, Events: f.events, Before: f.before,
	}
}

// sources are the config's sources with what was read of them, in the config's order.
func (s *stage) sources() []report.Source {
	out := make([]report.Source, len(s.env.Config.Sources))
	at := map[string]*report.Source{}
	for i := range s.env.Config.Sources {
		c := &s.env.Config.Sources[i]
		out[i] = report.Source{Name: c.Name, Profile: profileName(c.Profile)}
		at[c.Name] = &out[i]
	}
	for _, file := range s.env.Inputs.Files {
		if source := at[file.Source]; source != nil {
			source.Files++
			source.Bytes += file.Bytes
		}
	}
	for i := range s.accounts {
		c := &s.accounts[i]
		source := at[c.Source]
		if source == nil {
			continue
		}
		source.Accepted += c.Accepted.Rows
		source.Skipped += c.Skipped.Rows
		source.Rejected += c.Rejected.Rows
		for _, n := range c.Issues {
			source.Issues += n
		}
	}
	return out
}

// tableCounts lists the tables of the catalogue with their rows.
func (s *stage) tableCounts() []report.TableCount {
	var out []report.TableCount
	for _, t := range schemas.Tables() {
		c := report.TableCount{Name: t.Name, Label: t.Grain, Empty: t.Empty}
		for _, files := range []*warehouse.TableFiles{s.tables.byName[t.Name], own(s.out, t.Name)} {
			if files != nil {
				c.Rows, c.Bytes = files.Rows, files.Bytes
			}
		}
		c.Empty = c.Empty && c.Rows == 0
		out = append(out, c)
	}
	return out
}

func own(m *warehouse.Manifest, table string) *warehouse.TableFiles {
	files, ok := m.Table(table)
	if !ok {
		return nil
	}
	return files
}

// profileName is a built-in profile's name, or the base name of a profile's file: no path of a machine.
func profileName(profile string) string {
	if profile == "" {
		return "mapping"
	}
	return filepath.Base(profile)
}
