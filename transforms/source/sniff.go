package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// Formats of files.
const (
	FormatDelimited = "delimited"
	FormatNDJSON    = "ndjson"
	FormatJSON      = "json"
	FormatXLSX      = "xlsx"
	FormatParquet   = "parquet"
)

// shape is what a sample of a file tells.
type shape struct {
	format   string
	encoding string
	bom      int
	comma    byte
	declared bool // the first line names the delimiter: sep=;
}

const sniffBytes = 1 << 18

// foreign are files that look like exports and are none, by their first bytes.
var foreign = []struct{ magic, what string }{
	{"\xD0\xCF\x11\xE0", "is an old or password-protected workbook: save it as .xlsx without a password"},
	{"\x1F\x8B", "is gzip: its name must end in .gz, and an archive may not hold it"},
	{"\x28\xB5\x2F\xFD", "is zstd: unpack it, or use gzip"},
	{"7z\xBC\xAF", "is a 7z archive: unpack it, or use zip"},
	{"Rar!", "is a RAR archive: unpack it, or use zip"},
	{"%PDF", "is a PDF: export it as CSV"},
	{"\x00\x00\xFE\xFF", "is UTF-32: export it as UTF-8"},
	{"\xFF\xFE\x00\x00", "is UTF-32: export it as UTF-8"},
}

// sniff tells format, encoding and delimiter. head is the file's beginning; sample, which may
// be the same, is text that holds its first characters that are not ASCII.
func sniff(name string, head, sample []byte) (shape, error) {
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return shape{format: FormatParquet}, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return shape{format: FormatXLSX}, nil
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return shape{}, errors.New("the file " + f.what)
		}
	}
	s := shape{}
	s.encoding, s.bom = sniffEncoding(head, sample)
	text := s.text(head)
	trimmed := bytes.TrimLeft(text, " \t\r\n\uFEFF")
	if len(trimmed) == 0 {
		s.format, s.comma = FormatDelimited, ','
		return s, nil
	}
	if start := bytes.ToLower(trimmed[:min(len(trimmed), 16)]); bytes.HasPrefix(start, []byte("<html")) || bytes.HasPrefix(start, []byte("<table")) || bytes.HasPrefix(start, []byte("<!doctype")) || bytes.HasPrefix(start, []byte("<?xml")) {
		return shape{}, errors.New("the file is a web page or XML, whatever its name says: export it as CSV or .xlsx")
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		s.format = FormatJSON
		if !isWide(s.encoding) {
			s.encoding = UTF8 // JSON has no other; what is not is refused row by row
		}
		if trimmed[0] == '{' && objectsByLine(name, trimmed) {
			s.format = FormatNDJSON
		}
		return s, nil
	}
	s.format = FormatDelimited
	if comma, ok := declaredDelimiter(text); ok {
		s.comma, s.declared = comma, true
		return s, nil
	}
	s.comma = sniffDelimiter(text)
	return s, nil
}

// text is a file's beginning behind the byte order mark, in UTF-8 if it was UTF-16.
func (s *shape) text(head []byte) []byte {
	text := head[s.bom:]
	if isWide(s.encoding) {
		text, _ = io.ReadAll(utf16Reader(bytes.NewReader(text[:len(text)&^1]), s.encoding)) // a reader of bytes has no errors
	}
	return text
}

// declaredDelimiter reads the line by which Excel names the delimiter: sep=;
func declaredDelimiter(text []byte) (byte, bool) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.Trim(line, "\r\"")
	if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) && strings.IndexByte(",;\t|", line[4]) >= 0 {
		return line[4], true
	}
	return 0, false
}

// objectsByLine tells one object a line from one document: by the file's name, else by the
// first lines. A single line may be either and is read as a document, which gives the same.
func objectsByLine(name string, text []byte) bool {
	switch strings.ToLower(path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))) {
	case ".ndjson", ".jsonl":
		return true
	}
	lines, whole := 0, 0
	for len(text) > 0 && lines < 20 {
		line, rest, complete := bytes.Cut(text, []byte("\n"))
		line, text = bytes.TrimSpace(line), rest
		object := len(line) > 0 && line[0] == '{' && balanced(line)
		if len(line) == 0 || !complete && !object {
			continue // the sample may end within a line
		}
		lines++
		if object {
			whole++
		}
	}
	return lines > 1 && 2*whole >= lines
}

