package ingest

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/source"
)

// fileOf is a file of a source.
type fileOf struct {
	Source int    `json:"source"`
	Name   string `json:"name"`
}

// origins are what records of one file have in common, known to all tasks: records that travel
// name their file by its number instead of spelling system, source, namespace and file.
type origins struct {
	sources []*source.Source
	files   []fileOf
	numbers map[fileOf]uint64
	objects []string // of all sources, in order
}

func newOrigins(files []fileOf, sources []*source.Source) *origins {
	o := &origins{sources: sources, files: files, numbers: make(map[fileOf]uint64, len(files))}
	for i, file := range files {
		o.numbers[file] = uint64(i)
	}
	for _, s := range sources {
		o.objects = append(o.objects, s.Objects()...)
	}
	slices.Sort(o.objects)
	o.objects = slices.Compact(o.objects)
	return o
}

// Fields that a record does not spell: those of its origin, the content hash, which no shorter
// form suits, and what its key in the shuffle says.
var (
	ofOrigin = []string{"System", "Source", "Namespace", "Object", "Key", "File", "ContentHash"}
	ofLine   = append([]string{"OrderID"}, ofOrigin...)
)

// The key of a record is, as a rule, the end of its key in the shuffle, or begins with it.
const keySpelt = 0 // else: 1 + where the record's key begins in the key of the shuffle

// appendMeta appends what the codec leaves out of a record. from is where the record's key, or
// the first part of it, begins in the shuffle's key.
func (e *encoder) appendMeta(dst []byte, m *schemas.Meta, from int) ([]byte, error) {
	object, err := e.objectOf(m.Object)
	if err != nil {
		return nil, err
	}
	dst = binary.AppendUvarint(dst, e.file)
	dst = binary.AppendUvarint(dst, object)
	dst = binary.LittleEndian.AppendUint64(dst, m.ContentHash)
	rest := m.Key
	if shared := e.key[from:]; strings.HasPrefix(m.Key, unsafe.String(unsafe.SliceData(shared), len(shared))) {
		dst, rest = binary.AppendUvarint(dst, uint64(from+1)), m.Key[len(shared):]
	} else {
		dst = append(dst, keySpelt)
	}
	return append(binary.AppendUvarint(dst, uint64(len(rest))), rest...), nil
}

// objectOf is the number of an object: records that follow each other mostly have the same.
func (e *encoder) objectOf(object string) (uint64, error) {
	if e.last != object {
		n, ok := slices.BinarySearch(e.origins.objects, object)
		if !ok {
			return 0, fmt.Errorf("no layout of the sources makes a record of object %q", object)
		}
		e.last, e.object = object, uint64(n)
	}
	return e.object, nil
}

// takeMeta reads what appendMeta has written. The texts are those of the origins and of the
// shuffle, but for keys that neither has as a whole: these go into room.
func (o *origins) takeMeta(rec, key []byte, m *schemas.Meta, room *texts) (rest []byte, ok bool) {
	file, n := binary.Uvarint(rec)
	if n <= 0 || file >= uint64(len(o.files)) {
		return nil, false
	}
	object, k := binary.Uvarint(rec[n:])
	if n += k; k <= 0 || object >= uint64(len(o.objects)) || len(rec) < n+8 {
		return nil, false
	}
	f := &o.files[file]
	s := o.sources[f.Source]
	m.System, m.Source, m.Namespace, m.Object, m.File = s.System, s.Spec.Name, s.Namespace, o.objects[object], f.Name
	m.ContentHash = binary.LittleEndian.Uint64(rec[n:])
	rec = rec[n+8:]
	from, k := binary.Uvarint(rec)
	if k <= 0 || from > uint64(len(key))+1 {
		return nil, false
	}
	rec = rec[k:]
	length, k := binary.Uvarint(rec)
	if k <= 0 || length > uint64(len(rec)-k) {
		return nil, false
	}
	spelt, rest := rec[k:k+int(length)], rec[k+int(length):]
	switch {
	case from == keySpelt:
		m.Key = textOf(spelt)
	case length == 0:
		m.Key = textOf(key[from-1:])
	default:
		m.Key = room.join(key[from-1:], spelt)
	}
	return rest, true
}

// decodeInto appends a record to a list.
func decodeInto[T any](r *reducer, list *[]T, c *codec.Codec[T], meta func(*T) *schemas.Meta, rec []byte) (*T, error) {
	n := len(*list)
	if n < cap(*list) {
		*list = (*list)[:n+1]
	} else {
		var zero T
		*list = append(*list, zero)
	}
	v := &(*list)[n]
	var m schemas.Meta
	rest, ok := r.origins.takeMeta(rec, r.key, &m, &r.texts)
	if !ok {
		return nil, fmt.Errorf("%w: its origin", codec.ErrCorrupt)
	}
	if err := c.Decode(rest, v); err != nil {
		return nil, err
	}
	to := meta(v)
	to.System, to.Source, to.Namespace, to.Object, to.Key, to.File, to.ContentHash = m.System, m.Source, m.Namespace, m.Object, m.Key, m.File, m.ContentHash
	return v, nil
}

// textOf views bytes of the shuffle as text: they stay as long as the task.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// texts holds texts that are put together.
type texts struct{ chunk []byte }

// textChunk is how many bytes of texts are allocated at once.
const textChunk = 64 << 10

func (t *texts) join(a, b []byte) string {
	if n := len(a) + len(b); n > cap(t.chunk)-len(t.chunk) {
		t.chunk = make([]byte, 0, max(n, textChunk)) // texts may still lie in the old one
	}
	start := len(t.chunk)
	t.chunk = append(append(t.chunk, a...), b...)
	return textOf(t.chunk[start:])
}
