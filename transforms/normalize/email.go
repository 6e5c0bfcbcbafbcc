package normalize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-cdp/tributary/schemas"
)

// Email brings an address into the form by which mailboxes are compared: lower case, no
// blanks, no plus tag, no dots in the local part of Gmail addresses (googlemail.com is
// gmail.com). Plus tags are dropped for every domain, since a tag names a purpose, not a
// person. Status is one of schemas.ContactValid, ContactMasked, ContactVirtual, ContactJunk,
// ContactInvalid.
func Email(raw string) (value, status string) {
	s := raw
	if !plainAddress(s) {
		s = strings.ToLower(strings.TrimSpace(Half(s)))
		s = strings.TrimPrefix(s, "mailto:")
		s = strings.Trim(s, "<>\"' ")
	}
	if IsMasked(s) {
		return "", schemas.ContactMasked
	}
	local, domain, ok := strings.Cut(s, "@")
	local, domain = strings.TrimSpace(local), strings.TrimSpace(domain)
	if !ok || !soundDomain(domain) || !soundLocal(local) {
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
	if local == "" || local[0] == '.' || local[len(local)-1] == '.' {
		return "", schemas.ContactInvalid
	}
	who, where := plainly, domains[domain]
	if len(local) <= longestLocal {
		who = locals[local]
	}
	switch {
	case who == junkLocal || where == junkDomain || who == fillerLocal && (where == freeDomain || strings.HasPrefix(domain, local+".")):
		return "", schemas.ContactJunk
	case where == relayDomain:
		return "", schemas.ContactVirtual
	}
	if len(s) == len(local)+1+len(domain) && s[len(local)+1:] == domain {
		return s, schemas.ContactValid // nothing was taken out
	}
	return local + "@" + domain, schemas.ContactValid
}

// plainAddress tells whether a text is made of the characters alone that most addresses are
// made of, so that nothing of it has to be brought into form.
func plainAddress(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '@', c == '.', c == '-', c == '_', c == '+':
		default:
			return false
		}
	}
	return true
}

// soundLocal: what may stand before the @, without quoting.
func soundLocal(local string) bool {
	for i := 0; i < len(local); i++ {
		if local[i] >= utf8.RuneSelf {
			return !strings.ContainsFunc(local, func(r rune) bool {
				return unicode.IsSpace(r) || unicode.IsControl(r) || isLocalStop(r) || r == utf8.RuneError
			})
		}
		if local[i] <= ' ' || local[i] == 0x7f || isLocalStop(rune(local[i])) {
			return false
		}
	}
	return local != "" && len(local) <= 64
}

func isLocalStop(r rune) bool {
	switch r {
	case ',', ';', ':', '(', ')', '[', ']', '\\', '"', '<', '>', '@':
		return true
	}
	return false
}

func soundDomain(domain string) bool {
	if len(domain) < 3 || len(domain) > 253 || domain[0] == '.' || domain[len(domain)-1] == '.' || strings.IndexByte(domain, '.') < 0 {
		return false
	}
	for i := 0; i < len(domain); i++ {
		c := domain[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
		case c == '.' && domain[i-1] != '.':
		case c >= utf8.RuneSelf:
			return !strings.ContainsFunc(domain[i:], func(r rune) bool {
				return r != '.' && r != '-' && (r < '0' || r > '9') && (r == utf8.RuneError || !unicode.IsLetter(r)) && !unicode.IsMark(r)
			}) && !strings.Contains(domain, "..")
		default:
			return false
		}
	}
	return true
}

// What a local part or domain says beyond naming a mailbox.
const (
	plainly uint8 = iota
	junkLocal
	fillerLocal // typed to get past a form, but could be a name: junk where everybody has an address, or where the domain repeats it
	roleLocal
	junkDomain
	freeDomain
	relayDomain // forwards to somebody; the address changes with the order
)

// longestLocal is the length of the longest listed local part.
const longestLocal = 12

var locals = listed(map[uint8]string{
	junkLocal:   "test noreply no-reply none n.a null noemail no-email unknown donotreply do-not-reply nomail noone nobody fake",
	fillerLocal: "na xxx xx asdf qwerty aaa aa abc wu 123 1234 123456 111",
	roleLocal: "info sales office contact admin support service hello kontakt mail team billing accounts purchasing einkauf kefu caigou " +
		"enquiries enquiry help hr jobs marketing orders order post postmaster reception rechnung shop vertrieb webmaster xiaoshou caiwu finance",
})

var domains = listed(map[uint8]string{
	junkDomain:  "test.com test.cn none.com noemail.com invalid.invalid",
	freeDomain:  "gmail.com qq.com 163.com 126.com sina.com hotmail.com outlook.com yahoo.com mail.com",
	relayDomain: "marketplace.amazon.com members.ebay.com privaterelay.appleid.com relay.firefox.com",
})

// listed turns lists of words into one table.
func listed(lists map[uint8]string) map[string]uint8 {
	table := map[string]uint8{}
	for kind, words := range lists {
		for _, word := range strings.Fields(words) {
			table[word] = kind
		}
	}
	return table
}

// IsRoleEmail tells whether a canonical address belongs to an office rather than a person.
func IsRoleEmail(value string) bool {
	local, _, _ := strings.Cut(value, "@")
	return locals[local] == roleLocal
}
