package source

import (
	"bytes"
	"errors"
	"io"
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

// sniffEncoding tells the encoding of a file from its first bytes; bom is the length of the mark.
func sniffEncoding(head []byte) (name string, bom int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE, 2
	}
	sound, broken, single, double := 0, 0, 0, 0
	for len(head) > 0 {
		line := head
		if i := bytes.IndexByte(head, '\n'); i >= 0 {
			line, head = head[:i], head[i+1:]
		} else {
			head = nil
		}
		if isASCII(line) {
			continue
		}
		if utf8.Valid(line) || (head == nil && utf8.Valid(trimPartial(line))) {
			sound++
			continue
		}
		broken++
		s, d := runsOfHighBytes(line)
		single += s
		double += d
	}
	switch {
	case sound >= broken:
		return UTF8, 0
	case single > 3*double:
		return Latin1, 0
	}
	return GB18030, 0
}

// trimPartial cuts an incomplete character off the end of a sample.
func trimPartial(b []byte) []byte {
	for i := 1; i <= 3 && i <= len(b); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			return b[:len(b)-i]
		}
	}
	return b
}

// runsOfHighBytes counts lone bytes above 127 and longer runs: Western text has lone ones.
func runsOfHighBytes(line []byte) (single, longer int) {
	run := 0
	for i := 0; i <= len(line); i++ {
		if i < len(line) && line[i] >= 0x80 {
			run++
			continue
		}
		if run == 1 {
			single++
		} else if run > 1 {
			longer++
		}
		run = 0
	}
	return single, longer
}

func isASCII(b []byte) bool {
	for len(b) >= 8 {
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&0x80 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// utf16Reader turns a UTF-16 stream into UTF-8.
func utf16Reader(in io.Reader, name string) io.Reader {
	order := unicode.LittleEndian
	if name == UTF16BE {
		order = unicode.BigEndian
	}
	return transform.NewReader(in, unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder())
}

// errEncoding tells that bytes are not text in the file's encoding.
var errEncoding = errors.New("is not text in the file's encoding")

// cellDecoder turns cells of one file into UTF-8. Frequent cells are remembered.
type cellDecoder struct {
	decoder *encoding.Decoder // nil = UTF-8
	cache   map[string]string
}

const decoderCache = 1 << 14

func newCellDecoder(name string) *cellDecoder {
	switch name {
	case GB18030:
		return &cellDecoder{decoder: simplifiedchinese.GB18030.NewDecoder(), cache: map[string]string{}}
	case Latin1:
		return &cellDecoder{decoder: charmap.Windows1252.NewDecoder(), cache: map[string]string{}}
	}
	return &cellDecoder{}
}

// decode returns a cell as UTF-8. The result may alias the cell.
func (d *cellDecoder) decode(cell []byte) (string, error) {
	if isASCII(cell) {
		return alias(cell), nil
	}
	if d.decoder == nil {
		if !utf8.Valid(cell) {
			return "", errEncoding
		}
		return alias(cell), nil
	}
	if text, ok := d.cache[alias(cell)]; ok {
		return text, nil
	}
	decoded, err := d.decoder.Bytes(cell)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return "", errEncoding
	}
	if len(d.cache) >= decoderCache {
		clear(d.cache)
	}
	text := string(decoded)
	d.cache[string(cell)] = text
	return text, nil
}
