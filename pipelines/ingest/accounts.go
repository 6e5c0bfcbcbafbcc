package ingest

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/source"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// accounts are the accounts of all files: nothing lost, nothing silent.
type accounts struct{ files map[string]*source.Counts }

func newAccounts() *accounts { return &accounts{map[string]*source.Counts{}} }

func (a *accounts) add(c *source.Counts) {
	name := accountsName(c)
	if have := a.files[name]; have != nil {
		have.Add(c)
		return
	}
	a.files[name] = c
}

// lost moves rows that another version of their reference won against from accepted to skipped.
func (a *accounts) lost(name string, l loser) {
	c := a.files[name]
	if c == nil {
		return
	}
	rows, bytes := min(l.Rows, c.Accepted.Rows), min(l.Bytes, c.Accepted.Bytes)
	c.Accepted.Rows -= rows
	c.Accepted.Bytes -= bytes
	c.Skipped.Rows += rows
	c.Skipped.Bytes += bytes
	if c.Reasons == nil {
		c.Reasons = map[string]int64{}
	}
	c.Reasons[source.SkipSuperseded] += rows
}

// note checks that every file's bytes add up and writes the accounts into the manifest.
func (a *accounts) note(m *warehouse.Manifest) error {
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		c := a.files[name]
		if !c.Balanced() {
			return runs.DataError("%s: the accounts do not add up: %d bytes, %d header + %d accepted + %d skipped + %d rejected",
				name, c.Bytes, c.Header, c.Accepted.Bytes, c.Skipped.Bytes, c.Rejected.Bytes)
		}
		m.Counters["rows_accepted"] += c.Accepted.Rows
		m.Counters["rows_rejected"] += c.Rejected.Rows
		m.Counters["rows_skipped"] += c.Skipped.Rows
		m.Counters["bytes"] += c.Bytes
		data, err := json.Marshal(c)
		if err != nil {
			return err
		}
		m.Notes["file:"+name] = string(data)
	}
	return nil
}

// Accounts reads the accounts of all files back from the manifest, in order of their names.
func Accounts(m *warehouse.Manifest) ([]source.Counts, error) {
	var out []source.Counts
	for _, name := range slices.Sorted(maps.Keys(m.Notes)) {
		if len(name) < 5 || name[:5] != "file:" {
			continue
		}
		var c source.Counts
		if err := json.Unmarshal([]byte(m.Notes[name]), &c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
