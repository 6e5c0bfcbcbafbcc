package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// naming is records of a source that name customers of a namespace.
type naming struct{ source, kind, namespace string }

// references gathers which customers the samples name and which they describe. It is the sink
// of all samples: what else a reader finds is in the accounts.
type references struct {
	source    string // that is being read
	named     map[naming]bool
	described map[string]bool // namespaces with a party that says more than its id
}

func newReferences() *references {
	return &references{named: map[naming]bool{}, described: map[string]bool{}}
}

// Record notes whom a record names or describes.
func (r *references) Record(kind string, rec any) error {
	if party, ok := rec.(*schemas.Party); ok {
		if !r.described[party.Namespace] && describes(party) {
			r.described[strings.Clone(party.Namespace)] = true
		}
		return nil
	}
	if namespace, _, ok := strings.Cut(customerOf(rec), ":"); ok && !r.named[naming{r.source, kind, namespace}] {
		r.named[naming{r.source, kind, strings.Clone(namespace)}] = true
	}
	return nil
}

// Reject is counted by the reader.
func (*references) Reject(*schemas.Reject) error { return nil }

// Issue is counted by the reader.
func (*references) Issue(string, string) {}

// describes tells whether a party is more than the id that an order has.
func describes(p *schemas.Party) bool {
	return !p.Derived || p.FullName != "" || p.GivenName != "" || p.FamilyName != "" || len(p.Phones)+len(p.Emails)+len(p.IDs) > 0
}

func customerOf(rec any) string {
	switch r := rec.(type) {
	case *schemas.Order:
		return r.CustomerRef
	case *schemas.Interaction:
		return r.CustomerRef
	case *schemas.Trait:
		return r.CustomerRef
	case *schemas.Opportunity:
		return r.CustomerRef
	case *schemas.Subscription:
		return r.CustomerRef
	case *schemas.LoyaltyEvent:
		return r.CustomerRef
	case *schemas.Behaviour:
		return r.CustomerRef
	case *schemas.Consent:
		return r.CustomerRef
	}
	return ""
}

// notes tells which records name customers that no sample describes, in order of sources.
// Where nobody is described at all, customers are known by their ids alone, and there is
// nothing to be joined.
func (r *references) notes() []string {
	if len(r.described) == 0 {
		return nil
	}
	var unknown []naming
	for n := range r.named {
		if !r.described[n.namespace] {
			unknown = append(unknown, n)
		}
	}
	slices.SortFunc(unknown, func(a, b naming) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.kind, b.kind), cmp.Compare(a.namespace, b.namespace))
	})
	var out []string
	for _, n := range unknown {
		out = append(out, fmt.Sprintf("%s records of source %s name customers of namespace %s, which no source has: if another source has them, give both the same namespace", n.kind, n.source, n.namespace))
	}
	return out
}
