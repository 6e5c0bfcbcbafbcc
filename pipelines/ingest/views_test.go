package ingest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/source"
)

const shopProfile = `
system: shop
name: {en: Shop, zh: 商店}
layouts:
  - name: orders
    header: [order, buyer, mail, born, when]
    records:
      - record: party
        object: buyer
        as: buyer
        key: buyer
        derived: true
        fields: {full_name: buyer, email: mail, phone: phone, birth_date: born, first_seen: when, last_seen: when}
      - record: order
        key: order
        fields: {time: when, status: {const: paid}, customer_ref: {party: buyer}, currency: {const: EUR}}
`

// plainSink keeps every party in full.
type plainSink struct{ parties []schemas.Party }

func (s *plainSink) Record(_ string, rec any) error {
	if party, ok := rec.(*schemas.Party); ok {
		s.parties = append(s.parties, clone(party))
	}
	return nil
}
func (s *plainSink) Reject(*schemas.Reject) error { return nil }
func (s *plainSink) Issue(string, string)         {}

// clone copies a party with all that it points to.
func clone(party *schemas.Party) (out schemas.Party) {
	whole := codec.For[schemas.Party]()
	if err := whole.Decode(whole.Append(nil, party), &out); err != nil {
		panic(err)
	}
	return out
}

// packedSink keeps parties as they travel.
type packedSink struct {
	sink
	sent []sent
}

type sent struct {
	tag      uint8
	key, rec []byte
}

func (s *packedSink) Record(kind string, rec any) error          { return s.record(kind, rec) }
func (s *packedSink) View(party *schemas.Party, v uint64) error  { return s.view(party, v) }
func (s *packedSink) Again(party *schemas.Party, v uint64) error { return s.again(party, v) }

func newPackedSink(o *origins) *packedSink {
	s := &packedSink{sink: sink{views: &source.Views{}}}
	s.encoder = encoder{origins: o, emit: func(key []byte, tag uint8, rec []byte) error {
		if key[0] == keyParty {
			s.sent = append(s.sent, sent{tag, bytes.Clone(key), bytes.Clone(rec)})
		}
		return nil
	}}
	return s
}

// TestAPartyThatIsSeenAgainTravelsAsIfInFull: whatever tasks share the rows of an account.
func TestAPartyThatIsSeenAgainTravelsAsIfInFull(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var csv strings.Builder
		csv.WriteString("order,buyer,mail,born,when,phone\n")
		for i := range rapid.IntRange(1, 30).Draw(t, "rows") {
			fmt.Fprintf(&csv, "%d,%s,%s,%s,%s,%s\n", i,
				rapid.SampledFrom([]string{"Ann", "Bo", "An*", ""}).Draw(t, "buyer"),
				rapid.SampledFrom([]string{"ann@example.com", "x@example.com", "no mail", ""}).Draw(t, "mail"),
				rapid.SampledFrom([]string{"1990-01-02", "1990-77-99", ""}).Draw(t, "born"),
				rapid.SampledFrom([]string{"2026-01-02", "2026-01-03 10:00:00", "never", ""}).Draw(t, "when"),
				rapid.SampledFrom([]string{"+13125550100", ""}).Draw(t, "phone"))
		}
		path := filepath.Join(dir, "orders.csv")
		if err := os.WriteFile(path, []byte(csv.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := source.Compile(source.Spec{Name: "shop", Profile: shopProfile, Path: path})
		if err != nil {
			t.Fatal(err)
		}
		files, err := source.Files(path)
		if err != nil {
			t.Fatal(err)
		}
		splits, err := source.Splits(s, 0, files[0])
		if err != nil {
			t.Fatal(err)
		}
		o := newOrigins([]fileOf{{0, files[0].Name}}, []*source.Source{s})
		plain, packed := &plainSink{}, newPackedSink(o)
		for n, sink := range []source.Sink{plain, packed} {
			counts, err := source.Read(context.Background(), s, &splits[0], sink)
			if err != nil {
				t.Fatal(err)
			}
			if n == 1 && counts.Accepted.Rows > 0 && len(packed.sent) != len(plain.parties) {
				t.Fatalf("%d parties were sent, %d read", len(packed.sent), len(plain.parties))
			}
		}
		slices.SortStableFunc(packed.sent, func(a, b sent) int { return int(a.tag) - int(b.tag) }) // as the shuffle does
		r := &reducer{origins: o}
		for _, one := range packed.sent {
			r.key = one.key
			if err := r.take(one.tag, one.rec); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortStableFunc(r.parties, func(a, b schemas.Party) int { return int(a.Row - b.Row) })
		got := make([]schemas.Party, 0, len(r.parties))
		for i := range r.parties {
			got = append(got, clone(&r.parties[i]))
		}
		if diff := cmp.Diff(plain.parties, got); len(got)+len(plain.parties) > 0 && diff != "" {
			t.Fatalf("parties in full and parties as they travel differ:\n%s", diff)
		}
	})
}

func TestARowOfAKnownViewIsSentShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.csv")
	text := "order,buyer,mail,born,when,phone\n1,Ann,ann@example.com,1990-01-02,2026-01-02,+13125550100\n2,Ann,ann@example.com,1990-01-02,2026-02-02,+13125550100\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := source.Compile(source.Spec{Name: "shop", Profile: shopProfile, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	files, err := source.Files(path)
	if err != nil {
		t.Fatal(err)
	}
	splits, err := source.Splits(s, 0, files[0])
	if err != nil {
		t.Fatal(err)
	}
	packed := newPackedSink(newOrigins([]fileOf{{0, files[0].Name}}, []*source.Source{s}))
	if _, err := source.Read(context.Background(), s, &splits[0], packed); err != nil {
		t.Fatal(err)
	}
	if len(packed.sent) != 2 || packed.sent[0].tag != tagView || packed.sent[1].tag != tagAgain {
		t.Fatalf("the second order of a buyer was not sent as one: %v", packed.sent)
	}
}
