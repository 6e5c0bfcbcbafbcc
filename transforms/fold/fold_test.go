package fold

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// version is one view of a record.
func version(file string, row, updated int64, hash uint64) schemas.Meta {
	return schemas.Meta{Source: "crm", Namespace: "crm", Object: "contact", Key: "1", File: file, Row: row, UpdatedAt: updated, ContentHash: hash, RowBytes: 10}
}

func TestWhichVersionOfARecordCounts(t *testing.T) {
	for _, c := range []struct {
		name     string
		versions []schemas.Meta
		want     uint64 // content hash of the winner
		losers   Losers
	}{
		{"the latest update, wherever it stands", []schemas.Meta{version("b", 9, 1, 7), version("a", 1, 2, 5)}, 5, Losers{Superseded: 1, Rows: 1, Bytes: 10}},
		{"the later row of one file", []schemas.Meta{version("a", 1, 0, 7), version("a", 2, 0, 5)}, 5, Losers{Superseded: 1, Rows: 1, Bytes: 10}},
		{"across files the later content", []schemas.Meta{version("a", 9, 0, 5), version("b", 1, 0, 7)}, 7, Losers{Superseded: 1, Rows: 1, Bytes: 10}},
		{"the same content again", []schemas.Meta{version("a", 1, 3, 5), version("b", 1, 3, 5)}, 5, Losers{Repeated: 1, Rows: 1, Bytes: 10}},
		{"one version", []schemas.Meta{version("a", 1, 3, 5)}, 5, Losers{}},
	} {
		winner, losers := Latest(slices.Clone(c.versions), func(m *schemas.Meta) *schemas.Meta { return m })
		if winner.ContentHash != c.want {
			t.Errorf("%s: version %d, want %d", c.name, winner.ContentHash, c.want)
		}
		if diff := cmp.Diff(c.losers, losers); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestEveryRowThatLosesIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions := make([]schemas.Meta, rapid.IntRange(1, 8).Draw(t, "n"))
		for i := range versions {
			versions[i] = version(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "file"), int64(i), rapid.Int64Range(0, 2).Draw(t, "at"), rapid.Uint64Range(1, 3).Draw(t, "hash"))
		}
		shuffled := rapid.Permutation(versions).Draw(t, "order")
		meta := func(m *schemas.Meta) *schemas.Meta { return m }
		winner, losers := Latest(slices.Clone(versions), meta)
		again, losersAgain := Latest(shuffled, meta)
		if diff := cmp.Diff(winner, again) + cmp.Diff(losers, losersAgain); diff != "" {
			t.Fatal(diff)
		}
		if n := int64(len(versions)) - 1; losers.Superseded+losers.Repeated != n || losers.Rows != n || losers.Bytes != 10*n {
			t.Fatalf("%d versions, losers %+v", len(versions), losers)
		}
	})
}

func party(m schemas.Meta, fill func(*schemas.Party)) schemas.Party {
	p := schemas.Party{Meta: m, Kind: schemas.Person}
	fill(&p)
	return p
}

func phones(values ...string) []schemas.Contact {
	var out []schemas.Contact
	for _, v := range values {
		out = append(out, schemas.Contact{Raw: v, Value: v, Status: schemas.ContactValid})
	}
	return out
}

func TestAnOrdersBuyerFillsNullsAndNeverSupersedes(t *testing.T) {
	own := party(version("people.csv", 1, 5, 1), func(p *schemas.Party) { p.FullName, p.FirstSeen, p.LastSeen = "Nora Moss", 50, 60 })
	bought := party(version("orders.csv", 1, 9, 2), func(p *schemas.Party) {
		p.Derived, p.FullName, p.City, p.Phones, p.FirstSeen, p.LastSeen = true, "N. Moss", "Leeds", phones("+447700900301"), 20, 90
	})
	got, losers := Parties([]schemas.Party{bought, own})
	if got.FullName != "Nora Moss" || got.City != "Leeds" || len(got.Phones) != 1 || got.Derived || got.FirstSeen != 20 || got.LastSeen != 90 {
		t.Errorf("%+v", got)
	}
	if losers != (Losers{}) {
		t.Errorf("a view of another kind is no loser: %+v", losers)
	}
	own.Phones = phones("+447700900399")
	if got, _ := Parties([]schemas.Party{own, bought}); len(got.Phones) != 1 || got.Phones[0].Value != "+447700900399" {
		t.Errorf("the system's own number gave way: %+v", got.Phones)
	}
}

