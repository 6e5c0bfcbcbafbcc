package customers

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Tags, in the order of kinds.
const (
	tagParty uint8 = iota + 1
	tagOrder
	tagOrderLine
	tagInteraction
	tagTrait
	tagProduct
	tagOpportunity
	tagSubscription
	tagLoyaltyEvent
	tagConsent
)

// linkedOrder is an order with the order that it is a second sight of.
type linkedOrder struct {
	schemas.Order
	Primary string
}

var (
	partyCodec        = codec.For[schemas.Party]()
	orderCodec        = codec.For[linkedOrder]()
	orderLineCodec    = codec.For[schemas.OrderLine]()
	interactionCodec  = codec.For[schemas.Interaction]()
	traitCodec        = codec.For[schemas.Trait]()
	productCodec      = codec.For[schemas.Product]()
	opportunityCodec  = codec.For[schemas.Opportunity]()
	subscriptionCodec = codec.For[schemas.Subscription]()
	loyaltyEventCodec = codec.For[schemas.LoyaltyEvent]()
	consentCodec      = codec.For[schemas.Consent]()
)

// finder knows which customer a record belongs to.
type finder struct {
	lookup   *resolve.Lookup
	ordinals []byte
	links    map[string]string // second sight -> order that counts
}

var finders sync.Map // one copy for all tasks of a process

func finderOf(ctx context.Context, p *params) (*finder, error) {
	if found, ok := finders.Load(p.Dir + p.LookupSum); ok {
		return found.(*finder), nil
	}
	lookup, err := resolve.LoadLookup(p.Lookup, p.LookupSum)
	if err != nil {
		return nil, err
	}
	ordinals, err := os.ReadFile(p.Ordinals)
	if err != nil {
		return nil, err
	}
	f := &finder{lookup, ordinals, map[string]string{}}
	for _, path := range p.Links {
		if err := warehouse.Read(ctx, path, []string{"order_key", "primary_order_key"}, func(rows []schemas.OrderLink) error {
			for i := range rows {
				f.links[rows[i].OrderKey] = rows[i].PrimaryOrderKey
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	finders.Store(p.Dir+p.LookupSum, f)
	return f, nil
}

func (f *finder) ordinal(n uint32) string {
	return f.lookup.Customer(binary.LittleEndian.Uint32(f.ordinals[4*n:]))
}

// sender emits records under their customer.
type sender struct {
	t        *shuffle.MapTask
	key, rec []byte
	refs     []byte
}

// nobody is the first byte of keys without a customer; customers begin with c.
const nobody = '~'

func send[T any](s *sender, customer string, m *schemas.Meta, tag uint8, c *codec.Codec[T], v *T) error {
	if customer != "" {
		s.key = append(s.key[:0], customer...)
	} else {
		s.refs = append(append(append(append(append(s.refs[:0], m.Namespace...), ':'), m.Object...), ':'), m.Key...)
		s.key = fmt.Appendf(s.key[:0], "%c%016x", nobody, xxh3.Hash(s.refs))
	}
	s.rec = c.Append(s.rec[:0], v)
	return s.t.Emit(s.key, tag, s.rec)
}

func mapPart(ctx context.Context, t *shuffle.MapTask) error {
	var p params
	var w work
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	if err := json.Unmarshal(t.Work, &w); err != nil {
		return err
	}
	f, err := finderOf(ctx, &p)
	if err != nil {
		return err
	}
	s := &sender{t: t}
	find := f.lookup.Find
	switch w.Kind {
	case schemas.KindParty:
		ordinal := w.Base
		return each(ctx, s, w.Path, func(v *schemas.Party) error {
			ordinal++
			return send(s, f.ordinal(ordinal-1), &v.Meta, tagParty, partyCodec, v)
		})
	case schemas.KindOrder:
		var linked linkedOrder
		var reference []byte
		return each(ctx, s, w.Path, func(v *schemas.Order) error {
			if v.Deleted {
				return nil
			}
			linked.Order, linked.Primary = *v, ""
			if len(f.links) > 0 {
				reference = append(append(append(append(append(reference[:0], v.Namespace...), ':'), v.Object...), ':'), v.Key...)
				linked.Primary = f.links[string(reference)]
			}
			return send(s, find(v.CustomerRef), &v.Meta, tagOrder, orderCodec, &linked)
		})
	case schemas.KindOrderLine:
		return eachLive(ctx, s, w.Path, tagOrderLine, orderLineCodec, func(v *schemas.OrderLine) (*schemas.Meta, string) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindInteraction:
		return eachLive(ctx, s, w.Path, tagInteraction, interactionCodec, func(v *schemas.Interaction) (*schemas.Meta, string) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindTrait:
		return eachLive(ctx, s, w.Path, tagTrait, traitCodec, func(v *schemas.Trait) (*schemas.Meta, string) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindProduct:
		return eachLive(ctx, s, w.Path, tagProduct, productCodec, func(v *schemas.Product) (*schemas.Meta, string) { return &v.Meta, "" })
	case schemas.KindOpportunity:
		return eachLive(ctx, s, w.Path, tagOpportunity, opportunityCodec, func(v *schemas.Opportunity) (*schemas.Meta, string) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindSubscription:
		return eachLive(ctx, s, w.Path, tagSubscription, subscriptionCodec, func(v *schemas.Subscription) (*schemas.Meta, string) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindLoyaltyEvent:
		return eachLive(ctx, s, w.Path, tagLoyaltyEvent, loyaltyEventCodec, func(v *schemas.LoyaltyEvent) (*schemas.Meta, string) { return &v.Meta, find(v.CustomerRef) })
	case kindConsentLink:
		return each(ctx, s, w.Path, func(v *identity.ConsentLink) error {
			customer := ""
			if v.Ordinal >= 0 {
				customer = f.ordinal(uint32(v.Ordinal))
			}
			return send(s, customer, &v.Meta, tagConsent, consentCodec, &v.Consent)
		})
	}
	return fmt.Errorf("no kind %q", w.Kind)
}

func each[T any](ctx context.Context, s *sender, path string, do func(*T) error) error {
	return warehouse.Read(ctx, path, nil, func(rows []T) error {
		for i := range rows {
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
		s.t.Progress(len(rows))
		return nil
	})
}

// eachLive sends all records but tombstones.
func eachLive[T any](ctx context.Context, s *sender, path string, tag uint8, c *codec.Codec[T], of func(*T) (*schemas.Meta, string)) error {
	return each(ctx, s, path, func(v *T) error {
		m, customer := of(v)
		if m.Deleted {
			return nil
		}
		return send(s, customer, m, tag, c, v)
	})
}

// sortedKeys gives the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
