package ingest

import (
	"context"
	"encoding/json"
	"path"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/fold"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// partReport is what one partition wrote.
type partReport struct {
	Files      map[string]runs.PartFile `json:"files"`      // by folder
	Superseded map[string]int64         `json:"superseded"` // by kind
	Repeated   map[string]int64         `json:"repeated"`
	Tombstones map[string]int64         `json:"tombstones"`
	Losers     map[string]loser         `json:"losers"` // rows and bytes by source/file of rows that lost
}

// RejectOriginals is where the texts of refused rows lie.
const RejectOriginals = "restricted/reject_original"

type loser struct{ Rows, Bytes int64 }

// reducer holds the outputs of one partition.
type reducer struct {
	report   partReport
	party    *runs.Output[schemas.Party]
	order    *runs.Output[schemas.Order]
	line     *runs.Output[schemas.OrderLine]
	link     *runs.Output[schemas.OrderLink]
	reject   *runs.Output[schemas.Reject]
	original *runs.Output[schemas.RejectOriginal]
	outputs  *runs.Outputs
	parties  []schemas.Party
	views    []uint64 // of parties; 0 = none
	contacts contacts
	orders   fold.OrderGroup
	generics [tagReject]generic // by tag
	met      []uint8            // tags of generics that the group has records of
	origins  *origins
	key      []byte // of the group, in the shuffle
	texts    texts
}

// generic folds and writes the kinds that need no more than their latest version.
type generic interface {
	take(r *reducer, rec []byte) error
	flush(*reducer) error
}

func newReducer(job *shared, part int) *reducer {
	r := &reducer{outputs: runs.NewOutputs(job.Dir, part), origins: job.origins, report: partReport{
		Superseded: map[string]int64{}, Repeated: map[string]int64{},
		Tombstones: map[string]int64{}, Losers: map[string]loser{},
	}}
	r.party = newOutput[schemas.Party](r, schemas.KindParty)
	r.order = newOutput[schemas.Order](r, schemas.KindOrder)
	r.line = newOutput[schemas.OrderLine](r, schemas.KindOrderLine)
	r.link = newOutput[schemas.OrderLink](r, "order_link")
	r.reject = newOutput[schemas.Reject](r, "reject")
	r.original = runs.NewOutput[schemas.RejectOriginal](r.outputs, RejectOriginals)
	r.generics[tagTrait] = newGeneric(r, schemas.KindTrait, traitCodec, func(v *schemas.Trait) *schemas.Meta { return &v.Meta })
	r.generics[tagProduct] = newGeneric(r, schemas.KindProduct, productCodec, func(v *schemas.Product) *schemas.Meta { return &v.Meta })
	r.generics[tagOpportunity] = newGeneric(r, schemas.KindOpportunity, opportunityCodec, func(v *schemas.Opportunity) *schemas.Meta { return &v.Meta })
	r.generics[tagSubscription] = newGeneric(r, schemas.KindSubscription, subscriptionCodec, func(v *schemas.Subscription) *schemas.Meta { return &v.Meta })
	r.generics[tagLoyaltyEvent] = newGeneric(r, schemas.KindLoyaltyEvent, loyaltyEventCodec, func(v *schemas.LoyaltyEvent) *schemas.Meta { return &v.Meta })
	r.generics[tagInteraction] = newGeneric(r, schemas.KindInteraction, interactionCodec, func(v *schemas.Interaction) *schemas.Meta { return &v.Meta })
	r.generics[tagBehaviour] = newGeneric(r, schemas.KindBehaviour, behaviourCodec, func(v *schemas.Behaviour) *schemas.Meta { return &v.Meta })
	r.generics[tagConsent] = newGeneric(r, schemas.KindConsent, consentCodec, func(v *schemas.Consent) *schemas.Meta { return &v.Meta })
	r.generics[tagCampaignCost] = newGeneric(r, schemas.KindCampaignCost, campaignCostCodec, func(v *schemas.CampaignCost) *schemas.Meta { return &v.Meta })
	return r
}

func newOutput[T any](r *reducer, kind string) *runs.Output[T] {
	return runs.NewOutput[T](r.outputs, path.Join("records", kind))
}

type genericOf[T any] struct {
	kind     string
	codec    *codec.Codec[T]
	meta     func(*T) *schemas.Meta
	versions []T
	out      *runs.Output[T]
}

func newGeneric[T any](r *reducer, kind string, c *codec.Codec[T], meta func(*T) *schemas.Meta) *genericOf[T] {
	return &genericOf[T]{kind: kind, codec: c, meta: meta, out: newOutput[T](r, kind)}
}

func (g *genericOf[T]) take(r *reducer, rec []byte) error {
	_, err := decodeInto(r, &g.versions, g.codec, g.meta, rec)
	return err
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
	err := g.out.Add(winner)
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
	job, err := open(t.Params)
	if err != nil {
		return err
	}
	r := newReducer(job, t.Partition)
	defer func() {
		if err != nil {
			r.outputs.Abort()
		}
	}()
	for t.Next() {
		r.key = t.Key()
		for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() {
			if err := r.take(tag, rec); err != nil {
				return err
			}
		}
		if err := r.flush(); err != nil {
			return err
		}
	}
	if t.Partition == 0 {
		if err := r.unread(&job.params); err != nil {
			return err
		}
	}
	if err := r.outputs.Close(); err != nil {
		return err
	}
	r.report.Files = r.outputs.Files
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
		if err := r.reject.Add(u.reject()); err != nil {
			return err
		}
	}
	return nil
}

