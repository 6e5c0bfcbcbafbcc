// Package fold brings the rows that speak of one thing together: versions of one record,
// orders and their lines, one sale in two systems.
package fold

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Losers counts the versions that did not win.
type Losers struct {
	Superseded int64 // an older or lesser version
	Repeated   int64 // the same content again
	Bytes      int64 // of the rows that these versions stand for
	Rows       int64 // rows that these versions stand for
}

func (l *Losers) lose(winner, loser *schemas.Meta) {
	if winner.ContentHash == loser.ContentHash {
		l.Repeated++
	} else {
		l.Superseded++
	}
	if loser.RowBytes > 0 {
		l.Rows++
		l.Bytes += loser.RowBytes
	}
}

// arrange orders versions of one reference, the one that counts first: by rank, then the later
// row of one file, then across files the larger content hash of the rows that are left, at
// last source and file. Rows of one file stay together, so that the order is total.
func arrange[T any](versions []T, meta func(*T) *schemas.Meta, rank func(a, b *T) int) {
	if len(versions) < 2 {
		return
	}
	inFile := func(a, b *T) int {
		x, y := meta(a), meta(b)
		return cmp.Or(rank(a, b), strings.Compare(x.Source, y.Source), strings.Compare(x.File, y.File), cmp.Compare(y.Row, x.Row), cmp.Compare(y.ContentHash, x.ContentHash))
	}
	sort.Sort(&inPlace[T]{versions, inFile})
	var files [][]T // of one rank and file
	for start, i := 0, 1; i <= len(versions); i++ {
		if i == len(versions) || rank(&versions[start], &versions[i]) != 0 || !sameFile(meta(&versions[start]), meta(&versions[i])) {
			files = append(files, versions[start:i])
			start = i
		}
	}
	if len(files) == 1 {
		return
	}
	slices.SortStableFunc(files, func(a, b []T) int {
		return cmp.Or(rank(&a[0], &b[0]), cmp.Compare(meta(&b[0]).ContentHash, meta(&a[0]).ContentHash))
	})
	copy(versions, slices.Concat(files...))
}

// inPlace sorts structs without copying them for every comparison.
type inPlace[T any] struct {
	list    []T
	compare func(a, b *T) int
}

func (s *inPlace[T]) Len() int           { return len(s.list) }
func (s *inPlace[T]) Less(i, j int) bool { return s.compare(&s.list[i], &s.list[j]) < 0 }
func (s *inPlace[T]) Swap(i, j int)      { s.list[i], s.list[j] = s.list[j], s.list[i] }

func sameFile(a, b *schemas.Meta) bool { return a.Source == b.Source && a.File == b.File }

// newer ranks versions by the time of their last change.
func newer(a, b *schemas.Meta) int { return cmp.Compare(b.UpdatedAt, a.UpdatedAt) }

// Latest picks the version of a record that counts: the latest update, then as arrange has it.
// versions is sorted in place.
func Latest[T any](versions []T, meta func(*T) *schemas.Meta) (*T, Losers) {
	arrange(versions, meta, func(a, b *T) int { return newer(meta(a), meta(b)) })
	var l Losers
	for i := 1; i < len(versions); i++ {
		l.lose(meta(&versions[0]), meta(&versions[i]))
	}
	return &versions[0], l
}

// Parties folds all views of one reference. The system's own rows come before rows derived
// from orders, tickets and the like, which only fill nulls, the last seen first; so do other
// files' views of the same version, where the system gives no time of change. A one-time
// account gets a reference that no order has: its buyers are not one person. Contact data of a
// recipient who is not the account's holder are no evidence of the account.
func Parties(versions []schemas.Party) (*schemas.Party, Losers) {
	arrange(versions, func(p *schemas.Party) *schemas.Meta { return &p.Meta }, func(a, b *schemas.Party) int {
		switch {
		case a.Derived != b.Derived && a.Derived:
			return 1
		case a.Derived != b.Derived:
			return -1
		case a.Derived && a.LastSeen != b.LastSeen:
			return cmp.Compare(b.LastSeen, a.LastSeen)
		}
		return newer(&a.Meta, &b.Meta)
	})
	setRecipients(versions)
	winner := &versions[0]
	shared := winner.Role == schemas.RoleOneTime
	var l Losers
	for i := 1; i < len(versions); i++ {
		v := &versions[i]
		shared = shared || v.Role == schemas.RoleOneTime
		if v.FirstSeen != 0 && (winner.FirstSeen == 0 || v.FirstSeen < winner.FirstSeen) {
			winner.FirstSeen = v.FirstSeen
		}
		winner.LastSeen = max(winner.LastSeen, v.LastSeen)
		otherView := !v.Derived && v.UpdatedAt == winner.UpdatedAt && v.File != winner.File
		if v.Derived || otherView {
			fillNulls(winner, v)
			continue
		}
		l.lose(&winner.Meta, &v.Meta)
	}
	if shared {
		winner.Role, winner.Object = schemas.RoleOneTime, schemas.ObjectOneTime
	}
	return winner, l
}

