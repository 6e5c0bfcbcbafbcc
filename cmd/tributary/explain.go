package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/tributary-cdp/tributary/pipelines/explain"
)

// explainCommand tells why records are one customer and why its scores are what they are.
type explainCommand struct {
	configFlags
	ID           string `arg:"" help:"A customer_id, source/source_id or a reference."`
	Other        string `arg:"" optional:"" name:"id2" help:"Another one: why are these two one customer, or not?"`
	JSON         bool   `help:"As JSON." name:"json"`
	ShowContacts bool   `help:"Show names, numbers and addresses." name:"show-contacts"`
}

// shownRecords bounds how many records, links and events the text lists.
const shownRecords = 30

// shownRefused bounds how many pairs that were not joined are shown with their weights.
const shownRefused = 5

// Run explains.
func (c *explainCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	reader, err := explain.Open(cfg.Output.Path, c.ShowContacts)
	if err != nil {
		return err
	}
	if c.Other != "" {
		pair, err := reader.Pair(io.ctx, c.ID, c.Other)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(io.out, pair)
		}
		printPair(io.out, pair)
		return nil
	}
	id, _, err := reader.Resolve(io.ctx, c.ID)
	if err != nil {
		return err
	}
	customer, err := reader.Customer(io.ctx, id)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, customer)
	}
	printCustomer(io.out, customer)
	return nil
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

func printCustomer(w io.Writer, c *explain.Customer) {
	fmt.Fprintf(w, "customer %s (run %s)\n", c.CustomerID, c.RunID)
	for _, id := range c.FormerIDs {
		fmt.Fprintf(w, "  also known as %s\n", id)
	}
	if c.Absent {
		fmt.Fprintln(w, "  in no table but identity_map: its records are deleted, or accounts that many share")
	}
	fmt.Fprintf(w, "\n%d source records\n", len(c.Records))
	limited(w, len(c.Records), func(i int) {
		r := &c.Records[i]
		fmt.Fprintf(w, "  %s/%s  %s%s\n", r.Source, r.SourceID, r.Reference, by(r.Rule, r.Probability))
	})
	printLinks(w, "links that hold the records together, strongest first", c.Tree)
	if c.Parts > 0 {
		fmt.Fprintf(w, "  %d groups of records have no link between them: they were joined by what all of their records say together\n", c.Parts)
	}
	if further := accepted(c.Links) - len(c.Tree); further > 0 {
		fmt.Fprintf(w, "  and %s further links between the same records (--json lists all)\n", thousands(int64(further)))
	}
	apart := refused(c.Links)
	printLinks(w, "compared, but not one customer", apart[:min(len(apart), shownRefused)])
	if more := len(apart) - shownRefused; more > 0 {
		fmt.Fprintf(w, "  ... and %s less likely pairs (--json lists all)\n", thousands(int64(more)))
	}
	printConflicts(w, c.Conflicts)
	if len(c.Events) > 0 {
		fmt.Fprintf(w, "\nevents\n")
	}
	limited(w, len(c.Events), func(i int) {
		e := &c.Events[i]
		fmt.Fprintf(w, "  %s  %s %s", e.RunID, e.Event, e.ID)
		if e.Other != "" {
			fmt.Fprintf(w, " with %s", e.Other)
		}
		fmt.Fprintf(w, ": %s\n", e.Cause)
	})
	printFields(w, "golden record", c.Golden)
	printFields(w, "RFM and ABC", c.RFM)
	printFields(w, "CLV", c.CLV)
	printFields(w, "churn", c.Churn)
	for _, r := range c.Reasons {
		fmt.Fprintf(w, "  because %s (%s, effect %+.2f)\n", r.Text, r.Feature, r.Effect)
	}
	if len(c.Segments) > 0 {
		fmt.Fprintf(w, "\nsegments\n")
	}
	for _, s := range c.Segments {
		previous := ""
		if s.Previous != "" && s.Previous != s.Segment {
			previous = ", before: " + s.Previous
		}
		fmt.Fprintf(w, "  %-16s %s (since %s%s)\n", s.Scheme, s.Segment, s.Since, previous)
	}
}

func accepted(links []explain.Link) int { return len(links) - len(refused(links)) }

func refused(links []explain.Link) []explain.Link {
	return slices.DeleteFunc(slices.Clone(links), func(l explain.Link) bool { return l.Accepted })
}

// limited prints the first lines of a list and says how many more there are.
func limited(w io.Writer, n int, line func(i int)) {
	for i := range min(n, shownRecords) {
		line(i)
	}
	if n > shownRecords {
		fmt.Fprintf(w, "  ... and %d more (--json lists all)\n", n-shownRecords)
	}
}

func by(rule string, probability *float64) string {
	text := ""
	if rule != "" {
		text = "  by " + rule
	}
	if probability != nil {
		text += "  p=" + explain.Probability(*probability)
	}
	return text
}

func printLinks(w io.Writer, title string, links []explain.Link) {
	if len(links) > 0 {
		fmt.Fprintf(w, "\n%s\n", title)
	}
	limited(w, len(links), func(i int) {
		l := &links[i]
		verdict := "="
		if !l.Accepted {
			verdict = "≠"
		}
		fmt.Fprintf(w, "  %s %s %s%s\n", l.Left, verdict, l.Right, by(l.Rule, l.Probability))
		sum := 0.0
		for _, weight := range l.Weights {
			fmt.Fprintf(w, "      %+7.2f bits  %-12s %s\n", weight.Bits, weight.Comparison, weight.Level)
			if weight.Values != "" {
				fmt.Fprintf(w, "%20s%s\n", "", weight.Values)
			}
			sum += weight.Bits
		}
		if len(l.Weights) > 0 {
			fmt.Fprintf(w, "      %+7.2f bits  in all\n", sum)
		}
	})
}

func printConflicts(w io.Writer, conflicts []explain.Conflict) {
	if len(conflicts) > 0 {
		fmt.Fprintf(w, "\nlinks that were not made\n")
	}
	limited(w, len(conflicts), func(i int) {
		c := &conflicts[i]
		fmt.Fprintf(w, "  %s and %s: %s would link them, but %s\n", c.Left, c.Right, c.Rule, c.Reason)
		if c.Values != "" {
			fmt.Fprintf(w, "      %s\n", c.Values)
		}
	})
}

func printFields(w io.Writer, title string, fields []explain.Field) {
	if len(fields) > 0 {
		fmt.Fprintf(w, "\n%s\n", title)
	}
	for i := range fields {
		f := &fields[i]
		from := ""
		if f.Source != "" {
			from = "  from " + f.Source
		}
		if f.Losing != "" {
			from += "  (others said " + f.Losing + ")"
		}
		fmt.Fprintf(w, "  %-26s %s%s\n", f.Name, f.Text(), from)
	}
}

func printPair(w io.Writer, p *explain.Pair) {
	fmt.Fprintf(w, "%s is customer %s\n%s is customer %s\n%s\n", p.Left, p.Customers[0], p.Right, p.Customers[1], p.Why)
	printLinks(w, "path", p.Path)
	printLinks(w, "compared", p.Refused)
	printConflicts(w, p.Conflicts)
}
