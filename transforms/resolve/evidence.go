// Package resolve finds out which source records are one customer: by rules (identifiers that
// link, and what forbids a link), then by a model that is trained on the records themselves.
//
// Records are numbered (ordinals); a link joins two ordinals under a rule. Everything is a
// pure function whose result does not depend on the order of its input.
package resolve

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Rules of links, strongest first.
const (
	RuleDecision  = "decision"  // a person said so
	RuleReference = "reference" // one record names the other
	RuleID        = "id"        // id:NAME: a shared identifier such as unionid or loyalty card
	RuleEmail     = "email"
	RulePhone     = "phone"
)

// Evidence is one value that may link a record to others.
type Evidence struct {
	Type  string // ref, email, phone, id.NAME
	Value string
	Owner bool // ref: the record's own reference
}

// Member is one record in a group of equal evidence.
type Member struct {
	Ordinal   uint32
	Rank      uint64 // of its reference: the order of records, which no layout of parts changes
	Kind      string
	Owner     bool
	FullName  string
	Given     string
	Family    string
	Birth     string   // of a person, as Features have it
	Single    []string // as SingleOf lists them
	FirstSeen int64
	LastSeen  int64
	Account   string // namespace of an account that is known by the recipients of its orders alone
	Shown     int64  // rows of the account that show its contact data
}

// namespacedIDs are unique within one namespace only.
var namespacedIDs = map[string]bool{"openid": true, "nick": true, "external_userid": true, "account": true, "user_id": true}

// phoneMD5 is the evidence of a source that knows a number by the MD5 of its national digits.
const phoneMD5 = "id.phone_md5"

// Settings steer the rules.
type Settings struct {
	MaxShared    int      `json:"max_shared"`    // a phone or e-mail on more records than this links nobody
	SingleValued []string `json:"single_valued"` // identifiers of which a customer has one: id.unionid ...
	PhoneMD5     bool     `json:"phone_md5"`     // some source identifies by MD5 of the national number
	Clean        []string `json:"clean"`         // sources that promise one record for each party
}

// EvidenceOf lists what may link a record to others. A deleted record is evidence like any
// other: its orders are somebody's. What many share (a one-time account) links nothing, and a
// recipient's phone never links.
func EvidenceOf(p *schemas.Party, s Settings) []Evidence {
	out := []Evidence{{Type: "ref", Value: p.Reference(), Owner: true}}
	for _, ref := range []string{p.CustomerRef, p.MergedInto} {
		if ref != "" && ref != p.Reference() {
			out = append(out, Evidence{Type: "ref", Value: ref})
		}
	}
	if p.Role == schemas.RoleOneTime {
		return out[:1] // many buyers share it: what it says is nobody's
	}
	for _, id := range p.IDs {
		if !placeholderID(id.Value) {
			out = append(out, Evidence{Type: "id." + id.Name, Value: IDValue(p.Namespace, id.Name, id.Value)})
		}
	}
	for _, email := range p.Emails {
		if email.Status == schemas.ContactValid {
			out = append(out, Evidence{Type: "email", Value: email.Value})
		}
	}
	if p.Role == schemas.RoleRecipient {
		return out
	}
	for _, phone := range p.Phones {
		if phone.Status != schemas.ContactValid {
			continue
		}
		out = append(out, Evidence{Type: "phone", Value: phone.Value})
		if s.PhoneMD5 && strings.HasPrefix(phone.Value, "+86") {
			sum := md5.Sum([]byte(phone.Value[3:]))
			out = append(out, Evidence{Type: phoneMD5, Value: hex.EncodeToString(sum[:])})
		}
	}
	return out
}

// IDValue is the value of an identifier, unique over all sources.
func IDValue(namespace, name, value string) string {
	if namespacedIDs[name] {
		return namespace + ":" + value
	}
	return value
}

// placeholderID tells values that are no identifier: none, hidden, or zeros.
func placeholderID(value string) bool {
	return normalize.IsNull(value) || normalize.IsMasked(value) || strings.Trim(value, "0") == ""
}

// SingleOf lists the record's identifiers of which a customer has one, as NAME=VALUE. A
// namespaced identifier is single within its namespace. In a source that promises one record for
// each party the record's own key is such an identifier, among records of its object; what the
// system itself has merged or deleted, and parties that other rows name, are no such records.
func SingleOf(p *schemas.Party, s Settings) []string {
	var out []string
	if !p.Derived && !p.Deleted && p.MergedInto == "" && p.Role != schemas.RoleOneTime && slices.Contains(s.Clean, p.Source) {
		out = append(out, "record@"+p.Source+":"+p.Object+"="+p.Key)
	}
	for _, id := range p.IDs {
		for _, name := range s.SingleValued {
			if strings.TrimPrefix(name, "id.") != id.Name || placeholderID(id.Value) {
				continue
			}
			kind := id.Name
			if namespacedIDs[id.Name] {
				kind += "@" + p.Namespace
			}
			out = append(out, kind+"="+id.Value)
		}
	}
	return out
}

// clash tells whether two sets of single-valued identifiers hold other values of one type.
func clash(a, b []string) bool {
	x, _ := clashing(a, b)
	return x != ""
}

// clashing finds the two values.
func clashing(a, b []string) (x, y string) {
	for _, x := range a {
		for _, y := range b {
			if x != y && typeOf(x) == typeOf(y) && !slices.Contains(a, y) && !slices.Contains(b, x) {
				return x, y
			}
		}
	}
	return "", ""
}

func typeOf(s string) string {
	kind, _, _ := strings.Cut(s, "=")
	return kind
}

// MemberOf is the record's part in its groups.
func MemberOf(p *schemas.Party, ordinal uint32, s Settings) Member {
	return Member{
		Birth: birthText(p), Account: accountOf(p), Shown: max(p.Shown, 1),
		Ordinal: ordinal, Rank: RankOf(p.Reference()), Kind: p.Kind, FullName: p.FullName, Given: p.GivenName, Family: p.FamilyName, Single: SingleOf(p, s),
		FirstSeen: p.FirstSeen, LastSeen: p.LastSeen,
	}
}

// accountOf is the namespace of an account that is known by the recipients of its orders alone.
func accountOf(p *schemas.Party) string {
	if p.Derived && slices.ContainsFunc(p.IDs, func(id schemas.NameValue) bool { return namespacedIDs[id.Name] }) {
		return p.Namespace
	}
	return ""
}
