package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"path"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/fold"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// partReport is what one partition wrote.
type partReport struct {
	Files      map[string]partFile `json:"files"`      // by folder
	Superseded map[string]int64    `json:"superseded"` // by kind
	Repeated   map[string]int64    `json:"repeated"`
	Tombstones map[string]int64    `json:"tombstones"`
	Losers     map[string]loser    `json:"losers"` // rows and bytes by source/file of rows that lost
}

type partFile struct {
	Schema string             `json:"schema"`
	Info   warehouse.FileInfo `json:"info"`
}

type loser struct{ Rows, Bytes int64 }

// output writes one kind of record of one partition. The file is made with the first row;
// partition 0 always makes one, so that every kind has a schema.
type output[T any] struct {
	dir, folder string
	part        int
	w           *warehouse.Writer[T]
}

func (o *output[T]) add(row *T) error {
	if err := o.open(); err != nil {
		return err
	}
	return o.w.Add(row)
}

func (o *output[T]) open() error {
	if o.w != nil {
		return nil
	}
	w, err := warehouse.Create[T](o.dir, o.folder, o.part)
	o.w = w
	return err
}

func (o *output[T]) close(r *partReport) error {
	if o.part == 0 {
		if err := o.open(); err != nil {
			return err
		}
	}
	if o.w == nil {
		return nil
	}
	info, err := o.w.Close()
	if err == nil {
		r.Files[o.folder] = partFile{warehouse.SchemaHash[T](), info}
	}
	return err
}

func (o *output[T]) abort() {
	if o.w != nil {
		o.w.Abort()
	}
}

type closer interface {
	close(*partReport) error
	abort()
}

// reducer holds the outputs of one partition.
type reducer struct {
	report   partReport
	party    *output[schemas.Party]
	order    *output[schemas.Order]
	line     *output[schemas.OrderLine]
	link     *output[schemas.OrderLink]
	reject   *output[schemas.Reject]
	all      []closer
	dir      string
	part     int
	parties  []schemas.Party
	orders   fold.OrderGroup
	generics map[uint8]generic
}

// generic folds and writes the kinds that need no more than their latest version.
type generic interface {
	take(rec []byte) error
	flush(*reducer) error
}

func newReducer(dir string, part int) *reducer {
	r := &reducer{dir: dir, part: part, report: partReport{Files: map[string]partFile{}, Superseded: map[string]int64{}, Repeated: map[string]int64{},
		Tombstones: map[string]int64{}, Losers: map[string]loser{}}}
	r.party = newOutput[schemas.Party](r, schemas.KindParty)
	r.order = newOutput[schemas.Order](r, schemas.KindOrder)
	r.line = newOutput[schemas.OrderLine](r, schemas.KindOrderLine)
	r.link = newOutput[schemas.OrderLink](r, "order_link")
	r.reject = newOutput[schemas.Reject](r, "reject")
	r.generics = map[uint8]generic{
		tagTrait:        newGeneric(r, schemas.KindTrait, traitCodec, func(v *schemas.Trait) *schemas.Meta { return &v.Meta }),
		tagProduct:      newGeneric(r, schemas.KindProduct, productCodec, func(v *schemas.Product) *schemas.Meta { return &v.Meta }),
		tagOpportunity:  newGeneric(r, schemas.KindOpportunity, opportunityCodec, func(v *schemas.Opportunity) *schemas.Meta { return &v.Meta }),
		tagSubscription: newGeneric(r, schemas.KindSubscription, subscriptionCodec, func(v *schemas.Subscription) *schemas.Meta { return &v.Meta }),
		tagLoyaltyEvent: newGeneric(r, schemas.KindLoyaltyEvent, loyaltyEventCodec, func(v *schemas.LoyaltyEvent) *schemas.Meta { return &v.Meta }),
		tagInteraction:  newGeneric(r, schemas.KindInteraction, interactionCodec, func(v *schemas.Interaction) *schemas.Meta { return &v.Meta }),
		tagBehaviour:    newGeneric(r, schemas.KindBehaviour, behaviourCodec, func(v *schemas.Behaviour) *schemas.Meta { return &v.Meta }),
		tagConsent:      newGeneric(r, schemas.KindConsent, consentCodec, func(v *schemas.Consent) *schemas.Meta { return &v.Meta }),
		tagCampaignCost: newGeneric(r, schemas.KindCampaignCost, campaignCostCodec, func(v *schemas.CampaignCost) *schemas.Meta { return &v.Meta }),
	}
	return r
}

