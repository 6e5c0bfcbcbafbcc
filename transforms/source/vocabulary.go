package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// vocabulary lists the words of fields whose values later stages decide by.
var vocabulary = map[string]map[string][]string{
	schemas.KindParty: {
		"kind":   {schemas.Person, schemas.Organization, "infer"},
		"role":   {schemas.RoleBuyer, schemas.RoleRecipient, schemas.RolePayer, schemas.RoleContact, schemas.RoleDealer, schemas.RoleLead, schemas.RoleOneTime},
		"gender": {"female", "male", "other"},
	},
	schemas.KindOrder: {
		"status": {schemas.OrderCreated, schemas.OrderPaid, schemas.OrderShipped, schemas.OrderCompleted, schemas.OrderCancelled, schemas.OrderReturned},
	},
	schemas.KindSubscription: {"status": {"trial", "active", "paused", "cancelled"}},
	schemas.KindLoyaltyEvent: {"kind": {"earn", "redeem", "expire", "adjust", "tier"}},
	schemas.KindConsent: {
		"status":  {"granted", "denied", "withdrawn"},
		"purpose": {"marketing", "profiling", "share_ads"},
	},
	schemas.KindInteraction: {
		"kind":       {"ticket", "call", "chat", "email", "message", "visit", "survey", "comment", "review", "social", "lead", "event"},
		"direction":  {"in", "out"},
		"score_kind": {"nps", "csat", "rating"},
	},
}

// limit holds a field to its vocabulary. What the profile itself spells is checked here, what
// stands in the rows when it is read.
func (f *fieldPlan) limit(words []string) error {
	if words == nil {
		return nil
	}
	spelled := []string{f.spec.Const}
	for _, v := range f.spec.Values {
		spelled = append(spelled, v)
	}
	fromRows := len(f.columns) > 0 && f.spec.Values == nil
	for _, c := range f.cases {
		if c.column < 0 {
			spelled = append(spelled, c.value)
		}
		fromRows = fromRows || c.column >= 0 && f.spec.Values == nil
	}
	slices.Sort(spelled)
	for _, v := range spelled {
		if v != "" && !slices.Contains(words, v) {
			return fmt.Errorf("%q is none of %s%s", v, strings.Join(words, ", "), strictyaml.Suggest(v, words))
		}
	}
	if fromRows {
		f.words = words
	}
	if f.or != nil {
		return f.or.limit(words)
	}
	return nil
}

// word is the vocabulary's spelling of a text, empty for none.
func (f *fieldPlan) word(text string) string {
	for _, w := range f.words {
		if strings.EqualFold(w, text) {
			return w
		}
	}
	return ""
}

// checkNames finds references to parties that no record before them is, and aliases of columns
// that nothing reads.
func (l *layout) checkNames() error {
	var named []string
	for i, r := range l.records {
		for _, f := range r.fields {
			for ; f != nil; f = f.or {
				if f.spec.Party != "" && !slices.Contains(named, f.spec.Party) {
					return fmt.Errorf("record %d (%s): field %s: no party before it is named %q (as)%s", i+1, r.kind, f.name, f.spec.Party, strictyaml.Suggest(f.spec.Party, named))
				}
				if f.kind == fieldRef && f.spec.Party == "" && f.spec.Object == "" {
					return fmt.Errorf("record %d (%s): field %s: the object that it refers to is missing (object: contact ...)", i+1, r.kind, f.name)
				}
			}
		}
		if r.as != "" && r.kind == schemas.KindParty {
			named = append(named, r.as)
		}
	}
	names := make([]string, 0, len(l.spec.Aliases))
	for name := range l.spec.Aliases {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, used := l.number[name]; !used && !slices.Contains(l.spec.Header, name) {
			return fmt.Errorf("aliases: nothing reads the column %q%s", name, strictyaml.Suggest(name, l.columns))
		}
	}
	return nil
}
