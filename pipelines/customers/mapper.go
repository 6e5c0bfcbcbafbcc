package customers

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/golden"
	"github.com/tributary-cdp/tributary/transforms/measure"
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
	tagExposed
	tagBehaviour
	tagRelation
)

var (
	partyCodec        = codec.For[schemas.Party]()
	lineNoteCodec     = codec.For[measure.Line]()
	interactionCodec  = codec.For[schemas.Interaction]()
	traitCodec        = codec.For[schemas.Trait]()
	productCodec      = codec.For[schemas.Product]()
	opportunityCodec  = codec.For[schemas.Opportunity]()
	subscriptionCodec = codec.For[schemas.Subscription]()
	loyaltyEventCodec = codec.For[schemas.LoyaltyEvent]()
	consentCodec      = codec.For[schemas.Consent]()
	eventCodec        = codec.For[measure.Event]()
	relationCodec     = codec.For[relationNote]()
)

// finder knows which customer a record belongs to.
type finder struct {
	lookup   *resolve.Lookup
	ordinals []byte
	links    links
	goods    catalogue
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
	linked, err := readLinks(ctx, p.Links)
	if err != nil {
		return nil, err
	}
	goods, err := readCatalogue(ctx, p.Products)
	if err != nil {
		return nil, err
	}
	f := &finder{lookup, ordinals, linked, goods}
	finders.Store(p.Dir+p.LookupSum, f)
	return f, nil
}

// customer is the index of a reference's customer; -1 for nobody's.
func (f *finder) customer(reference string) int64 {
	if index, ok := f.lookup.FindIndex(reference); ok {
		return int64(index)
	}
	return -1
}

// ordinal is the index of a party's customer; -1 where no record of the customer is left.
func (f *finder) ordinal(n uint32) int64 {
	if index := binary.LittleEndian.Uint32(f.ordinals[4*n:]); index != identity.Absent {
		return int64(index)
	}
	return -1
}

// sender emits records under their customer.
type sender struct {
	t        *shuffle.MapTask
	key, rec []byte
	refs     []byte
}

func send[T any](s *sender, customer int64, m *schemas.Meta, tag uint8, c *codec.Codec[T], v *T) error {
	if customer >= 0 {
		s.key = appendKey(s.key[:0], uint32(customer))
	} else {
		s.refs = appendReference(s.refs[:0], m)
		s.key = binary.BigEndian.AppendUint64(append(s.key[:0], nobody), xxh3.Hash(s.refs))
	}
	s.rec = c.Append(s.rec[:0], v)
	return s.t.Emit(s.key, tag, s.rec)
}

func appendReference(dst []byte, m *schemas.Meta) []byte {
	dst = append(append(dst, m.Namespace...), ':')
	dst = append(append(dst, m.Object...), ':')
	return append(dst, m.Key...)
}

// idOf is the customer of a key, empty for nobody's.
func (f *finder) idOf(key []byte) string {
	if key[0] != somebody {
		return ""
	}
	return f.lookup.Customer(binary.BigEndian.Uint32(key[1:]))
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
	find := f.customer
	switch w.Kind {
	case kindExposed:
		return mapExposed(ctx, s, w.Path, f)
	case schemas.KindParty:
		ordinal := w.Base
		return eachOf(ctx, s, w.Path, warehouse.ColumnsBut[schemas.Party](unusedOfParty...), func(v *schemas.Party) error {
			ordinal++
			customer := f.ordinal(ordinal - 1)
			if customer < 0 {
				return nil
			}
			if err := relate(s, f, customer, v); err != nil {
				return err
			}
			return send(s, customer, &v.Meta, tagParty, partyCodec, v)
		})
	case schemas.KindOrder:
		var reference []byte
		return eachOf(ctx, s, w.Path, saleColumns, func(v *schemas.Order) error {
			if v.Deleted {
				return nil
			}
			reference = appendReference(reference[:0], &v.Meta)
			sold := saleOf(v, unsafe.String(unsafe.SliceData(reference), len(reference)), f.links.primary(reference))
			return send(s, find(v.CustomerRef), &v.Meta, tagOrder, saleCodec, &sold)
		})
	case schemas.KindOrderLine:
		return mapLines(ctx, s, &p, &w, f)
	case schemas.KindInteraction:
		return eachLive(ctx, s, w.Path, tagInteraction, interactionCodec, func(v *schemas.Interaction) (*schemas.Meta, int64) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindTrait:
		return eachLive(ctx, s, w.Path, tagTrait, traitCodec, func(v *schemas.Trait) (*schemas.Meta, int64) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindProduct:
		return eachLive(ctx, s, w.Path, tagProduct, productCodec, func(v *schemas.Product) (*schemas.Meta, int64) { return &v.Meta, -1 })
	case schemas.KindOpportunity:
		return eachLive(ctx, s, w.Path, tagOpportunity, opportunityCodec, func(v *schemas.Opportunity) (*schemas.Meta, int64) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindSubscription:
		return eachLive(ctx, s, w.Path, tagSubscription, subscriptionCodec, func(v *schemas.Subscription) (*schemas.Meta, int64) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindLoyaltyEvent:
		return eachLive(ctx, s, w.Path, tagLoyaltyEvent, loyaltyEventCodec, func(v *schemas.LoyaltyEvent) (*schemas.Meta, int64) { return &v.Meta, find(v.CustomerRef) })
	case schemas.KindBehaviour:
		return mapBehaviour(ctx, s, w.Path, f)
	case kindHousehold:
		return mapHouseholds(ctx, s, w.Path, f)
	case kindConsentLink:
		return each(ctx, s, w.Path, func(v *identity.ConsentLink) error {
			customer := int64(-1)
			if v.Ordinal >= 0 {
				customer = f.ordinal(uint32(v.Ordinal))
			}
			if customer >= 0 {
				return send(s, customer, &v.Meta, tagConsent, consentCodec, &v.Consent)
			}
			// What is said about one identifier meets, so that the latest holds, though nobody has it.
			s.key = binary.BigEndian.AppendUint64(append(s.key[:0], nobody), xxh3.Hash(golden.AppendConsentKey(nil, &v.Consent)))
			s.rec = consentCodec.Append(s.rec[:0], &v.Consent)
			return s.t.Emit(s.key, tagConsent, s.rec)
		})
	}
	return fmt.Errorf("no kind %q", w.Kind)
}

// Columns that nobody asks for any more: where a record came from and how it won against its
// like; of a party what only identity needs.
var (
	unused        = []string{"content_hash", "row_bytes", "merged_into", "file", "row", "updated_at", "derived"}
	unusedOfParty = []string{
		"content_hash", "row_bytes", "merged_into", "file", "row", "system", "birth_date_raw", "department",
		"customer_ref", "shown", "texts",
	}
)

func each[T any](ctx context.Context, s *sender, path string, do func(*T) error) error {
	return eachOf(ctx, s, path, warehouse.ColumnsBut[T](unused...), do)
}

func eachOf[T any](ctx context.Context, s *sender, path string, columns []string, do func(*T) error) error {
	return warehouse.Read(ctx, path, columns, func(rows []T) error {
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
func eachLive[T any](ctx context.Context, s *sender, path string, tag uint8, c *codec.Codec[T], of func(*T) (*schemas.Meta, int64)) error {
	return each(ctx, s, path, func(v *T) error {
		m, customer := of(v)
		if m.Deleted {
			return nil
		}
		return send(s, customer, m, tag, c, v)
	})
}