// balanced tells whether brackets and quotes of a line close, the last with the line.
func balanced(line []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '{' || c == '['):
			depth++
		case !quoted && (c == '}' || c == ']'):
			depth--
		}
	}
	return depth == 0 && !quoted && len(line) > 0 && line[len(line)-1] == '}'
}

// sniffDelimiter counts delimiters outside quotes in the first line.
func sniffDelimiter(text []byte) byte {
	var counts [256]int
	quoted, seen := false, false
	for _, c := range text {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\n' && seen {
			break
		}
		counts[c]++
		seen = seen || c > ' '
	}
	best := byte(',')
	for _, c := range []byte{'\t', ';', '|'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// sniffEncoding tells the encoding of a file from its beginning and from a sample that holds
// characters beyond ASCII; bom is the length of the mark. What fits no encoding well is taken
// for UTF-8, so that its cells are refused one by one instead of becoming wrong text.
func sniffEncoding(head, sample []byte) (name string, bom int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE, 2
	}
	if name := unmarkedUTF16(head); name != "" {
		return name, 0
	}
	var broken []byte
	soundLines, brokenLines := 0, 0
	for len(sample) > 0 {
		line, rest, complete := bytes.Cut(sample, []byte("\n"))
		sample = rest
		switch {
		case isASCII(line):
		case utf8.Valid(line) || !complete && utf8.Valid(trimPartial(line)):
			soundLines++
		default:
			brokenLines++
			broken = append(append(broken, line...), '\n')
		}
	}
	switch {
	case soundLines >= brokenLines:
		return UTF8, 0
	case looksChinese(broken):
		return GB18030, 0
	case looksWestern(broken):
		return Latin1, 0
	}
	return UTF8, 0
}

// unmarkedUTF16 finds UTF-16 without a mark: of its first characters, every second byte is zero.
func unmarkedUTF16(head []byte) string {
	head = head[:min(len(head), 128)&^1]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch enough := max(len(head)/4, 2); {
	case zeros[1] >= enough && zeros[0] == 0:
		return UTF16LE
	case zeros[0] >= enough && zeros[1] == 0:
		return UTF16BE
	}
	return ""
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

// looksChinese tells whether most characters of a text beyond ASCII, read as GB18030, are of
// the 3,755 common ones of GB 2312 (rows 16-55) or its signs and full-width forms (rows 1-3).
// Western, Cyrillic and Japanese text in one of their own encodings gives rare characters.
func looksChinese(text []byte) bool {
	common, other := 0, 0
	for i := 0; i < len(text); i++ {
		lead := text[i]
		if lead < 0x80 {
			continue
		}
		if i+1 < len(text) && text[i+1] >= 0xA1 && text[i+1] != 0xFF && (lead >= 0xB0 && lead <= 0xD7 || lead >= 0xA1 && lead <= 0xA3) {
			common++
			i++
			continue
		}
		other++
		if i+1 < len(text) && text[i+1] >= 0x40 {
			i++
		}
	}
	return common > 0 && 10*common >= 6*(common+other)
}

// looksWestern tells whether the bytes above 127 of a text mostly stand alone, as accented
// letters of Windows-1252 do. Signs within words speak against it: they are letters of Central
// European encodings.
func looksWestern(text []byte) bool {
	single, longer, run := 0, 0, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] >= 0x80 {
			switch text[i] {
			case 0x81, 0x8D, 0x8F, 0x90, 0x9D:
				return false // no characters
			}
			if text[i] > 0xA0 && text[i] < 0xC0 && text[i] != 0xB7 && i > 0 && isLetter(text[i-1]) && i+1 < len(text) && isLetter(text[i+1]) {
				longer++
			}
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
	return single > 3*longer
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// beyondASCII reads on until something is not ASCII and returns a sample from there.
func beyondASCII(in io.Reader) ([]byte, error) {
	buf := make([]byte, sniffBytes)
	for {
		n, err := io.ReadFull(in, buf)
		chunk := buf[:n]
		if !isASCII(chunk) {
			return chunk, nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading on for the encoding: %w", err)
		}
	}
}