// fillNulls takes from v what winner lacks. Contact data are added to a derived winner: an
// account of a shop shows a new phone with a new order.
func fillNulls(winner, v *schemas.Party) {
	for _, pair := range [][2]*string{
		{&winner.FullName, &v.FullName},
		{&winner.GivenName, &v.GivenName},
		{&winner.FamilyName, &v.FamilyName},
		{&winner.Gender, &v.Gender},
		{&winner.Street, &v.Street},
		{&winner.District, &v.District},
		{&winner.City, &v.City},
		{&winner.Province, &v.Province},
		{&winner.Postcode, &v.Postcode},
		{&winner.Country, &v.Country},
		{&winner.Company, &v.Company},
		{&winner.Industry, &v.Industry},
		{&winner.CompanySize, &v.CompanySize},
		{&winner.Department, &v.Department},
		{&winner.Occupation, &v.Occupation},
		{&winner.IncomeBand, &v.IncomeBand},
		{&winner.Language, &v.Language},
		{&winner.AcquisitionChannel, &v.AcquisitionChannel},
		{&winner.CampaignID, &v.CampaignID},
		{&winner.ReferrerRef, &v.ReferrerRef},
		{&winner.Owner, &v.Owner},
		{&winner.AccountRef, &v.AccountRef},
		{&winner.CustomerRef, &v.CustomerRef},
		{&winner.Tier, &v.Tier},
		{&winner.BirthDateRaw, &v.BirthDateRaw},
	} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	if winner.BirthDate == 0 {
		winner.BirthDate = v.BirthDate
	}
	if winner.RegisteredAt == 0 {
		winner.RegisteredAt = v.RegisteredAt
	}
	if len(winner.Phones) == 0 || winner.Derived {
		winner.Phones = addContacts(winner.Phones, v.Phones)
	}
	if len(winner.Emails) == 0 || winner.Derived {
		winner.Emails = addContacts(winner.Emails, v.Emails)
	}
	for _, id := range v.IDs {
		if !slices.Contains(winner.IDs, id) {
			winner.IDs = append(winner.IDs, id)
		}
	}
	for _, text := range v.Texts {
		if !slices.Contains(winner.Texts, text) {
			winner.Texts = append(winner.Texts, text)
		}
	}
}

// maxContacts bounds how many numbers one derived party gathers.
const maxContacts = 8

func addContacts(list, more []schemas.Contact) []schemas.Contact {
	for _, c := range more {
		if len(list) >= maxContacts {
			break
		}
		if !slices.ContainsFunc(list, func(o schemas.Contact) bool {
			return o.Value == c.Value && o.Raw == c.Raw || c.Value != "" && o.Value == c.Value
		}) {
			list = append(list, c)
		}
	}
	return list
}

// OrderGroup is everything that meets at one order number.
type OrderGroup struct {
	Orders    []schemas.Order     // versions, of any namespace
	Lines     []schemas.OrderLine // of any namespace
	Sightings []schemas.Order     // orders of other systems that name this number
}

// FoldedOrders is what an order group comes to.
type FoldedOrders struct {
	Orders []schemas.Order
	Lines  []schemas.OrderLine
	Links  []schemas.OrderLink
	Losers Losers
}