func newOutput[T any](r *reducer, kind string) *output[T] {
	o := &output[T]{dir: r.dir, folder: path.Join("records", kind), part: r.part}
	r.all = append(r.all, o)
	return o
}

type genericOf[T any] struct {
	kind     string
	codec    *codec.Codec[T]
	meta     func(*T) *schemas.Meta
	versions []T
	out      *output[T]
}

func newGeneric[T any](r *reducer, kind string, c *codec.Codec[T], meta func(*T) *schemas.Meta) *genericOf[T] {
	return &genericOf[T]{kind: kind, codec: c, meta: meta, out: newOutput[T](r, kind)}
}

func (g *genericOf[T]) take(rec []byte) error {
	var v T
	if err := g.codec.Decode(rec, &v); err != nil {
		return err
	}
	g.versions = append(g.versions, v)
	return nil
}

func (g *genericOf[T]) flush(r *reducer) error {
	if len(g.versions) == 0 {
		return nil
	}
	winner, losers := fold.Latest(g.versions, g.meta)
	r.lost(g.kind, g.meta(winner), losers)
	if g.meta(winner).Deleted {
		r.report.Tombstones[g.kind]++
	}
	err := g.out.add(winner)
	g.versions = g.versions[:0]
	return err
}

// lost keeps the accounts of rows that lost against another version of the same reference.
func (r *reducer) lost(kind string, winner *schemas.Meta, l fold.Losers) {
	if l.Superseded > 0 {
		r.report.Superseded[kind] += l.Superseded
	}
	if l.Repeated > 0 {
		r.report.Repeated[kind] += l.Repeated
	}
	if l.Rows > 0 {
		name := winner.Source + "/" + winner.File
		sum := r.report.Losers[name]
		r.report.Losers[name] = loser{sum.Rows + l.Rows, sum.Bytes + l.Bytes}
	}
}

