package audience

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Suppression is the list of those who must not be contacted: identifiers and the channel, or
// all channels. A nil list suppresses nobody.
type Suppression struct {
	// by type, value; then channels, "" = all
	channels map[Identifier][]string
}

var suppressionHeader = []string{"identifier_type", "identifier", "channel", "reason", "since"}

// allChannels is how a list says that a line holds for every channel.
var allChannels = map[string]bool{"": true, "all": true, "*": true}

// ReadSuppression reads the list from CSV with the columns identifier_type (phone, email,
// phone_sha256, email_sha256, customer, or another identifier's name), identifier and
// channel; reason and since are for people. regions are tried for phones without a country
// code. Any line that cannot be read is an error: a list that is read in part would contact
// people who must not be.
func ReadSuppression(name string, r io.Reader, regions []string) (*Suppression, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:1: the header is missing (expected %s)", name, strings.Join(suppressionHeader, ","))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: reading the suppression list: %w", name, err)
	}
	at := map[string]int{}
	for i, h := range header {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	for _, h := range suppressionHeader[:3] {
		if _, ok := at[h]; !ok {
			return nil, fmt.Errorf("%s:1: column %s is missing (expected %s)", name, h, strings.Join(suppressionHeader, ","))
		}
	}
	s := &Suppression{map[Identifier][]string{}}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: reading the suppression list: %w", name, err)
		}
		line, _ := rows.FieldPos(0)
		if len(row) != len(header) {
			return nil, fmt.Errorf("%s:%d: %d cells, the header has %d", name, line, len(row), len(header))
		}
		id, err := suppressed(strings.ToLower(strings.TrimSpace(row[at["identifier_type"]])), strings.TrimSpace(row[at["identifier"]]), regions)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		channel := strings.ToLower(strings.TrimSpace(row[at["channel"]]))
		if allChannels[channel] {
			channel = ""
		}
		s.channels[id] = append(s.channels[id], channel)
	}
}

// suppressed normalises one entry. A value that is no valid phone or address stays as it is
// written, in lower case: better kept than dropped. Errors do not show it.
func suppressed(kind, value string, regions []string) (Identifier, error) {
	if kind == "" || value == "" {
		return Identifier{}, errors.New("identifier_type or identifier is empty")
	}
	switch kind {
	case TypePhone:
		if v, _ := normalize.Phone(value, regions); v != "" {
			value = v
		}
	case TypeEmail:
		if v, _ := normalize.Email(value); v != "" {
			value = v
		} else {
			value = strings.ToLower(value)
		}
	case "phone_sha256", "email_sha256":
		value = strings.ToLower(value)
		if !looksHashed(value) {
			return Identifier{}, fmt.Errorf("%s must be 64 hexadecimal digits", kind)
		}
	}
	return Identifier{kind, value}, nil
}

// Holds tells whether the customer, or any of the identifiers, is suppressed on one of the
// channels. One suppressed identifier holds the customer: the same person is behind all.
func (s *Suppression) Holds(customerID string, ids []Identifier, channels []string) bool {
	if s == nil || len(s.channels) == 0 {
		return false
	}
	if s.holds(Identifier{TypeCustomer, customerID}, channels) {
		return true
	}
	for _, id := range ids {
		if s.holds(id, channels) {
			return true
		}
		if id.Type == TypePhone || id.Type == TypeEmail {
			sum := sha256.Sum256([]byte(id.Value))
			if s.holds(Identifier{id.Type + "_sha256", hex.EncodeToString(sum[:])}, channels) {
				return true
			}
		}
	}
	return false
}

func (s *Suppression) holds(id Identifier, channels []string) bool {
	for _, suppressed := range s.channels[id] {
		if suppressed == "" {
			return true
		}
		for _, channel := range channels {
			if suppressed == channel {
				return true
			}
		}
	}
	return false
}

// Channels are those on which the customer, or any of the identifiers, is suppressed, sorted;
// "all" stands for every channel.
func (s *Suppression) Channels(customerID string, ids []Identifier) []string {
	out := []string{}
	if s == nil {
		return out
	}
	add := func(id Identifier) {
		for _, channel := range s.channels[id] {
			if channel == "" {
				channel = "all"
			}
			if !slices.Contains(out, channel) {
				out = append(out, channel)
			}
		}
	}
	add(Identifier{TypeCustomer, customerID})
	for _, id := range ids {
		add(id)
		add(Identifier{id.Type + "_sha256", sha256Hex(id.Value)})
	}
	slices.Sort(out)
	return out
}
