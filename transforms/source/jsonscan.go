package source

import (
	"bytes"
	"encoding/json"
	"strings"
)

// The short cut's reading of single JSON values.

func (f *flattener) peek() byte {
	if f.at < len(f.data) {
		return f.data[f.at]
	}
	return 0
}

func (f *flattener) blank() {
	for f.at < len(f.data) {
		switch f.data[f.at] {
		case ' ', '\t', '\r', '\n':
			f.at++
		default:
			return
		}
	}
}

// scalar reads a text, number, true, false or null; as text where it is used.
func (f *flattener) scalar(used bool) (string, bool) {
	switch f.peek() {
	case '"':
		start := f.at
		raw, escaped, ok := f.text()
		if !ok || !used {
			return "", ok
		}
		if !escaped {
			return strings.TrimSpace(alias(raw)), true
		}
		var decoded string
		if json.Unmarshal(f.data[start:f.at], &decoded) != nil {
			return "", false
		}
		return strings.TrimSpace(decoded), true
	case 't':
		return "true", f.word("true")
	case 'f':
		return "false", f.word("false")
	case 'n':
		return "", f.word("null")
	}
	start := f.at
	if !f.number() {
		return "", false
	}
	return alias(f.data[start:f.at]), true
}

func (f *flattener) word(word string) bool {
	if !bytes.HasPrefix(f.data[f.at:], []byte(word)) {
		return false
	}
	f.at += len(word)
	return true
}

// text reads a quoted text: the bytes between the quotes, and whether they hold escapes.
func (f *flattener) text() (raw []byte, escaped, ok bool) {
	if f.peek() != '"' {
		return nil, false, false
	}
	start := f.at + 1
	for i := start; i < len(f.data); i++ {
		switch c := f.data[i]; {
		case c == '"':
			f.at = i + 1
			return f.data[start:i], escaped, true
		case c < ' ':
			return nil, false, false
		case c == '\\':
			escaped = true
			if i++; i >= len(f.data) {
				return nil, false, false
			}
			if f.data[i] == 'u' {
				if i+4 >= len(f.data) || !isHex(f.data[i+1:i+5]) {
					return nil, false, false
				}
				i += 4
			} else if strings.IndexByte(`"\/bfnrt`, f.data[i]) < 0 {
				return nil, false, false
			}
		}
	}
	return nil, false, false
}

func isHex(digits []byte) bool {
	for _, c := range digits {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// number reads -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
func (f *flattener) number() bool {
	if f.peek() == '-' {
		f.at++
	}
	switch c := f.peek(); {
	case c == '0':
		f.at++
	case c >= '1' && c <= '9':
		f.digits()
	default:
		return false
	}
	if f.peek() == '.' {
		f.at++
		if !f.digits() {
			return false
		}
	}
	if c := f.peek(); c == 'e' || c == 'E' {
		f.at++
		if c := f.peek(); c == '+' || c == '-' {
			f.at++
		}
		return f.digits()
	}
	return true
}

func (f *flattener) digits() bool {
	start := f.at
	for f.at < len(f.data) && f.data[f.at] >= '0' && f.data[f.at] <= '9' {
		f.at++
	}
	return f.at > start
}