func TestTheBuyerOfSeveralOrdersGathersContacts(t *testing.T) {
	var views []schemas.Party
	for i := range 12 {
		views = append(views, party(version("orders.csv", int64(i), 0, uint64(i)), func(p *schemas.Party) {
			p.Derived, p.LastSeen, p.Phones = true, int64(i+1), phones(fmt.Sprintf("+44770090030%d", i%10), fmt.Sprintf("+44770090031%d", i%10))
			p.City = fmt.Sprint("City ", i)
		}))
	}
	got, _ := Parties(views)
	if got.City != "City 11" || len(got.Phones) != maxContacts || got.Phones[0].Value != "+447700900301" {
		t.Errorf("%s %+v", got.City, got.Phones)
	}
}

func TestTwoFilesOfOneVersionCompleteEachOther(t *testing.T) {
	a := party(version("narrow.csv", 1, 5, 9), func(p *schemas.Party) { p.FullName = "Linden" })
	b := party(version("wide.csv", 1, 5, 3), func(p *schemas.Party) { p.FullName, p.City = "Linden", "Leeds" })
	got, _ := Parties([]schemas.Party{a, b})
	if got.FullName != "Linden" || got.City != "Leeds" {
		t.Errorf("%+v", got)
	}
	older := party(version("wide.csv", 1, 4, 3), func(p *schemas.Party) { p.City = "York" })
	if got, losers := Parties([]schemas.Party{a, older}); got.City != "" || losers.Superseded != 1 {
		t.Errorf("an older version filled a field that the newer one emptied: %q, %+v", got.City, losers)
	}
}

func TestAPartyIsFoldedAlikeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		views := make([]schemas.Party, rapid.IntRange(1, 6).Draw(t, "n"))
		for i := range views {
			m := version(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "file"), int64(i), rapid.Int64Range(0, 2).Draw(t, "at"), uint64(i))
			m.Derived = rapid.Bool().Draw(t, "derived")
			views[i] = party(m, func(p *schemas.Party) {
				p.FullName, p.City = rapid.SampledFrom([]string{"", "Nora Moss", "N Moss"}).Draw(t, "name"), rapid.SampledFrom([]string{"", "Leeds", "York"}).Draw(t, "city")
				p.FirstSeen = rapid.Int64Range(0, 3).Draw(t, "first")
				p.LastSeen = p.FirstSeen + rapid.Int64Range(0, 2).Draw(t, "span")
				if v := rapid.SampledFrom([]string{"", "+447700900301", "+447700900302"}).Draw(t, "phone"); v != "" {
					p.Phones = phones(v)
				}
				p.IDs = []schemas.NameValue{{Name: "loyalty", Value: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "card")}}
			})
		}
		shuffled := rapid.Permutation(views).Draw(t, "order")
		a, la := Parties(slices.Clone(views))
		b, lb := Parties(shuffled)
		if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()) + cmp.Diff(la, lb); diff != "" {
			t.Fatal(diff)
		}
	})
}

func order(namespace, key string, row int64, fill func(*schemas.Order)) schemas.Order {
	o := schemas.Order{Meta: schemas.Meta{Source: namespace, Namespace: namespace, Object: "order", Key: key, File: "orders.csv", Row: row, ContentHash: uint64(row)}, Currency: "EUR", Time: 100}
	if fill != nil {
		fill(&o)
	}
	return o
}

