package golden

import (
	"slices"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

// placeholders are birth dates that forms and systems fill in.
var placeholders = map[int32]bool{0: true, -25567: true, -25568: true}

// vote is a day and how many records state it.
type vote struct {
	day   int32
	text  string
	count int
}

// birthDate is the day that most records agree on, then the strongest record's.
func (m *merger) birthDate() int32 {
	m.found = m.found[:0]
	var votes []vote // the strongest record's day first
	for i := range m.records {
		r := &m.records[i]
		if m.silent(r) || r.Role == schemas.RoleRecipient && len(m.found) > 0 {
			continue
		}
		if placeholders[r.BirthDate] || r.BirthDate > m.settings.AsOf || r.Deleted {
			continue
		}
		at := slices.IndexFunc(votes, func(v vote) bool { return v.day == r.BirthDate })
		if at < 0 {
			at = len(votes)
			votes = append(votes, vote{day: r.BirthDate, text: dayText(r.BirthDate)})
		}
		votes[at].count++
		m.found = append(m.found, candidate{votes[at].text, votes[at].text, r})
	}
	if len(votes) == 0 {
		return 0
	}
	best := votes[0]
	for _, v := range votes[1:] {
		if v.count > best.count {
			best = v
		}
	}
	at := slices.IndexFunc(m.found, func(c candidate) bool { return c.value == best.text })
	m.note("birth_date", m.found[at], m.found)
	return best.day
}

func dayText(day int32) string { return date(day).Format(time.DateOnly) }

func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

// years between two days since 1970, in completed years. Who was born on 29 February has a
// birthday on 1 March.
func years(from, to int32) int {
	a, b := date(from), date(to)
	n := b.Year() - a.Year()
	if b.Month() < a.Month() || b.Month() == a.Month() && b.Day() < a.Day() {
		n--
	}
	return n
}
