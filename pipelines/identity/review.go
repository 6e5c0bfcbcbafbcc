package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// reviewLimit is how many pairs a run asks about: more than people decide between two runs.
const reviewLimit = 2000

// writeReview writes the pairs whose decision is worth most, by falling gain.
func writeReview(ctx context.Context, p *clusterParams, m *warehouse.Manifest, stamp schemas.RunColumns, people *population, o *outcome) error {
	reviewed := resolve.Review(&resolve.Reviewing{Merging: o.merging, Pairs: o.pairs.scored, Ruled: o.ruled, Root: o.clusters.Root, Limit: reviewLimit}, o.merged.Doubts)
	wanted := map[uint32]string{}
	for _, r := range reviewed {
		wanted[r.A], wanted[r.B] = "", ""
	}
	if err := readFields(ctx, p, wanted); err != nil {
		return err
	}
	m.Counters["reviews"] = int64(len(reviewed))
	return writeTable(&p.Base, m, "identity_review", len(reviewed), func(i int) schemas.IdentityReview {
		r := &reviewed[i]
		row := schemas.IdentityReview{
			RunColumns: stamp, LeftRef: people.ref(r.A), RightRef: people.ref(r.B), Probability: resolve.Probability(r.Odds), Merged: r.Merged, Gain: r.Gain,
			LeftFields: wanted[r.A], RightFields: wanted[r.B],
		}
		row.Weights = weightRows(resolve.ExplainReviewed(people.waterfall(o, r.A, r.B), r.Odds))
		return row
	})
}

// waterfall is what the comparisons of two records say, with what is known by now.
func (p *population) waterfall(o *outcome, left, right uint32) []resolve.Weight {
	a, okA := p.feature(left)
	b, okB := p.feature(right)
	if !okA || !okB {
		return nil
	}
	a.Borrowed, b.Borrowed = a.Borrowed || o.merging.Borrowed[left], b.Borrowed || o.merging.Borrowed[right]
	return o.merging.Model.Explain(&a, &b)
}

// fieldColumns are the columns of a party that people see who decide.
var fieldColumns = []string{
	"kind", "full_name", "given_name", "family_name", "gender", "birth_date", "birth_date_raw", "phones", "emails", "street", "district", "city", "province",
	"postcode", "country", "company", "occupation", "ids", "texts",
}

// readFields reads the fields of the wanted records from the parties.
func readFields(ctx context.Context, p *clusterParams, wanted map[uint32]string) error {
	if len(wanted) == 0 {
		return nil
	}
	found := make([]map[uint32]string, len(p.Parties))
	errs := make([]error, len(p.Parties))
	var wait sync.WaitGroup
	slots := make(chan struct{}, populationReaders)
	for i, path := range p.Parties {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			found[i] = map[uint32]string{}
			ordinal := p.Bases[i]
			errs[i] = warehouse.Read(ctx, path, fieldColumns, func(rows []schemas.Party) error {
				for j := range rows {
					if _, ok := wanted[ordinal]; ok {
						found[i][ordinal] = fieldsOf(&rows[j])
					}
					ordinal++
				}
				return nil
			})
		})
	}
	wait.Wait()
	for i := range found {
		if errs[i] != nil {
			return errs[i]
		}
		for ordinal, fields := range found[i] {
			wanted[ordinal] = fields
		}
	}
	return nil
}

// fieldsOf are a party's fields as a flat JSON object, in the order of the columns; what is
// not known is left out.
func fieldsOf(p *schemas.Party) string {
	var b fieldWriter
	b.text("kind", p.Kind)
	b.text("full_name", p.FullName)
	if p.FullName == "" || p.GivenName != "" {
		b.text("given_name", p.GivenName)
		b.text("family_name", p.FamilyName)
	}
	b.text("gender", p.Gender)
	if p.BirthDate != 0 {
		b.text("birth_date", time.Unix(int64(p.BirthDate)*86400, 0).UTC().Format(time.DateOnly))
	} else {
		b.text("birth_date", p.BirthDateRaw)
	}
	b.list("phone", contactTexts(p.Phones))
	b.list("email", contactTexts(p.Emails))
	for _, field := range []struct{ name, value string }{
		{"street", p.Street},
		{"district", p.District},
		{"city", p.City},
		{"province", p.Province},
		{"postcode", p.Postcode},
		{"country", p.Country},
		{"company", p.Company},
		{"occupation", p.Occupation},
	} {
		b.text(field.name, field.value)
	}
	for _, id := range p.IDs {
		b.text("id."+id.Name, id.Value)
	}
	for _, text := range p.Texts {
		b.text("text."+text.Name, text.Value)
	}
	return b.object()
}

// contactTexts are the normal forms of sound values, which can be compared at a glance, and
// others as they are.
func contactTexts(contacts []schemas.Contact) []string {
	var out []string
	for _, c := range contacts {
		text := c.Raw
		if c.Status == schemas.ContactValid {
			text = c.Value
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

// fieldWriter writes a JSON object whose names keep their order.
type fieldWriter struct{ out bytes.Buffer }

func (w *fieldWriter) text(name, value string) {
	if value != "" {
		w.add(name, value)
	}
}

func (w *fieldWriter) list(name string, values []string) {
	if len(values) > 0 {
		w.add(name, values)
	}
}

func (w *fieldWriter) add(name string, value any) {
	if w.out.Len() > 0 {
		w.out.WriteByte(',')
	}
	w.out.WriteString(jsonText(name) + ":" + jsonText(value))
}

func (w *fieldWriter) object() string { return "{" + w.out.String() + "}" }

// jsonText is a text, or a list of texts, as JSON: both always have one.
func jsonText(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n")
}
