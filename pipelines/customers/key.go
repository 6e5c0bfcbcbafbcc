package customers

import (
	"encoding/binary"

	"github.com/tributary-cdp/tributary/transforms/resolve"
)

// First bytes of keys: of customers, in the order of their ids, then of what belongs to none
// of them.
const (
	somebody = 'c' // and 4 bytes: the customer's index, big endian
	nobody   = '~' // and a hash of the record's own reference, or of what a consent is about
)

func appendKey(dst []byte, customer uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, somebody), customer)
}

// AppendKey appends the key under which the stage shuffles what belongs to a customer: a later
// job that uses it, and as many partitions, brings its records to the partition of the
// customer's profile, in the order of the profiles. Those of a customer whom this run does not
// know come last.
func AppendKey(dst []byte, lookup *resolve.Lookup, customerID string) []byte {
	if index, ok := lookup.IndexOf(customerID); ok {
		return appendKey(dst, index)
	}
	return append(append(dst, nobody), customerID...)
}
