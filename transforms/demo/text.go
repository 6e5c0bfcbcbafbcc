package demo

import (
	"sync"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// cells appends the cells of one CSV row.
type cells struct {
	b     []byte
	comma byte
	quote bool // every cell is quoted
	any   bool
}

func newCells(b []byte) *cells { return &cells{b: b, comma: ','} }

func (c *cells) next() {
	if c.any {
		c.b = append(c.b, c.comma)
	}
	c.any = true
}

// text appends a cell, quoted where CSV needs it.
func (c *cells) text(s string) *cells {
	c.next()
	if !c.quote && !needsQuote(s, c.comma) {
		c.b = append(c.b, s...)
		return c
	}
	c.b = append(c.b, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			c.b = append(c.b, '"')
		}
		c.b = append(c.b, s[i])
	}
	c.b = append(c.b, '"')
	return c
}

func needsQuote(s string, comma byte) bool {
	for i := 0; i < len(s); i++ {
		if s[i] == comma || s[i] == '"' || s[i] == '\n' || s[i] == '\r' {
			return true
		}
	}
	return false
}

// raw appends a cell as it stands.
func (c *cells) raw(s string) *cells {
	c.next()
	c.b = append(c.b, s...)
	return c
}

func (c *cells) texts(list ...string) *cells {
	for _, s := range list {
		c.text(s)
	}
	return c
}

// empty appends n empty cells.
func (c *cells) empty(n int) *cells {
	for range n {
		c.text("")
	}
	return c
}

func (c *cells) integer(v int64) *cells { return c.text(string(appendInt(nil, v))) }

// cents appends an amount with two decimals.
func (c *cells) cents(v int64) *cells { return c.text(cents(v)) }

func (c *cells) end(line string) []byte {
	c.b = append(c.b, line...)
	return c.b
}

func appendInt(b []byte, v int64) []byte {
	if v < 0 {
		b = append(b, '-')
		v = -v
	}
	var digits [20]byte
	n := len(digits)
	for {
		n--
		digits[n] = byte('0' + v%10)
		v /= 10
		if v == 0 {
			return append(b, digits[n:]...)
		}
	}
}

// padded is a number with leading zeros.
func padded(v uint64, width int) string {
	var digits [20]byte
	for i := range digits {
		digits[len(digits)-1-i] = byte('0' + v%10)
		v /= 10
	}
	return string(digits[len(digits)-width:])
}

func number(v int) string { return string(appendInt(nil, int64(v))) }

func cents(v int64) string { return string(appendCents(nil, v)) }

func appendCents(b []byte, v int64) []byte {
	if v < 0 {
		b = append(b, '-')
		v = -v
	}
	b = appendInt(b, v/100)
	return append(b, '.', byte('0'+v/10%10), byte('0'+v%10))
}

// appendJSON appends a text as a JSON string.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// appendJSONOrNull appends null for an empty text.
func appendJSONOrNull(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return appendJSON(b, s)
}

// gbkTable maps characters of the basic plane to their two bytes.
var gbkTable = sync.OnceValue(func() []uint16 {
	var codes []byte
	for high := 0x81; high <= 0xfe; high++ {
		for low := 0x40; low <= 0xfe; low++ {
			if low != 0x7f {
				codes = append(codes, byte(high), byte(low))
			}
		}
	}
	table := make([]uint16, 1<<16)
	text, err := simplifiedchinese.GBK.NewDecoder().Bytes(codes)
	if err != nil {
		panic(err) // the decoder replaces what it does not know
	}
	i := 0
	for _, r := range string(text) {
		if r < 1<<16 && r != 0xfffd {
			table[r] = uint16(codes[i])<<8 | uint16(codes[i+1])
		}
		i += 2
	}
	return table
})

// appendGBK converts UTF-8. What GBK does not have becomes a question mark.
func appendGBK(b []byte, text []byte) []byte {
	table := gbkTable()
	for _, r := range string(text) {
		switch {
		case r < 0x80:
			b = append(b, byte(r))
		case r < 1<<16 && table[r] != 0:
			b = append(b, byte(table[r]>>8), byte(table[r]))
		default:
			b = append(b, '?')
		}
	}
	return b
}
