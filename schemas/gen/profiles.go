package main

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/schemas"
)

// The generated part of docs/profiles.md lies between these lines.
const (
	generatedFrom = "<!-- generated: make generate -->\n"
	generatedTo   = "<!-- end -->\n"
)

// profilesPage replaces the generated part of the page.
func profilesPage(page []byte) ([]byte, error) {
	before, rest, found := bytes.Cut(page, []byte(generatedFrom))
	_, after, closed := bytes.Cut(rest, []byte(generatedTo))
	if !found || !closed {
		return nil, errors.New("docs/profiles.md lacks the lines between which lists are generated")
	}
	lists, err := profileLists()
	if err != nil {
		return nil, err
	}
	return slices.Concat(before, []byte(generatedFrom), lists, []byte(generatedTo), after), nil
}

func profileLists() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\n## Records and their fields\n`id.NAME` and `text.NAME` are further identifiers and texts of a party; `phone` and `email` take several columns.\n\n| record | fields |\n|---|---|\n")
	for _, r := range recordTypes {
		fmt.Fprintf(&b, "| %s | %s |\n", r.kind, strings.Join(fieldsOf(r.row), ", "))
	}
	b.WriteString("\n## Built-in profiles\n| profile | system | layout | yields | |\n|---|---|---|---|---|\n")
	for _, name := range schemas.ProfileNames() {
		text, err := schemas.ProfileText(name)
		if err != nil {
			return nil, err
		}
		var p schemas.Profile
		if err := yaml.Unmarshal(text, &p); err != nil {
			return nil, fmt.Errorf("profile %s: %w", name, err)
		}
		for i, l := range p.Layouts {
			first := [2]string{}
			if i == 0 {
				first = [2]string{"`" + name + "`", p.Name.EN + " / " + p.Name.ZH}
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", first[0], cell(first[1]), l.Name, strings.Join(yields(&l), ", "), strings.Join(marks(&p, &l), ", "))
		}
	}
	b.WriteString("\n")
	return b.Bytes(), nil
}

// yields lists the records of a layout, each kind once.
func yields(l *schemas.Layout) []string {
	var kinds []string
	for _, r := range l.Records {
		if !slices.Contains(kinds, r.Record) {
			kinds = append(kinds, r.Record)
		}
	}
	return kinds
}

// marks say what else a reader should know of a layout.
func marks(p *schemas.Profile, l *schemas.Layout) []string {
	var marks []string
	revenue := p.CountsAsRevenue
	if l.CountsAsRevenue != nil {
		revenue = *l.CountsAsRevenue
	}
	if revenue && slices.Contains(yields(l), schemas.KindOrder) {
		marks = append(marks, "revenue")
	}
	if p.Experimental || l.Experimental {
		marks = append(marks, "experimental")
	}
	return marks
}

type recordType struct {
	kind string
	row  reflect.Type
}

var recordTypes = []recordType{
	{schemas.KindParty, reflect.TypeFor[schemas.Party]()},
	{schemas.KindTrait, reflect.TypeFor[schemas.Trait]()},
	{schemas.KindOrder, reflect.TypeFor[schemas.Order]()},
	{schemas.KindOrderLine, reflect.TypeFor[schemas.OrderLine]()},
	{schemas.KindProduct, reflect.TypeFor[schemas.Product]()},
	{schemas.KindOpportunity, reflect.TypeFor[schemas.Opportunity]()},
	{schemas.KindSubscription, reflect.TypeFor[schemas.Subscription]()},
	{schemas.KindLoyaltyEvent, reflect.TypeFor[schemas.LoyaltyEvent]()},
	{schemas.KindInteraction, reflect.TypeFor[schemas.Interaction]()},
	{schemas.KindBehaviour, reflect.TypeFor[schemas.Behaviour]()},
	{schemas.KindConsent, reflect.TypeFor[schemas.Consent]()},
	{schemas.KindCampaignCost, reflect.TypeFor[schemas.CampaignCost]()},
}

// profileSpelling are the fields that profiles spell differently from the record, and those
// that they do not fill.
var profileSpelling = map[string]string{
	"phones": "phone", "emails": "email", "ids": "id.NAME", "texts": "text.NAME", "birth_date_raw": "", "counts_as_revenue": "", "shown": "",
}

// fieldsOf lists the fields of a record as profiles spell them.
func fieldsOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("parquet"), ",")
		if name == "" {
			continue // Meta
		}
		if spelling, ok := profileSpelling[name]; ok {
			name = spelling
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return append(names, "updated_at", "merged_into")
}
