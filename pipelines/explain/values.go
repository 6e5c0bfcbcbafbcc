package explain

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// shownValues are the columns of a party that the waterfalls show.
var shownValues = []string{
	"namespace", "object", "key", "full_name", "given_name", "family_name", "gender", "birth_date", "birth_date_raw", "phones", "emails",
	"street", "city", "postcode", "company", "occupation", "texts",
}

// showValues puts the values that were compared beside the weights of links, where contact data
// may be shown.
func (r *Reader) showValues(ctx context.Context, links []Link) error {
	if !r.contacts {
		return nil
	}
	values := map[string]map[string]string{}
	for i := range links {
		if len(links[i].Weights) > 0 {
			values[links[i].Left], values[links[i].Right] = nil, nil
		}
	}
	if len(values) == 0 {
		return nil
	}
	m, err := warehouse.ReadManifest(r.layout.Manifest(ingest.JobName))
	if errors.Is(err, warehouse.ErrNoManifest) {
		return nil // records are kept apart from the tables, and may be gone
	}
	if err != nil {
		return err
	}
	parties, ok := m.Table("records/" + schemas.KindParty)
	if !ok {
		return nil
	}
	for _, file := range parties.Files {
		if err := warehouse.Read(ctx, filepath.Join(r.layout.Dir(), filepath.FromSlash(file.Name)), shownValues, func(rows []schemas.Party) error {
			for i := range rows {
				if ref := rows[i].Reference(); hasKey(values, ref) {
					values[strings.Clone(ref)] = comparedValues(&rows[i])
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	for i := range links {
		left, right := values[links[i].Left], values[links[i].Right]
		for j := range links[i].Weights {
			w := &links[i].Weights[j]
			if l, r := left[w.Comparison], right[w.Comparison]; l+r != "" {
				w.Values = l + " / " + r
			}
		}
	}
	return nil
}

func hasKey[V any](m map[string]V, key string) bool {
	_, ok := m[key]
	return ok
}

// comparedValues are the values of a party by the comparison that looks at them.
func comparedValues(p *schemas.Party) map[string]string {
	name := p.FullName
	if name == "" {
		name = strings.TrimSpace(p.GivenName + " " + p.FamilyName)
	}
	birth := p.BirthDateRaw
	if p.BirthDate != 0 {
		birth = day(p.BirthDate)
	}
	values := map[string]string{
		"name": name, "birth_date": birth, "place": joined(p.Street, p.City, p.Postcode), "phone": contacts(p.Phones), "email": contacts(p.Emails),
		"gender": p.Gender, "company": p.Company, "occupation": p.Occupation,
	}
	for _, text := range p.Texts {
		values["text."+text.Name] = text.Value
	}
	for comparison, value := range values {
		values[comparison] = strings.Clone(value) // rows are valid until the next page is read
	}
	return values
}

func contacts(list []schemas.Contact) string {
	var values []string
	for _, c := range list {
		values = append(values, c.Value)
	}
	return joined(values...)
}

// joined lists what is there.
func joined(values ...string) string {
	var there []string
	for _, v := range values {
		if v != "" {
			there = append(there, v)
		}
	}
	return strings.Join(there, ", ")
}
