package customers

import (
	"context"
	"math/bits"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// links lead from the second sight of a sale to the order that counts. Most orders have none,
// which a few bits tell.
type links struct {
	primaries map[string]string
	bits      []uint64 // bit (hash mod size) is set for every second sight
}

// bitsPerLink makes one order in so many that has no link be looked for in vain.
const bitsPerLink = 16

func readLinks(ctx context.Context, parts []string) (links, error) {
	l := links{primaries: map[string]string{}}
	for _, path := range parts {
		if err := warehouse.Read(ctx, path, []string{"order_key", "primary_order_key"}, func(rows []schemas.OrderLink) error {
			for i := range rows {
				l.primaries[rows[i].OrderKey] = rows[i].PrimaryOrderKey
			}
			return nil
		}); err != nil {
			return l, err
		}
	}
	if len(l.primaries) == 0 {
		return l, nil
	}
	words := 1 << bits.Len(uint(len(l.primaries)*bitsPerLink/64))
	l.bits = make([]uint64, words)
	for key := range l.primaries {
		word, bit := l.at(xxh3.HashString(key))
		l.bits[word] |= bit
	}
	return l, nil
}

func (l *links) at(hash uint64) (word, bit uint64) {
	return hash >> 6 & uint64(len(l.bits)-1), 1 << (hash & 63)
}

// primary is the order that counts, empty where that is the order itself.
func (l *links) primary(reference []byte) string {
	if len(l.bits) == 0 {
		return ""
	}
	if word, bit := l.at(xxh3.Hash(reference)); l.bits[word]&bit == 0 {
		return ""
	}
	return l.primaries[string(reference)]
}
