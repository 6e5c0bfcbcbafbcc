package normalize

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Email brings an address into the form by which mailboxes are compared: lower case, no
// blanks, no plus tag, no dots in the local part of Gmail addresses (googlemail.com is
// gmail.com). Plus tags are dropped for every domain, since a tag names a purpose, not a
// person. Status is one of schemas.ContactValid, ContactMasked, ContactVirtual, ContactJunk,
// ContactInvalid.
func Email(raw string) (value, status string) {
	s := strings.ToLower(strings.TrimSpace(Half(raw)))
	s = strings.TrimPrefix(s, "mailto:")
	s = strings.Trim(s, "<>\"' ")
	if IsMasked(s) {
		return "", schemas.ContactMasked
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || !soundDomain(domain) || strings.ContainsAny(local, " \t,;:()[]\\\"<>@") {
		return "", schemas.ContactInvalid
	}
	if base, _, tagged := strings.Cut(local, "+"); tagged && base != "" {
		local = base
	}
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	if local == "" || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") {
		return "", schemas.ContactInvalid
	}
	value = local + "@" + domain
	switch {
	case junkLocals[local] || junkDomains[domain]:
		return "", schemas.ContactJunk
	case relayDomains[domain]:
		return "", schemas.ContactVirtual
	}
	return value, schemas.ContactValid
}

func soundDomain(domain string) bool {
	if len(domain) < 3 || len(domain) > 253 || !strings.Contains(domain, ".") || strings.Contains(domain, "..") ||
		strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") {
		return false
	}
	for _, r := range domain {
		if !(r == '.' || r == '-' || (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') || r >= 0x80) {
			return false
		}
	}
	return true
}

var junkLocals = map[string]bool{
	"test": true, "noreply": true, "no-reply": true, "none": true, "na": true, "n.a": true, "null": true, "noemail": true,
	"no-email": true, "unknown": true, "donotreply": true, "xxx": true, "asdf": true, "aaa": true, "abc": true, "nomail": true, "wu": true,
}

var junkDomains = map[string]bool{"test.com": true, "test.cn": true, "none.com": true, "noemail.com": true, "invalid.invalid": true}

// relayDomains forward to somebody; the address changes with the order.
var relayDomains = map[string]bool{
	"marketplace.amazon.com": true, "members.ebay.com": true, "privaterelay.appleid.com": true, "relay.firefox.com": true,
}

var roleLocals = map[string]bool{
	"info": true, "sales": true, "office": true, "contact": true, "admin": true, "support": true, "service": true, "hello": true,
	"kontakt": true, "mail": true, "team": true, "billing": true, "accounts": true, "purchasing": true, "einkauf": true, "kefu": true, "caigou": true,
}

// IsRoleEmail tells whether a canonical address belongs to an office rather than a person.
func IsRoleEmail(value string) bool {
	local, _, _ := strings.Cut(value, "@")
	return roleLocals[local]
}
