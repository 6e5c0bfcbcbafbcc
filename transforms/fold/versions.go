// Package fold brings the rows that speak of one thing together: versions of one record,
// orders and their lines, one sale in two systems.
package fold

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Losers counts the versions that did not win.
type Losers struct {
	Superseded int64 // an older or lesser version
	Repeated   int64 // the same content again
	Bytes      int64 // of the rows that these versions stand for
	Rows       int64 // rows that these versions stand for
}

func (l *Losers) lose(winner, loser *schemas.Meta) {
	if winner.ContentHash == loser.ContentHash {
		l.Repeated++
	} else {
		l.Superseded++
	}
	if loser.RowBytes > 0 {
		l.Rows++
		l.Bytes += loser.RowBytes
	}
}

func (l *Losers) add(o Losers) {
	l.Superseded += o.Superseded
	l.Repeated += o.Repeated
	l.Bytes += o.Bytes
	l.Rows += o.Rows
}

// pointers to records: those are large, and sorting moves them about.
func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// arrange orders versions of one reference, the one that counts first: by rank, then the later
// row of one file, then across files the larger content hash of the rows that are left, at
// last source and file. Rows of one file stay together, so that the order is total.
func arrange[T any](versions []*T, meta func(*T) *schemas.Meta, rank func(a, b *T) int) {
	if len(versions) < 2 {
		return
	}
	slices.SortStableFunc(versions, func(a, b *T) int {
		if c := rank(a, b); c != 0 {
			return c
		}
		return inFiles(meta(a), meta(b))
	})
	level := false // two files have versions of one rank
	for i, v := range versions[1:] {
		level = level || !sameFile(meta(versions[i]), meta(v)) && rank(versions[i], v) == 0
	}
	if !level {
		return
	}
	var files [][]*T // of one rank and file
	for start, i := 0, 1; i <= len(versions); i++ {
		if i == len(versions) || rank(versions[start], versions[i]) != 0 || !sameFile(meta(versions[start]), meta(versions[i])) {
			files = append(files, versions[start:i])
			start = i
		}
	}
	slices.SortStableFunc(files, func(a, b []*T) int {
		return cmp.Or(rank(a[0], b[0]), cmp.Compare(meta(b[0]).ContentHash, meta(a[0]).ContentHash))
	})
	copy(versions, slices.Concat(files...))
}

// inFiles orders rows by file, the later row of one first.
func inFiles(a, b *schemas.Meta) int {
	if c := strings.Compare(a.Source, b.Source); c != 0 {
		return c
	}
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(b.Row, a.Row), cmp.Compare(b.ContentHash, a.ContentHash))
}

func sameFile(a, b *schemas.Meta) bool { return a.Source == b.Source && a.File == b.File }

// newer ranks versions by the time of their last change.
func newer(a, b *schemas.Meta) int { return cmp.Compare(b.UpdatedAt, a.UpdatedAt) }

// Latest picks the version of a record that counts: the latest update, then as arrange has it.
func Latest[T any](versions []T, meta func(*T) *schemas.Meta) (*T, Losers) {
	if len(versions) == 1 {
		return &versions[0], Losers{}
	}
	return latest(pointers(versions), meta)
}

func latest[T any](versions []*T, meta func(*T) *schemas.Meta) (*T, Losers) {
	arrange(versions, meta, func(a, b *T) int { return newer(meta(a), meta(b)) })
	var l Losers
	for _, v := range versions[1:] {
		l.lose(meta(versions[0]), meta(v))
	}
	return versions[0], l
}
