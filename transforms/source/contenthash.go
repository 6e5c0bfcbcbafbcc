package source

import (
	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
)

// contentHash hashes a record without its place in the file.
func (m *mapper) contentHash(b builtRecord) uint64 {
	meta := metaOf(b.rec, b.plan)
	row, file := meta.Row, meta.File
	meta.Row, meta.File = 0, ""
	m.scratch = appendRecord(m.scratch[:0], b.rec)
	meta.Row, meta.File = row, file
	return xxh3.Hash(m.scratch)
}

// appendRecord encodes a record for its content hash.
func appendRecord(dst []byte, rec any) []byte {
	switch r := rec.(type) {
	case *schemas.Party:
		return hashCodecs.party.Append(dst, r)
	case *schemas.Trait:
		return hashCodecs.trait.Append(dst, r)
	case *schemas.Order:
		return hashCodecs.order.Append(dst, r)
	case *schemas.OrderLine:
		return hashCodecs.line.Append(dst, r)
	case *schemas.Product:
		return hashCodecs.product.Append(dst, r)
	case *schemas.Opportunity:
		return hashCodecs.opportunity.Append(dst, r)
	case *schemas.Subscription:
		return hashCodecs.subscription.Append(dst, r)
	case *schemas.LoyaltyEvent:
		return hashCodecs.loyalty.Append(dst, r)
	case *schemas.Interaction:
		return hashCodecs.interaction.Append(dst, r)
	case *schemas.Behaviour:
		return hashCodecs.behaviour.Append(dst, r)
	case *schemas.Consent:
		return hashCodecs.consent.Append(dst, r)
	case *schemas.CampaignCost:
		return hashCodecs.cost.Append(dst, r)
	}
	return dst
}

var hashCodecs = struct {
	party        *codec.Codec[schemas.Party]
	trait        *codec.Codec[schemas.Trait]
	order        *codec.Codec[schemas.Order]
	line         *codec.Codec[schemas.OrderLine]
	product      *codec.Codec[schemas.Product]
	opportunity  *codec.Codec[schemas.Opportunity]
	subscription *codec.Codec[schemas.Subscription]
	loyalty      *codec.Codec[schemas.LoyaltyEvent]
	interaction  *codec.Codec[schemas.Interaction]
	behaviour    *codec.Codec[schemas.Behaviour]
	consent      *codec.Codec[schemas.Consent]
	cost         *codec.Codec[schemas.CampaignCost]
}{
	codec.For[schemas.Party](), codec.For[schemas.Trait](), codec.For[schemas.Order](), codec.For[schemas.OrderLine](),
	codec.For[schemas.Product](), codec.For[schemas.Opportunity](), codec.For[schemas.Subscription](), codec.For[schemas.LoyaltyEvent](),
	codec.For[schemas.Interaction](), codec.For[schemas.Behaviour](), codec.For[schemas.Consent](), codec.For[schemas.CampaignCost](),
}
