// Package aggregate adds figures up by key, part by part: what a business table sums over
// customers and facts. Parts are counted apart, travel as bytes and merge to the same rows in
// any order, as long as adding does not depend on order: whole numbers and exact counts only.
package aggregate

import (
	"fmt"
	"slices"

	"github.com/tributary-cdp/tributary/transforms/codec"
)

// Value is a pointer to figures that can be added up.
type Value[V any] interface {
	*V
	Add(other *V)
}

// Row is one key with its figures.
type Row[K, V any] struct {
	Key   K
	Value V
}

// rows is what travels.
type rows[K, V any] struct{ Rows []Row[K, V] }

// Sums are figures by key. Not for use by two goroutines at a time.
type Sums[K comparable, V any, P Value[V]] struct {
	compare func(a, b K) int
	sums    map[K]*V
	last    K // customers of one part often share a key with the one before
	at      *V
}

// New returns empty sums. compare is the order of rows: total, and 0 for equal keys alone.
func New[K comparable, V any, P Value[V]](compare func(a, b K) int) *Sums[K, V, P] {
	return &Sums[K, V, P]{compare: compare, sums: map[K]*V{}}
}

// At are the figures of a key, to be changed in place.
func (s *Sums[K, V, P]) At(key K) *V {
	if s.at != nil && key == s.last {
		return s.at
	}
	v := s.sums[key]
	if v == nil {
		v = new(V)
		s.sums[key] = v
	}
	s.last, s.at = key, v
	return v
}

// Get are the figures of a key; nil where there are none.
func (s *Sums[K, V, P]) Get(key K) *V { return s.sums[key] }

// Rows are all rows in order of their keys. Their figures share memory with the sums.
func (s *Sums[K, V, P]) Rows() []Row[K, V] {
	out := make([]Row[K, V], 0, len(s.sums))
	for key, v := range s.sums {
		out = append(out, Row[K, V]{key, *v})
	}
	slices.SortFunc(out, func(a, b Row[K, V]) int { return s.compare(a.Key, b.Key) })
	return out
}

// Bytes are the sums of a part on their way: equal sums give equal bytes.
func (s *Sums[K, V, P]) Bytes() []byte {
	all := rows[K, V]{s.Rows()}
	return codec.For[rows[K, V]]().Append(nil, &all)
}

// Merge adds the sums of another part, as Bytes gave them. data must not change afterwards.
func (s *Sums[K, V, P]) Merge(data []byte) error {
	var part rows[K, V]
	if err := codec.For[rows[K, V]]().Decode(data, &part); err != nil {
		return fmt.Errorf("sums of a part: %w", err)
	}
	for i := range part.Rows {
		P(s.At(part.Rows[i].Key)).Add(&part.Rows[i].Value)
	}
	return nil
}

// AddTo adds figures by position: the longer list decides the length.
func AddTo(sums, other []int64) []int64 {
	for len(sums) < len(other) {
		sums = append(sums, 0)
	}
	for i, v := range other {
		sums[i] += v
	}
	return sums
}

// Grow makes a list at least n long.
func Grow(sums []int64, n int) []int64 {
	for len(sums) < n {
		sums = append(sums, 0)
	}
	return sums
}

// Share is a/b; nil where there is nothing to share.
func Share(a, b int64) *float64 {
	if b == 0 {
		return nil
	}
	v := float64(a) / float64(b)
	return &v
}

// Mean is the mean of whole numbers, rounded half away from zero; nil of none.
func Mean(sum, n int64) *int64 {
	if n <= 0 {
		return nil
	}
	v := (2*abs(sum) + n) / (2 * n)
	if sum < 0 {
		v = -v
	}
	return &v
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}