func line(namespace, orderID string, no int64, amount int64) schemas.OrderLine {
	return schemas.OrderLine{
		Meta:    schemas.Meta{Source: namespace, Namespace: namespace, Object: "order_line", Key: fmt.Sprint(orderID, "|", no), File: "lines.csv", Row: no, ContentHash: uint64(no)},
		OrderID: orderID, OrderObject: "order", Amount: &amount,
	}
}

func TestAnOrdersAmountsComeFromItsLinesWhereItStatesNone(t *testing.T) {
	g := &OrderGroup{
		Orders: []schemas.Order{order("shop", "7", 1, func(o *schemas.Order) { o.CustomerRef = "shop:user:1" })},
		Lines:  []schemas.OrderLine{line("shop", "7", 1, 500), line("shop", "7", 2, 250), line("shop", "7", 3, -100), line("other", "7", 1, 9999), line("shop", "7", 2, 250)},
	}
	got := Orders(g)
	if len(got.Orders) != 1 || *got.Orders[0].Gross != 750 || *got.Orders[0].Refund != 100 {
		t.Fatalf("gross %v, refund %v", got.Orders[0].Gross, got.Orders[0].Refund)
	}
	if len(got.Lines) != 4 || got.Losers.Repeated != 1 {
		t.Errorf("%d lines, losers %+v", len(got.Lines), got.Losers)
	}
	for _, l := range got.Lines {
		if l.Namespace == "shop" && (l.CustomerRef != "shop:user:1" || l.Currency != "EUR" || l.Time != 100) {
			t.Errorf("line %s knows nothing of its order: %+v", l.Key, l)
		}
	}
	net := int64(640)
	g.Orders = []schemas.Order{order("shop", "7", 1, func(o *schemas.Order) { o.Net = &net })}
	if got := Orders(g); got.Orders[0].Gross != nil || *got.Orders[0].Net != 640 {
		t.Errorf("the order's own amount gave way to its lines: %+v", got.Orders[0])
	}
}

func TestOneSaleInTwoSystemsIsLinkedOnce(t *testing.T) {
	g := &OrderGroup{
		Orders:    []schemas.Order{order("shop", "7", 1, func(o *schemas.Order) { o.CountsAsRevenue = true }), order("crm", "7", 1, nil)},
		Sightings: []schemas.Order{order("erp", "A1", 1, nil), order("erp", "A1", 2, nil), order("shop", "8", 1, nil)},
	}
	want := []schemas.OrderLink{
		{OrderKey: "erp:order:A1", PrimaryOrderKey: "shop:order:7", Rule: RuleCrossRef},
		{OrderKey: "shop:order:8", PrimaryOrderKey: "crm:order:7", Rule: RuleCrossRef}, // never to an order of its own system
	}
	if diff := cmp.Diff(want, Orders(g).Links); diff != "" {
		t.Error(diff)
	}
}

func TestOrdersFoldAlikeInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &OrderGroup{}
		for i := range rapid.IntRange(0, 5).Draw(t, "orders") {
			g.Orders = append(g.Orders, order(rapid.SampledFrom([]string{"shop", "crm"}).Draw(t, "system"), "7", int64(i), func(o *schemas.Order) {
				o.UpdatedAt, o.CountsAsRevenue = rapid.Int64Range(0, 1).Draw(t, "at"), rapid.Bool().Draw(t, "counts")
			}))
		}
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			g.Lines = append(g.Lines, line("shop", "7", rapid.Int64Range(1, 3).Draw(t, "line"), rapid.Int64Range(-9, 9).Draw(t, "amount")))
		}
		for i := range g.Lines {
			g.Lines[i].ContentHash = uint64(i)
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "sightings") {
			g.Sightings = append(g.Sightings, order(rapid.SampledFrom([]string{"erp", "crm"}).Draw(t, "system"), fmt.Sprint(i), 1, nil))
		}
		other := &OrderGroup{
			Orders: rapid.Permutation(g.Orders).Draw(t, "o"), Lines: rapid.Permutation(g.Lines).Draw(t, "l"), Sightings: rapid.Permutation(g.Sightings).Draw(t, "s"),
		}
		if diff := cmp.Diff(Orders(g), Orders(other), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}
