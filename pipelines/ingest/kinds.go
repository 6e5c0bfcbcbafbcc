package ingest

import (
	"encoding/binary"
	"fmt"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
)

// Tags tell the records of a block apart; they are part of the sort order within a key.
const (
	tagParty uint8 = iota + 1
	tagOrder
	tagOrderLine
	tagSighting // an order of another system names this order as the same sale
	tagTrait
	tagProduct
	tagOpportunity
	tagSubscription
	tagLoyaltyEvent
	tagInteraction
	tagBehaviour
	tagConsent
	tagCampaignCost
	tagReject
	tagView  // a party in full, of a view that has a number
	tagAgain // another sight of such a view
)

// Key prefixes: what meets in one group. Orders, their lines and sightings share the prefix,
// since they meet at the order number.
const (
	keyParty = 'p'
	keyOrder = 'o'
	keyOther = 'r'
)

// encoder packs canonical records into (key, tag, bytes) for the shuffle.
type encoder struct {
	emit    func(key []byte, tag uint8, rec []byte) error
	origins *origins
	file    uint64 // number of the file that is read
	last    string // object of the last record, and its number
	object  uint64
	key     []byte
	rec     []byte
}

var (
	partyCodec        = codec.For[schemas.Party](ofOrigin...)
	orderCodec        = codec.For[schemas.Order](ofOrigin...)
	orderLineCodec    = codec.For[schemas.OrderLine](ofLine...)
	traitCodec        = codec.For[schemas.Trait](ofOrigin...)
	productCodec      = codec.For[schemas.Product](ofOrigin...)
	opportunityCodec  = codec.For[schemas.Opportunity](ofOrigin...)
	subscriptionCodec = codec.For[schemas.Subscription](ofOrigin...)
	loyaltyEventCodec = codec.For[schemas.LoyaltyEvent](ofOrigin...)
	interactionCodec  = codec.For[schemas.Interaction](ofOrigin...)
	behaviourCodec    = codec.For[schemas.Behaviour](ofOrigin...)
	consentCodec      = codec.For[schemas.Consent](ofOrigin...)
	campaignCostCodec = codec.For[schemas.CampaignCost](ofOrigin...)
	rejectCodec       = codec.For[schemas.Reject]()
)

// record emits one canonical record under the key that its duplicates share.
func (e *encoder) record(kind string, rec any) error {
	switch r := rec.(type) {
	case *schemas.Party:
		return send(e, tagParty, 0, partyCodec, &r.Meta, e.partyKey(&r.Meta), r)
	case *schemas.Order:
		if err := e.order(r); err != nil {
			return err
		}
		return e.sighting(r)
	case *schemas.OrderLine:
		e.orderKey(r.OrderID)
		return send(e, tagOrderLine, 0, orderLineCodec, &r.Meta, len(orderPrefix), r)
	case *schemas.Trait:
		return pack(e, tagTrait, traitCodec, &r.Meta, r)
	case *schemas.Product:
		return pack(e, tagProduct, productCodec, &r.Meta, r)
	case *schemas.Opportunity:
		return pack(e, tagOpportunity, opportunityCodec, &r.Meta, r)
	case *schemas.Subscription:
		return pack(e, tagSubscription, subscriptionCodec, &r.Meta, r)
	case *schemas.LoyaltyEvent:
		return pack(e, tagLoyaltyEvent, loyaltyEventCodec, &r.Meta, r)
	case *schemas.Interaction:
		return pack(e, tagInteraction, interactionCodec, &r.Meta, r)
	case *schemas.Behaviour:
		return pack(e, tagBehaviour, behaviourCodec, &r.Meta, r)
	case *schemas.Consent:
		return pack(e, tagConsent, consentCodec, &r.Meta, r)
	case *schemas.CampaignCost:
		return pack(e, tagCampaignCost, campaignCostCodec, &r.Meta, r)
	}
	return fmt.Errorf("no canonical record of kind %q (%T)", kind, rec)
}

// reject emits a refused row under its place in the exports.
func (e *encoder) reject(r *schemas.Reject) error {
	e.key = append(e.key[:0], keyOther, tagReject)
	e.key = append(append(append(e.key, r.Source...), 0), r.File...)
	e.key = fmt.Appendf(append(e.key, 0), "%012d", r.Row)
	e.rec = rejectCodec.Append(e.rec[:0], r)
	return e.emit(e.key, tagReject, e.rec)
}

func (e *encoder) order(r *schemas.Order) error {
	e.orderKey(r.Key)
	return send(e, tagOrder, 0, orderCodec, &r.Meta, len(orderPrefix), r)
}

// sighting leaves a note at the order number that an order names as the same sale elsewhere.
func (e *encoder) sighting(r *schemas.Order) error {
	if r.CrossRef == "" || r.CrossRef == r.Key {
		return nil
	}
	e.orderKey(r.CrossRef)
	return send(e, tagSighting, 0, orderCodec, &r.Meta, len(orderPrefix), r)
}

// orderPrefix comes before the order number in a key.
const orderPrefix = string(keyOrder)

// orderKey is the bare order number: orders of all namespaces with one number meet there.
func (e *encoder) orderKey(number string) {
	e.key = append(append(e.key[:0], orderPrefix...), number...)
}

// partyKey is the reference of a party. It returns where the party's own key begins in it.
func (e *encoder) partyKey(m *schemas.Meta) int {
	return e.reference(append(e.key[:0], keyParty), m)
}

func (e *encoder) reference(prefix []byte, m *schemas.Meta) int {
	e.key = append(append(prefix, m.Namespace...), ':')
	e.key = append(append(e.key, m.Object...), ':')
	from := len(e.key)
	e.key = append(e.key, m.Key...)
	return from
}

// pack emits a record under its kind and reference.
func pack[T any](e *encoder, tag uint8, c *codec.Codec[T], m *schemas.Meta, r *T) error {
	return send(e, tag, 0, c, m, e.reference(append(e.key[:0], keyOther, tag), m), r)
}

// send emits a record whose own key begins so far into the key of the shuffle; with a number
// in front, unless that is 0.
func send[T any](e *encoder, tag uint8, number uint64, c *codec.Codec[T], m *schemas.Meta, from int, r *T) error {
	rec := e.rec[:0]
	if number != 0 {
		rec = binary.LittleEndian.AppendUint64(rec, number)
	}
	rec, err := e.appendMeta(rec, m, from)
	if err != nil {
		return err
	}
	e.rec = c.Append(rec, r)
	return e.emit(e.key, tag, e.rec)
}