// Orders folds one order number: one order for each reference, one line for each line key,
// amounts summed from the lines where the order states none, customers handed to the lines,
// and links from sightings in other systems to the order that counts.
func Orders(g *OrderGroup) FoldedOrders {
	var out FoldedOrders
	byReference(g.Orders, func(o *schemas.Order) *schemas.Meta { return &o.Meta }, func(versions []schemas.Order) {
		winner, l := Latest(versions, func(o *schemas.Order) *schemas.Meta { return &o.Meta })
		out.add(l)
		out.Orders = append(out.Orders, *winner)
	})
	byReference(g.Lines, func(o *schemas.OrderLine) *schemas.Meta { return &o.Meta }, func(versions []schemas.OrderLine) {
		winner, l := Latest(versions, func(o *schemas.OrderLine) *schemas.Meta { return &o.Meta })
		out.add(l)
		out.Lines = append(out.Lines, *winner)
	})
	for i := range out.Orders {
		o := &out.Orders[i]
		lines := linesOf(o, out.Lines)
		for _, line := range lines {
			line.CustomerRef = o.CustomerRef
			if line.Time == 0 {
				line.Time = o.Time
			}
			if line.Currency == "" {
				line.Currency = o.Currency
			}
		}
		if o.Gross == nil && o.Net == nil && o.Total == nil && o.Refund == nil {
			sumLines(o, lines)
		}
	}
	out.Links = sightings(out.Orders, g.Sightings)
	return out
}

func (f *FoldedOrders) add(l Losers) {
	f.Losers.Superseded += l.Superseded
	f.Losers.Repeated += l.Repeated
	f.Losers.Bytes += l.Bytes
	f.Losers.Rows += l.Rows
}

// byReference calls each with the versions of every reference, in order of the references.
func byReference[T any](all []T, meta func(*T) *schemas.Meta, each func([]T)) {
	sort.SliceStable(all, func(i, j int) bool {
		a, b := meta(&all[i]), meta(&all[j])
		if a.Namespace != b.Namespace {
			return a.Namespace < b.Namespace
		}
		if a.Object != b.Object {
			return a.Object < b.Object
		}
		return a.Key < b.Key
	})
	for start := 0; start < len(all); {
		end := start + 1
		first := meta(&all[start])
		for end < len(all) {
			m := meta(&all[end])
			if m.Key != first.Key || m.Object != first.Object || m.Namespace != first.Namespace {
				break
			}
			end++
		}
		each(all[start:end])
		start = end
	}
}

func linesOf(o *schemas.Order, lines []schemas.OrderLine) []*schemas.OrderLine {
	var out []*schemas.OrderLine
	for i := range lines {
		if lines[i].Namespace == o.Namespace && lines[i].OrderID == o.Key && lines[i].OrderObject == o.Object {
			out = append(out, &lines[i])
		}
	}
	return out
}

// sumLines states an order's amounts by its lines: positive lines are sold, negative ones are
// given back.
func sumLines(o *schemas.Order, lines []*schemas.OrderLine) {
	var gross, refund int64
	found := false
	for _, line := range lines {
		if line.Amount == nil || line.Deleted {
			continue
		}
		found = true
		if *line.Amount >= 0 {
			gross += *line.Amount
		} else {
			refund -= *line.Amount
		}
	}
	if !found {
		return
	}
	o.Gross, o.Refund = &gross, &refund
}

// RuleCrossRef is the rule of order links that a system states itself.
const RuleCrossRef = "cross_ref"

// sightings links orders that name this number to the order that has it. Among several, an
// order that counts as revenue comes first, then the smaller reference.
func sightings(orders, seen []schemas.Order) []schemas.OrderLink {
	var links []schemas.OrderLink
	done := map[string]bool{}
	sort.SliceStable(seen, func(i, j int) bool { return seen[i].Reference() < seen[j].Reference() })
	for i := range seen {
		s := &seen[i]
		var primary *schemas.Order
		for j := range orders {
			o := &orders[j]
			if o.Namespace == s.Namespace || o.Deleted {
				continue
			}
			if primary == nil || (o.CountsAsRevenue && !primary.CountsAsRevenue) {
				primary = o
			}
		}
		if primary == nil || done[s.Reference()] {
			continue
		}
		done[s.Reference()] = true
		links = append(links, schemas.OrderLink{OrderKey: s.Reference(), PrimaryOrderKey: primary.Reference(), Rule: RuleCrossRef})
	}
	return links
}