func (r *reducer) take(tag uint8, rec []byte) error {
	switch tag {
	case tagParty:
		return r.takeParty(0, rec)
	case tagView, tagAgain:
		return r.takeView(tag, rec)
	case tagOrder:
		_, err := decodeInto(r, &r.orders.Orders, orderCodec, orderMeta, rec)
		return err
	case tagSighting:
		_, err := decodeInto(r, &r.orders.Sightings, orderCodec, orderMeta, rec)
		return err
	case tagOrderLine:
		line, err := decodeInto(r, &r.orders.Lines, orderLineCodec, lineMeta, rec)
		if err == nil {
			line.OrderID = textOf(r.key[len(orderPrefix):])
		}
		return err
	case tagReject:
		var v schemas.Reject
		if err := rejectCodec.Decode(rec, &v); err != nil {
			return err
		}
		return r.refuse(&v)
	}
	if n := len(r.met); n == 0 || r.met[n-1] != tag {
		r.met = append(r.met, tag)
	}
	return r.generics[tag].take(r, rec)
}

// refuse writes a reject, and its text apart: only the restricted folder may hold persons' data of unread rows.
func (r *reducer) refuse(v *schemas.Reject) error {
	if v.Original != "" {
		if err := r.original.Add(&schemas.RejectOriginal{Source: v.Source, File: v.File, Row: v.Row, Original: v.Original}); err != nil {
			return err
		}
		v.Original = ""
	}
	return r.reject.Add(v)
}

func partyMeta(v *schemas.Party) *schemas.Meta    { return &v.Meta }
func orderMeta(v *schemas.Order) *schemas.Meta    { return &v.Meta }
func lineMeta(v *schemas.OrderLine) *schemas.Meta { return &v.Meta }

// flush folds and writes what the group held.
func (r *reducer) flush() error {
	if len(r.parties) > 0 {
		winner, losers := fold.Parties(r.parties)
		r.lost(schemas.KindParty, &winner.Meta, losers)
		if winner.Deleted {
			r.report.Tombstones[schemas.KindParty]++
		}
		if err := r.party.Add(winner); err != nil {
			return err
		}
		r.parties, r.views = r.parties[:0], r.views[:0]
	}
	if len(r.orders.Orders)+len(r.orders.Lines) > 0 {
		if err := r.flushOrders(); err != nil {
			return err
		}
	}
	r.orders = fold.OrderGroup{Orders: r.orders.Orders[:0], Lines: r.orders.Lines[:0], Sightings: r.orders.Sightings[:0]}
	for _, tag := range r.met {
		if err := r.generics[tag].flush(r); err != nil {
			return err
		}
	}
	r.met = r.met[:0]
	return nil
}

func (r *reducer) flushOrders() error {
	folded := fold.Orders(&r.orders)
	if len(folded.Orders)+len(folded.Lines) > 0 {
		var meta *schemas.Meta
		if len(folded.Orders) > 0 {
			meta = &folded.Orders[0].Meta
		} else {
			meta = &folded.Lines[0].Meta
		}
		r.lost(schemas.KindOrder, meta, folded.Losers)
	}
	for _, order := range folded.Orders {
		if order.Deleted {
			r.report.Tombstones[schemas.KindOrder]++
		}
		if err := r.order.Add(order); err != nil {
			return err
		}
	}
	for _, line := range folded.Lines {
		if err := r.line.Add(line); err != nil {
			return err
		}
	}
	for i := range folded.Links {
		if err := r.link.Add(&folded.Links[i]); err != nil {
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
		if r.Unread != nil {
			p.Unread = append(p.Unread, *r.Unread)
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
	runs.AddTo(m, part.Files)
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
