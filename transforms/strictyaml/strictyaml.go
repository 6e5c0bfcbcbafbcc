// Package strictyaml decodes YAML into structs and reports every mistake at once, each
// with file, line and the nearest valid name.
//
// A key that the target struct does not have, a value of the wrong type and a variable
// that is not set are errors; nothing is ignored in silence.
package strictyaml

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Error is one mistake in a YAML file.
type Error struct {
	File    string
	Line    int
	Message string
}

// Error returns "file:line: message".
func (e Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

// Decode reads the documents of a YAML file, calls target for each to learn what to decode
// it into, and returns all mistakes found, in the order of their lines. lookup resolves
// ${VAR} inside scalars; nil leaves them as they are.
func Decode(file string, data []byte, lookup func(string) (string, bool), target func(doc *yaml.Node) any) []Error {
	var mistakes []Error
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return mistakes
		}
		if err != nil {
			return append(mistakes, syntaxError(file, err))
		}
		if len(doc.Content) == 0 {
			continue
		}
		node := doc.Content[0]
		walk := walker{file: file, lookup: lookup}
		walk.expand(node)
		into := target(node)
		if into != nil {
			walk.check(node, reflect.TypeOf(into), "")
			if len(walk.mistakes) == 0 {
				if err := node.Decode(into); err != nil {
					walk.mistakes = append(walk.mistakes, typeErrors(file, node, err)...)
				}
			}
		}
		mistakes = append(mistakes, walk.mistakes...)
	}
}

var syntaxLine = regexp.MustCompile(`line (\d+): `)

func syntaxError(file string, err error) Error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := syntaxLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits only
		text = strings.Replace(text, m[0], "", 1)
	}
	return Error{file, line, text}
}

func typeErrors(file string, node *yaml.Node, err error) []Error {
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		return []Error{{file, node.Line, err.Error()}}
	}
	out := make([]Error, 0, len(typed.Errors))
	for _, text := range typed.Errors {
		out = append(out, syntaxError(file, errors.New(text)))
	}
	return out
}

type walker struct {
	file     string
	lookup   func(string) (string, bool)
	mistakes []Error
}

func (w *walker) fail(line int, format string, args ...any) {
	w.mistakes = append(w.mistakes, Error{w.file, line, fmt.Sprintf(format, args...)})
}

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand replaces ${VAR} in every scalar value.
func (w *walker) expand(node *yaml.Node) {
	if w.lookup == nil {
		return
	}
	if node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "${") {
		node.Value = variable.ReplaceAllStringFunc(node.Value, func(ref string) string {
			name := ref[2 : len(ref)-1]
			value, ok := w.lookup(name)
			if !ok {
				w.fail(node.Line, "environment variable %s is not set", name)
			}
			return value
		})
	}
	for _, child := range node.Content {
		w.expand(child)
	}
}

var nodeType = reflect.TypeOf(yaml.Node{})

// unmarshaler types and yaml.Node check themselves.
func opaque(t reflect.Type) bool {
	custom := reflect.TypeOf((*yaml.Unmarshaler)(nil)).Elem()
	return t == nodeType || t.Implements(custom) || reflect.PointerTo(t).Implements(custom)
}

// check compares the keys of mapping nodes with the fields of the type that they are decoded into.
func (w *walker) check(node *yaml.Node, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if opaque(t) {
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		w.checkStruct(node, t, path)
	case reflect.Slice:
		if node.Kind == yaml.SequenceNode {
			for _, item := range node.Content {
				w.check(item, t.Elem(), path)
			}
		}
	case reflect.Map:
		if node.Kind == yaml.MappingNode {
			for i := 1; i < len(node.Content); i += 2 {
				w.check(node.Content[i], t.Elem(), path)
			}
		}
	}
}

func (w *walker) checkStruct(node *yaml.Node, t reflect.Type, path string) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return
	}
	if node.Kind != yaml.MappingNode {
		w.fail(node.Line, "%s must be a mapping (%s)", nameOr(path, "the document"), strings.Join(fieldNames(t), ", "))
		return
	}
	fields := structFields(t)
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if line, twice := seen[key.Value]; twice {
			w.fail(key.Line, "key %q is given twice (first on line %d)", key.Value, line)
			continue
		}
		seen[key.Value] = key.Line
		field, ok := fields[key.Value]
		if !ok {
			w.fail(key.Line, "unknown key %q in %s%s", key.Value, nameOr(path, "the document"), Suggest(key.Value, fieldNames(t)))
			continue
		}
		w.check(node.Content[i+1], field, key.Value)
	}
}

func nameOr(name, fallback string) string {
	if name == "" {
		return fallback
	}
	return name
}

func structFields(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		field := t.Field(i)
		tag, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if tag == "-" || !field.IsExported() {
			continue
		}
		if options == "inline" {
			for name, inner := range structFields(field.Type) {
				out[name] = inner
			}
			continue
		}
		if tag == "" {
			tag = strings.ToLower(field.Name)
		}
		out[tag] = field.Type
	}
	return out
}

func fieldNames(t reflect.Type) []string {
	var names []string
	for name := range structFields(t) {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Suggest returns `; did you mean "x"?` for the valid name nearest to the given one, or the
// list of valid names when none is near.
func Suggest(name string, valid []string) string {
	best, distance := "", len(name)/2+1
	for _, candidate := range valid {
		if d := editDistance(strings.ToLower(name), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if len(valid) == 0 {
		return ""
	}
	return "; valid: " + strings.Join(valid, ", ")
}

// editDistance is the Levenshtein distance between two short names, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
