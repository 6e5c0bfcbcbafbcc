package ingest

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
)

// sight is what a party that was sent in full lacks of being another sight of its view.
type sight struct {
	Row, RowBytes, UpdatedAt, FirstSeen, LastSeen int64
}

var sightCodec = codec.For[sight]()

// view emits a party in full, behind the number of its view.
func (e *encoder) view(r *schemas.Party, view uint64) error {
	from := e.partyKey(&r.Meta)
	return send(e, tagView, view, partyCodec, &r.Meta, from, r)
}

// again emits another sight of a view.
func (e *encoder) again(r *schemas.Party, view uint64) error {
	from := e.partyKey(&r.Meta)
	s := sight{r.Row, r.RowBytes, r.UpdatedAt, r.FirstSeen, r.LastSeen}
	return send(e, tagAgain, view, sightCodec, &r.Meta, from, &s)
}

func (r *reducer) takeParty(view uint64, rec []byte) error {
	_, err := decodeInto(r, &r.parties, partyCodec, partyMeta, rec)
	r.views = append(r.views, view)
	return err
}

// takeView takes a party of a view. Those in full come first.
func (r *reducer) takeView(tag uint8, rec []byte) error {
	if len(rec) < 8 {
		return fmt.Errorf("%w: a view of a party", codec.ErrCorrupt)
	}
	view, rec := binary.LittleEndian.Uint64(rec), rec[8:]
	if tag == tagView {
		return r.takeParty(view, rec)
	}
	known := slices.Index(r.views, view)
	if known < 0 {
		return fmt.Errorf("%w: a party of a view that nobody sent", codec.ErrCorrupt)
	}
	var m schemas.Meta
	rest, ok := r.origins.takeMeta(rec, r.key, &m, &r.texts)
	if !ok {
		return fmt.Errorf("%w: its origin", codec.ErrCorrupt)
	}
	var s sight
	if err := sightCodec.Decode(rest, &s); err != nil {
		return err
	}
	party := r.parties[known]
	party.File, party.Row, party.RowBytes, party.ContentHash, party.UpdatedAt = m.File, s.Row, s.RowBytes, m.ContentHash, s.UpdatedAt
	party.FirstSeen, party.LastSeen = s.FirstSeen, s.LastSeen
	party.Phones = r.contacts.clone(party.Phones)
	r.parties, r.views = append(r.parties, party), append(r.views, 0)
	return nil
}

// contacts allocates lists of contacts in bulk: folding parties changes them in place.
type contacts struct{ chunk []schemas.Contact }

// contactChunk is how many contacts are allocated at once.
const contactChunk = 256

func (c *contacts) clone(list []schemas.Contact) []schemas.Contact {
	if len(list) == 0 {
		return nil
	}
	if len(list) > len(c.chunk) {
		c.chunk = make([]schemas.Contact, max(len(list), contactChunk))
	}
	out := c.chunk[:len(list):len(list)]
	c.chunk = c.chunk[len(list):]
	copy(out, list)
	return out
}
