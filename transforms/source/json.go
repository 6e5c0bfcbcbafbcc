package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// MaxJSON is the largest single JSON document: it is read whole.
const MaxJSON = 512 << 20

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
		for _, element := range t {
			one := map[string]string{}
			flatten(one, prefix, element)
			for _, key := range sortedTexts(one) {
				if old, ok := into[key]; ok && old != "" {
					into[key] = old + listSeparator + one[key]
				} else {
					into[key] = one[key]
				}
			}
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

func sortedTexts(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// dig follows a dotted path into a JSON value.
func dig(v any, path string) any {
	for _, key := range strings.Split(path, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[key]
	}
	return v
}

// jsonMapper maps JSON objects; the layout is found by the keys of the first ones.
type jsonMapper struct {
	m *mapper
	c *cells
}

func newJSONMapper(s *Source, l *layout, split *Split, sink Sink, counts *Counts) *jsonMapper {
	counts.Layout = l.spec.Name
	c := &cells{values: make([]string, len(l.columns)), bad: make([]string, len(l.columns))}
	return &jsonMapper{newMapper(s, l, split, sink, counts), c}
}

// object maps one JSON object.
func (j *jsonMapper) object(v any, row, offset, size int64, text []byte) error {
	flat := map[string]string{}
	flatten(flat, "", v)
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
			if v, ok := flat[spelling]; ok && v != "" {
				into[i] = v
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
	return sortedTexts(flat)
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

// headerSample is how many objects tell the layout.
const headerSample = 100

func readNDJSON(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	var sample []any
	if err := eachLine(split, func(line []byte, _, _ int64) (bool, error) {
		if v, err := decodeJSON(line); err == nil {
			sample = append(sample, v)
		}
		return len(sample) < headerSample, nil
	}); err != nil {
		return err
	}
	if len(sample) == 0 {
		return fmt.Errorf("no line holds a JSON object")
	}
	l, err := s.layoutFor(jsonHeader(sample))
	if err != nil {
		return err
	}
	j := newJSONMapper(s, l, split, sink, counts)
	row := int64(0)
	return eachLine(split, func(line []byte, offset, size int64) (bool, error) {
		counts.Bytes += size
		if len(bytes.TrimSpace(line)) == 0 {
			j.m.skip(SkipBlank, size)
			return true, ctx.Err()
		}
		row++
		v, err := decodeJSON(line)
		if _, object := v.(map[string]any); err != nil || !object {
			j.c.row, j.c.offset, j.c.size, j.c.text = row, offset, size, line
			return true, j.m.reject(&fault{CodeJSON, "", "the line is not a JSON object"}, j.c)
		}
		return true, j.object(v, row, offset, size, line)
	})
}

// eachLine calls each for every line of a split until it returns false.
func eachLine(split *Split, each func(line []byte, offset, size int64) (bool, error)) error {
	in, err := stream(split.Path, split.Member)
	if err != nil {
		return err
	}
	defer in.Close()
	var text io.Reader = in
	if split.Encoding == UTF16LE || split.Encoding == UTF16BE {
		text = utf16Reader(in, split.Encoding)
	}
	lines := bufio.NewReaderSize(text, 1<<18)
	offset := int64(0)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > MaxRow {
			return fmt.Errorf("a line is longer than %d bytes", MaxRow)
		}
		if len(line) > 0 {
			size := int64(len(line))
			more, eachErr := each(bytes.TrimPrefix(bytes.TrimRight(line, "\r\n"), []byte("\xEF\xBB\xBF")), offset, size)
			if eachErr != nil || !more {
				return eachErr
			}
			offset += size
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func readJSON(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	in, err := stream(split.Path, split.Member)
	if err != nil {
		return err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, MaxJSON+1))
	if err != nil {
		return err
	}
	if len(data) > MaxJSON {
		return fmt.Errorf("the JSON document is larger than %d bytes: export one object a line", MaxJSON)
	}
	counts.Bytes = int64(len(data))
	if split.Encoding == UTF16LE || split.Encoding == UTF16BE {
		if data, err = io.ReadAll(utf16Reader(bytes.NewReader(data), split.Encoding)); err != nil {
			return err
		}
	}
	document, err := decodeJSON(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))
	if err != nil {
		counts.Bytes = 0
		return fmt.Errorf("not a sound JSON document: %w", err)
	}
	l, rows, err := jsonRows(s, document)
	if err != nil {
		return err
	}
	j := newJSONMapper(s, l, split, sink, counts)
	for i, v := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		// The parser does not keep the place of an element; its bytes are those of its
		// compact form, what is left of the document counts as header.
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if _, object := v.(map[string]any); !object {
			j.c.row, j.c.offset, j.c.size, j.c.text = int64(i+1), -1, int64(len(text)), text
			if err := j.m.reject(&fault{CodeJSON, "", "the row is not a JSON object"}, j.c); err != nil {
				return err
			}
			continue
		}
		if err := j.object(v, int64(i+1), -1, int64(len(text)), text); err != nil {
			return err
		}
	}
	counts.Header = counts.Bytes - counts.Accepted.Bytes - counts.Skipped.Bytes - counts.Rejected.Bytes
	return nil
}

// jsonRows finds the array of rows: where a layout says, else the document itself.
func jsonRows(s *Source, document any) (*layout, []any, error) {
	var failure error
	for _, l := range s.layouts {
		rows, ok := document.([]any)
		if l.spec.Rows != "" {
			rows, ok = dig(document, l.spec.Rows).([]any)
		} else if object, single := document.(map[string]any); single {
			rows, ok = []any{object}, true
		}
		if !ok {
			continue
		}
		if len(rows) == 0 {
			return l, nil, nil
		}
		found, err := s.layoutFor(jsonHeader(rows[:min(len(rows), headerSample)]))
		if err != nil {
			failure = err
			continue
		}
		if found == l {
			return l, rows, nil
		}
	}
	if failure == nil {
		failure = fmt.Errorf("the document holds no array of rows that profile %s knows", s.Spec.ProfileName)
	}
	return nil, nil, failure
}
