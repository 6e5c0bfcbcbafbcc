package golden

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// candidate is one value of a field.
type candidate struct {
	value  string
	key    string // form in which values are compared; empty where all are the same
	record *witness
}

// gather lists the values of a field in order of the records' strength. The list is the
// merger's: the next field's takes its place.
func (m *merger) gather(value func(*witness) string) []candidate {
	m.found = m.found[:0]
	same := true
	for i := range m.records {
		r := &m.records[i]
		if m.silent(r) || r.Role == schemas.RoleRecipient && len(m.found) > 0 {
			continue
		}
		if v := strings.TrimSpace(value(r)); v != "" {
			m.found = append(m.found, candidate{value: v, record: r})
			same = same && v == m.found[0].value
		}
	}
	if !same {
		m.fold()
	}
	return m.found
}

// fold gives the gathered values the form in which they are compared.
func (m *merger) fold() {
	for i := range m.found {
		m.found[i].key = m.keyOf(i)
	}
}

// keyOf is the form in which a value is compared with those found before it: most records agree.
func (m *merger) keyOf(at int) string {
	const looked = 8 // at the latest few, so that many records take no square time
	value := m.found[at].value
	for i := at - 1; i >= max(0, at-looked); i-- {
		if m.found[i].value == value {
			return m.found[i].key
		}
	}
	return normalize.Fold(value)
}

// pick sets a field from its candidates and keeps the losers. majority lets the value that
// most records agree on win.
func (m *merger) pick(field string, majority bool, value func(*witness) string) string {
	candidates := m.gather(value)
	if len(candidates) == 0 {
		return ""
	}
	winner := fullest(candidates)
	if majority && len(candidates) > 2 {
		votes := map[string]int{}
		for _, c := range candidates {
			votes[c.key]++
		}
		for _, c := range candidates {
			if votes[c.key] > votes[winner.key] {
				winner = c
			}
		}
	}
	m.note(field, winner, candidates)
	return winner.value
}

// fullest is the longest of the values that are as strong as the first.
func fullest(candidates []candidate) candidate {
	winner := candidates[0]
	for _, c := range candidates[1:] {
		if strength(candidates[0].record, c.record) == 0 && utf8.RuneCountInString(c.value) > utf8.RuneCountInString(winner.value) {
			winner = c
		}
	}
	return winner
}

// earliest sets a field from the record that knew the customer first.
func (m *merger) earliest(field string, value func(*witness) string) string {
	candidates := m.gather(value)
	if len(candidates) == 0 {
		return ""
	}
	winner := candidates[0]
	for _, c := range candidates[1:] {
		if first := beginning(c.record.Party); first != 0 && (beginning(winner.record.Party) == 0 || first < beginning(winner.record.Party)) {
			winner = c
		}
	}
	m.note(field, winner, candidates)
	return winner.value
}

// beginning is when a record's customer was first known, 0 = unknown.
func beginning(p *schemas.Party) int64 {
	if p.RegisteredAt != 0 && (p.FirstSeen == 0 || p.RegisteredAt < p.FirstSeen) {
		return p.RegisteredAt
	}
	return p.FirstSeen
}

// losingKept bounds the losing values of one field.
const losingKept = 5

// note keeps where the value of a field comes from, and which others lost.
func (m *merger) note(field string, winner candidate, all []candidate) {
	var values, keys [losingKept]string
	n := 0
	for i := range all {
		c := &all[i]
		if c.key != winner.key && n < losingKept && !slices.Contains(keys[:n], c.key) {
			values[n], keys[n] = c.value, c.key
			n++
		}
	}
	m.profile.FieldSources = append(m.profile.FieldSources, schemas.FieldSource{Field: field, Source: winner.record.Source, Losing: strings.Join(values[:n], "|")})
}
