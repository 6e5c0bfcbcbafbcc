package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// flatten turns a JSON object into dotted paths. Arrays of plain values are joined with
// listSeparator; arrays of objects give each path the joined values of all elements.
func flatten(into map[string]string, prefix string, v any) {
	switch t := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(t))
		for key := range t {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			name := key
			if prefix != "" {
				name = prefix + "." + key
			}
			flatten(into, name, t[key])
		}
	case []any:
		lists := map[string][]string{}
		for _, element := range t {
			one := map[string]string{}
			flatten(one, prefix, element)
			for key, value := range one {
				if list := lists[key]; len(list) > 0 || value != "" {
					lists[key] = append(list, value)
				} else {
					lists[key] = nil
				}
			}
		}
		for key, list := range lists {
			if old := into[key]; old != "" {
				list = append([]string{old}, list...)
			}
			into[key] = strings.Join(list, listSeparator)
		}
		if len(t) == 0 {
			into[prefix] = ""
		}
	case nil:
		into[prefix] = ""
	case string:
		into[prefix] = strings.TrimSpace(t)
	case json.Number:
		into[prefix] = t.String()
	case bool:
		into[prefix] = fmt.Sprint(t)
	}
}

// jsonMapper maps JSON objects; the layout is found by the keys of the first ones.
type jsonMapper struct {
	m *mapper
	c *cells
	// replaced: the row's text has surrogates, and one without its partner becomes U+FFFD.
	replaced bool
	short    *flattener // nil = the layout needs whole objects
	slots    [][]int    // of the short cut, by column: its spellings
	elements func(path string) [][]string
}

func newJSONMapper(s *Source, l *layout, split *Split, sink Sink, counts *Counts) *jsonMapper {
	counts.Layout = l.spec.Name
	c := &cells{values: make([]string, len(l.columns)), bad: make([]string, len(l.columns))}
	j := &jsonMapper{m: newMapper(s, l, split, sink, counts), c: c, short: newFlattener(l)}
	if j.short == nil {
		return j
	}
	for _, name := range l.columns {
		var slots []int
		for _, spelling := range append([]string{name}, l.spec.Aliases[name]...) {
			slots = append(slots, j.short.path(spelling))
		}
		j.slots = append(j.slots, slots)
	}
	j.elements = j.shortElements
	return j
}

// flat maps a JSON object whose values the short cut has read.
func (j *jsonMapper) flat(row, offset, size int64, text []byte) error {
	j.c.sound()
	j.replaced = hasSurrogates(text)
	j.take(j.c.values)
	j.c.row, j.c.offset, j.c.size, j.c.text, j.c.each = row, offset, size, text, j.elements
	return j.m.row(j.c)
}

// take fills the values by column.
func (j *jsonMapper) take(into []string) {
	for i, slots := range j.slots {
		into[i] = ""
		for _, slot := range slots {
			if v := j.short.slots[slot].value; v != "" {
				into[i] = j.sound(i, v)
				break
			}
		}
	}
}

// shortElements are the row's values once for each element of an array.
func (j *jsonMapper) shortElements(path string) [][]string {
	var all [][]string
	j.short.elements(path, func() {
		values := make([]string, len(j.c.values))
		j.take(values)
		all = append(all, values)
	})
	return all
}

// sound returns a value, or notes why it is none.
func (j *jsonMapper) sound(column int, v string) string {
	switch {
	case strings.IndexByte(v, 0) >= 0:
		j.c.spoil(column, CodeNUL)
	case j.replaced && strings.ContainsRune(v, utf8.RuneError):
		j.c.spoil(column, CodeEncoding)
	default:
		return v
	}
	return ""
}

func hasSurrogates(text []byte) bool {
	return bytes.Contains(text, []byte(`\ud`)) || bytes.Contains(text, []byte(`\uD`))
}

// object maps one JSON object.
func (j *jsonMapper) object(v any, row, offset, size int64, text []byte) error {
	flat := map[string]string{}
	flatten(flat, "", v)
	j.c.sound()
	j.replaced = hasSurrogates(text)
	j.unpack(flat)
	j.values(flat, j.c.values)
	j.c.row, j.c.offset, j.c.size, j.c.text = row, offset, size, text
	j.c.each = func(path string) [][]string {
		var all [][]string
		for _, one := range elements(v, flat, "", strings.Split(path, ".")) {
			values := make([]string, len(j.c.values))
			j.values(one, values)
			all = append(all, values)
		}
		return all
	}
	j.c.questions = func(plan *recordPlan) []question { return j.questions(plan, flat) }
	return j.m.row(j.c)
}

// unpack flattens texts that hold JSON themselves.
func (j *jsonMapper) unpack(flat map[string]string) {
	for _, name := range j.m.layout.spec.JSON {
		if flat[name] == "" {
			continue
		}
		v, err := decodeJSON([]byte(flat[name]))
		if err != nil {
			j.m.issue(name, CodeJSON)
			continue
		}
		flatten(flat, name, v)
	}
}

// elements gives an object's flat values once for each element of an array within it. An
// array within an array is walked element by element, so that an inner element keeps the
// values of the outer one that holds it.
func elements(v any, flat map[string]string, path string, rest []string) []map[string]string {
	for len(rest) > 0 {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		path = strings.TrimPrefix(path+"."+rest[0], ".")
		v, rest = object[rest[0]], rest[1:]
		list, ok := v.([]any)
		if !ok {
			continue
		}
		var all []map[string]string
		for _, element := range list {
			one := map[string]string{}
			for key, value := range flat {
				if key != path && !strings.HasPrefix(key, path+".") {
					one[key] = value
				}
			}
			flatten(one, path, element)
			if len(rest) == 0 {
				all = append(all, one)
			} else {
				all = append(all, elements(element, one, path, rest)...)
			}
		}
		return all
	}
	return nil
}

func (j *jsonMapper) values(flat map[string]string, into []string) {
	for i, name := range j.m.layout.columns {
		into[i] = ""
		for _, spelling := range append([]string{name}, j.m.layout.spec.Aliases[name]...) {
			if v := flat[spelling]; v != "" {
				into[i] = j.sound(i, v)
				break
			}
		}
	}
}

// jsonHeader is the union of the keys of some objects.
func jsonHeader(objects []any) []string {
	flat := map[string]string{}
	for _, object := range objects {
		flatten(flat, "", object)
	}
	return slices.Sorted(maps.Keys(flat))
}

func decodeJSON(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text follows the JSON value")
	}
	return v, nil
}
