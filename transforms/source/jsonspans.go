package source

import (
	"bytes"
	"encoding/json"
	"strings"
)

// The functions here walk text that is known to be sound JSON, so that a large document is
// never turned into values as a whole.

// rowsAt finds the elements of the array at a dotted path; at an empty path a document that
// is an object is its only row.
func rowsAt(text []byte, path string) ([]span, bool) {
	i := skipBlanks(text, 0)
	if path == "" && text[i] == '{' {
		return []span{{i, skipValue(text, i)}}, true
	}
	if path != "" {
		for _, key := range strings.Split(path, ".") {
			var ok bool
			if i, ok = memberOf(text, i, key); !ok {
				return nil, false
			}
		}
	}
	if text[i] != '[' {
		return nil, false
	}
	var rows []span
	for i = skipBlanks(text, i+1); text[i] != ']'; i = skipBlanks(text, i) {
		end := skipValue(text, i)
		rows = append(rows, span{i, end})
		if i = skipBlanks(text, end); text[i] == ',' {
			i++
		}
	}
	return rows, true
}

// memberOf finds the value of a key of the object at text[i]; of equal keys the last counts.
func memberOf(text []byte, i int, key string) (at int, ok bool) {
	if text[i] != '{' {
		return 0, false
	}
	for i = skipBlanks(text, i+1); text[i] != '}'; i = skipBlanks(text, i) {
		end := skipValue(text, i)
		var name string
		if json.Unmarshal(text[i:end], &name) != nil {
			return 0, false
		}
		i = skipBlanks(text, skipBlanks(text, end)+1) // behind the colon
		if name == key {
			at, ok = i, true
		}
		if i = skipBlanks(text, skipValue(text, i)); text[i] == ',' {
			i++
		}
	}
	return at, ok
}

func skipBlanks(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the index behind the value that starts at text[i].
func skipValue(text []byte, i int) int {
	switch text[i] {
	case '"':
		return skipString(text, i)
	case '{', '[':
		depth := 0
		for {
			switch text[i] {
			case '"':
				i = skipString(text, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(text) && bytes.IndexByte([]byte(",]} \t\r\n"), text[i]) < 0 {
		i++
	}
	return i
}

func skipString(text []byte, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}
