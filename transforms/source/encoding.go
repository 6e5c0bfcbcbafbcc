package source

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encodings that are told apart.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	Latin1  = "windows-1252"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
)

func isWide(name string) bool { return name == UTF16LE || name == UTF16BE }

// utf16Reader turns a UTF-16 stream into UTF-8.
func utf16Reader(in io.Reader, name string) io.Reader {
	order := unicode.LittleEndian
	if name == UTF16BE {
		order = unicode.BigEndian
	}
	return transform.NewReader(in, unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder())
}

// utf16Size is how many bytes of UTF-16 a text in UTF-8 came from. It also holds for pieces
// of characters: what it gives for the pieces adds up.
func utf16Size(text []byte) int64 {
	n := int64(0)
	for _, c := range text {
		if c&0xC0 != 0x80 { // first byte of a character
			n += 2
		}
		if c >= 0xF0 { // of one that is a surrogate pair
			n += 2
		}
	}
	return n
}

const asciiBlock = 16

// isASCII tells whether all bytes are below 128.
func isASCII(b []byte) bool {
	for len(b) >= asciiBlock {
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7]|b[8]|b[9]|b[10]|b[11]|b[12]|b[13]|b[14]|b[15])&0x80 != 0 {
			return false
		}
		b = b[asciiBlock:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// errEncoding tells that bytes are not text in the file's encoding.
var errEncoding = errors.New("is not text in the file's encoding")

// cellDecoder turns cells of one file into UTF-8. A text that could only be guessed is an
// error, never wrong text.
type cellDecoder struct {
	name    string
	decoder *encoding.Decoder // nil = UTF-8
	cache   map[string]string // of short cells, which repeat
	row     []byte            // of decoded cells that are not in the cache
}

const (
	decoderCache  = 1 << 14
	decoderShort  = 48
	maxExpansion  = 3 // bytes of UTF-8 for one of GB18030 or Windows-1252
	decoderRowCap = 1 << 20
)

func newCellDecoder(name string) *cellDecoder {
	d := &cellDecoder{name: name, cache: map[string]string{}}
	switch name {
	case GB18030:
		d.decoder = simplifiedchinese.GB18030.NewDecoder()
	case Latin1:
		d.decoder = charmap.Windows1252.NewDecoder()
	}
	return d
}

// nextRow ends the life of the texts that decode has returned.
func (d *cellDecoder) nextRow() {
	if cap(d.row) > decoderRowCap {
		d.row = nil
	}
	d.row = d.row[:0]
}

// reads tells whether all cells of a row are sound as they are.
func (d *cellDecoder) reads(row []byte) bool {
	return isASCII(row) || d.decoder == nil && !isWide(d.name) && utf8.Valid(row)
}

// decode returns a cell as UTF-8. The result is valid until nextRow, or until the cell is
// overwritten.
func (d *cellDecoder) decode(cell []byte) (string, error) {
	if isASCII(cell) {
		return alias(cell), nil
	}
	if d.decoder == nil {
		if !utf8.Valid(cell) || isWide(d.name) && bytes.ContainsRune(cell, utf8.RuneError) {
			return "", errEncoding
		}
		return alias(cell), nil
	}
	if text, ok := d.cache[alias(cell)]; ok {
		return text, nil
	}
	if d.likelyUTF8(cell) {
		return "", errEncoding
	}
	text, err := d.convert(cell)
	if err != nil {
		return "", err
	}
	if len(cell) <= decoderShort {
		if len(d.cache) >= decoderCache {
			clear(d.cache)
		}
		text = strings.Clone(text)
		d.cache[string(cell)] = text
	}
	return text, nil
}

func (d *cellDecoder) convert(cell []byte) (string, error) {
	start := len(d.row)
	if need := start + maxExpansion*len(cell) + utf8.UTFMax; need > cap(d.row) {
		d.row = make([]byte, 0, 2*need) // texts that alias the old one keep it
		start = 0
	}
	d.decoder.Reset()
	n, _, err := d.decoder.Transform(d.row[start:cap(d.row)], cell, true)
	if err != nil {
		return "", errEncoding
	}
	decoded := d.row[start : start+n : start+n]
	if bytes.ContainsRune(decoded, utf8.RuneError) {
		return "", errEncoding
	}
	d.row = d.row[:start+n]
	return alias(decoded), nil
}

// likelyUTF8 finds cells of another encoding than the file's: sound UTF-8 is hardly ever
// Windows-1252, and with a three-byte Chinese character hardly ever GB18030.
func (d *cellDecoder) likelyUTF8(cell []byte) bool {
	if !utf8.Valid(cell) {
		return false
	}
	if d.name == Latin1 {
		return true
	}
	for _, c := range cell {
		if c >= 0xE3 && c <= 0xE9 {
			return true
		}
	}
	return false
}

// originalText is a refused row as text that can be stored: decoded where it can be, with
// other bytes written as \xNN, and cut off at maxOriginal bytes.
func originalText(row []byte, encodingName string) string {
	cut := len(row) > maxOriginal
	if cut {
		row = row[:maxOriginal]
	}
	if !utf8.Valid(row) {
		if text, err := newCellDecoder(encodingName).decode(row); err == nil {
			row = []byte(text)
		} else {
			row = escapeBytes(row)
		}
	}
	if cut {
		return string(row) + " ..."
	}
	return string(row)
}

func escapeBytes(row []byte) []byte {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(row)+16)
	for len(row) > 0 {
		r, n := utf8.DecodeRune(row)
		if r == utf8.RuneError && n == 1 {
			out = append(out, '\\', 'x', digits[row[0]>>4], digits[row[0]&15])
		} else {
			out = append(out, row[:n]...)
		}
		row = row[n:]
	}
	return out
}