func reducePartition(_ context.Context, t *shuffle.ReduceTask) (err error) {
	var p params
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	r := newReducer(p.Dir, t.Partition)
	defer func() {
		if err != nil {
			for _, o := range r.all {
				o.abort()
			}
		}
	}()
	for t.Next() {
		for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() {
			if err := r.take(tag, rec); err != nil {
				return err
			}
		}
		if err := r.flush(); err != nil {
			return err
		}
		t.Progress(1)
	}
	if t.Partition == 0 {
		if err := r.unread(&p); err != nil {
			return err
		}
	}
	var errs []error
	for _, o := range r.all {
		errs = append(errs, o.close(&r.report))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	data, err := json.Marshal(report{Part: &r.report})
	if err != nil {
		return err
	}
	t.Report(data)
	return nil
}

// unread writes one reject for each file that was given up.
func (r *reducer) unread(p *params) error {
	for _, u := range p.Unread {
		if err := r.reject.add(&schemas.Reject{Source: u.Source, File: u.File, ByteOffset: -1, Bytes: u.Bytes, Code: "unreadable_file", Message: u.Reason}); err != nil {
			return err
		}
	}
	return nil
}

func (r *reducer) take(tag uint8, rec []byte) error {
	switch tag {
	case tagParty:
		return decodeInto(&r.parties, partyCodec, rec)
	case tagOrder:
		return decodeInto(&r.orders.Orders, orderCodec, rec)
	case tagSighting:
		return decodeInto(&r.orders.Sightings, orderCodec, rec)
	case tagOrderLine:
		return decodeInto(&r.orders.Lines, orderLineCodec, rec)
	case tagReject:
		var v schemas.Reject
		if err := rejectCodec.Decode(rec, &v); err != nil {
			return err
		}
		return r.reject.add(&v)
	}
	return r.generics[tag].take(rec)
}

func decodeInto[T any](list *[]T, c *codec.Codec[T], rec []byte) error {
	n := len(*list)
	if n < cap(*list) {
		*list = (*list)[:n+1]
	} else {
		var zero T
		*list = append(*list, zero)
	}
	return c.Decode(rec, &(*list)[n])
}

// flush folds and writes what the group held.
func (r *reducer) flush() error {
	if len(r.parties) > 0 {
		winner, losers := fold.Parties(r.parties)
		r.lost(schemas.KindParty, &winner.Meta, losers)
		if winner.Deleted {
			r.report.Tombstones[schemas.KindParty]++
		}
		if err := r.party.add(winner); err != nil {
			return err
		}
		r.parties = r.parties[:0]
	}
	if len(r.orders.Orders)+len(r.orders.Lines) > 0 {
		if err := r.flushOrders(); err != nil {
			return err
		}
	}
	r.orders = fold.OrderGroup{Orders: r.orders.Orders[:0], Lines: r.orders.Lines[:0], Sightings: r.orders.Sightings[:0]}
	for tag := tagTrait; tag <= tagCampaignCost; tag++ {
		if err := r.generics[tag].flush(r); err != nil {
			return err
		}
	}
	return nil
}

func (r *reducer) flushOrders() error {
	folded := fold.Orders(&r.orders)
	if len(folded.Orders)+len(folded.Lines) > 0 {
		meta := &schemas.Meta{}
		if len(folded.Orders) > 0 {
			meta = &folded.Orders[0].Meta
		} else {
			meta = &folded.Lines[0].Meta
		}
		r.lost(schemas.KindOrder, meta, folded.Losers)
	}
	for i := range folded.Orders {
		if folded.Orders[i].Deleted {
			r.report.Tombstones[schemas.KindOrder]++
		}
		if err := r.order.add(&folded.Orders[i]); err != nil {
			return err
		}
	}
	for i := range folded.Lines {
		if err := r.line.add(&folded.Lines[i]); err != nil {
			return err
		}
	}
	for i := range folded.Links {
		if err := r.link.add(&folded.Links[i]); err != nil {
			return err
		}
	}
	return nil
}

// finish adds the accounts up and writes the manifest.
func finish(_ context.Context, raw []byte, results [][]byte) error {
	var p params
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	m := &warehouse.Manifest{Job: JobName, RunID: p.RunID, Inputs: []string{"inputs.json"}, Counters: map[string]int64{}, Notes: map[string]string{}}
	files := newAccounts()
	for _, result := range results {
		var r report
		if err := json.Unmarshal(result, &r); err != nil {
			return err
		}
		if r.Counts != nil {
			files.add(r.Counts)
		}
		if r.Part != nil {
			addPart(m, files, r.Part)
		}
	}
	if err := files.note(m); err != nil {
		return err
	}
	for _, u := range p.Unread {
		m.Counters["unreadable_files"]++
		m.Notes["unread:"+u.Source+"/"+u.File] = u.Reason
	}
	return warehouse.WriteManifest(p.Layout().Manifest(JobName), m)
}

func addPart(m *warehouse.Manifest, files *accounts, part *partReport) {
	for _, folder := range sortedKeys(part.Files) {
		f := part.Files[folder]
		m.Add(folder, f.Schema, f.Info)
	}
	for _, pair := range []struct {
		name   string
		counts map[string]int64
	}{{"superseded", part.Superseded}, {"repeated", part.Repeated}, {"tombstones", part.Tombstones}} {
		for kind, n := range pair.counts {
			m.Counters[pair.name+":"+kind] += n
		}
	}
	for name, l := range part.Losers {
		files.lost(name, l)
	}
}
