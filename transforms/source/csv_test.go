package source

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// seen is a row as a test compares it.
type seen struct {
	Row    int64
	Offset int64
	Size   int64
	Code   string
	Cells  string
	Text   string
}

// scanAll reads all rows that are not blank, numbered.
func scanAll(t interface{ Fatal(...any) }, reader *csvReader, row int64) []seen {
	var all []seen
	next := reader.offset
	for {
		r, err := reader.next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.offset != next || r.size <= 0 {
			t.Fatal(fmt.Sprintf("the row at %d of %d bytes does not follow on %d", r.offset, r.size, next))
		}
		next += r.size
		if blankRow(&r, reader.comma) {
			continue
		}
		row++
		s := seen{Row: row, Offset: r.offset, Size: r.size, Code: r.code, Text: string(r.text)}
		if r.code == "" {
			s.Cells = fmt.Sprintf("%q", r.cells)
		}
		all = append(all, s)
	}
}

// dirtyText draws text that is full of what matters to a reader of delimited text.
func dirtyText() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		`"`, `""`, `"""`, ",", ",,", "\n", "\r\n", "\r", "\n\n", "a", "bc", "1234567890", " ", "\t", "王", "😀", `,"`, `",`, `"` + "\n", "\n" + `"`, `="00123"`, "'", "\x00", "\xFF", ";",
		`1,"x",y` + "\n", `2,"multi` + "\n" + `line",z` + "\r\n", `3,5" screen,w` + "\n", strings.Repeat("long ", 7),
	})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "pieces"), "") })
}

// Rows do not depend on how the bytes arrive: at once, byte by byte, or in halves.
func TestRowsFollowFromTheBytesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := dirtyText().Draw(t, "text")
		want := scanAll(t, newCSVReader(strings.NewReader(text), ',', 0), 0)
		for name, in := range map[string]io.Reader{
			"byte by byte":  iotest.OneByteReader(strings.NewReader(text)),
			"in halves":     iotest.HalfReader(strings.NewReader(text)),
			"end with data": iotest.DataErrReader(strings.NewReader(text)),
		} {
			small := newCSVReader(in, ',', 0)
			small.buf = make([]byte, 1) // grows with every row
			if diff := cmp.Diff(want, scanAll(t, small, 0)); diff != "" {
				t.Fatalf("%s (-at once +pieces):\n%s", name, diff)
			}
		}
	})
}

// Well-formed text is read like encoding/csv reads it.
func TestWellFormedTextAsTheStandardLibraryReadsIt(t *testing.T) {
	cell := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[a-z0-9 ]{1,12}`), rapid.StringMatching(`[a-z,;"\n 王😀]{0,20}`), rapid.Just(`"`), rapid.Just("\n"))
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 5).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 0, 12).Draw(t, "rows")
		comma := rapid.SampledFrom([]byte{',', ';', '\t', '|'}).Draw(t, "comma")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma, w.UseCRLF = rune(comma), rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if rapid.Bool().Draw(t, "without last feed") {
			text = strings.TrimRight(text, "\r\n")
		}
		reader := newCSVReader(strings.NewReader(text), comma, 0)
		standard := csv.NewReader(strings.NewReader(text))
		standard.Comma = rune(comma)
		for {
			want, err := standard.Read()
			got, gotErr := reader.next()
			for gotErr == nil && len(got.text) == 0 {
				got, gotErr = reader.next() // encoding/csv passes over empty lines
			}
			if errors.Is(err, io.EOF) != errors.Is(gotErr, io.EOF) {
				t.Fatalf("ends differ: %v, %v", err, gotErr)
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil || gotErr != nil || got.code != "" {
				t.Fatal(err, gotErr, got.code)
			}
			for i := range want {
				// encoding/csv turns line ends within a cell into \n; here a cell keeps its bytes.
				if i >= len(got.cells) || strings.ReplaceAll(string(got.cells[i]), "\r\n", "\n") != want[i] {
					t.Fatalf("cells %q, want %q", got.cells, want)
				}
			}
			if len(got.cells) != len(want) {
				t.Fatalf("%d cells, want %d", len(got.cells), len(want))
			}
		}
	})
}

// Whatever the size of the ranges, they give the rows, row numbers and offsets of one reader.
func TestRangesGiveTheRowsOfOneReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ranges.csv")
	rapid.Check(t, func(t *rapid.T) {
		header := "h1,h2,h3\n"
		text := header + dirtyText().Draw(t, "text")
		size := rapid.Int64Range(1, 60).Draw(t, "range")
		footer := rapid.Int64Range(0, 40).Draw(t, "footer")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		whole := Split{Path: path, Comma: ',', Start: int64(len(header)), End: -1, FirstRow: 1, First: true, Last: true, Skipped: int64(len(header))}
		splits, err := cut(whole, nil, size, footer)
		if err != nil {
			t.Fatal(err)
		}
		var got []seen
		at := whole.Start
		for i, split := range splits {
			if split.Start != at || split.End < at || split.First != (i == 0) || split.Last != (i == len(splits)-1) || split.Bytes != split.End-split.Start {
				t.Fatalf("range %d does not follow on %d: %+v", i, at, split)
			}
			if !split.Last && int64(len(text))-split.End <= footer {
				t.Fatalf("range %d ends at %d of %d, within the footer", i, split.End, len(text))
			}
			at = split.End
			in, closer, err := openText(&split)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, scanAll(t, &csvReader{textReader: *in, comma: ','}, split.FirstRow-1)...)
			closer.Close()
		}
		if at != int64(len(text)) {
			t.Fatalf("the ranges end at %d of %d", at, len(text))
		}
		one := newCSVReader(strings.NewReader(text[len(header):]), ',', int64(len(header)))
		if diff := cmp.Diff(scanAll(t, one, 0), got); diff != "" {
			t.Fatalf("(-one reader +ranges):\n%s", diff)
		}
	})
}

// Ranges of a file see its footer as one reader does, and blank lines far from the end are none.
func TestFooterBehindRanges(t *testing.T) {
	var b strings.Builder
	b.WriteString(ordersHeader)
	for i := range 4000 {
		b.WriteString(strings.Replace(orderRow(1+i%9), "B-", fmt.Sprintf("B%d-", i), 1))
		if i%500 == 250 {
			b.WriteString("\n\n\n")
		}
	}
	b.WriteString("\n\nTotal,,,,,99.00,\nLinden Home\n\nConfidential\n")
	s := compileProfile(t, ordersProfile)
	path := writeFile(t, "report.csv", []byte(b.String()))
	whole, err := Splits(s, 0, File{Path: path, Name: "report.csv", Bytes: int64(b.Len())})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{1, 1000, 1 << 20} {
		ranges, err := cut(whole[0], nil, size, MaxFooter)
		if err != nil {
			t.Fatal(err)
		}
		sink := &collector{}
		counts, err := readSplits(s, ranges, sink)
		if err != nil {
			t.Fatal(err)
		}
		addsUp(t, counts, sink)
		if counts.Accepted.Rows != 4000 || counts.Reasons[SkipFooter] != 3 || counts.Reasons[SkipBlank] != 3*8+3 || counts.Bytes != int64(b.Len()) {
			t.Errorf("%d ranges: %+v", len(ranges), counts)
		}
		if last := sink.orders[len(sink.orders)-1]; !strings.HasPrefix(last, "4000 B3999-") {
			t.Errorf("%d ranges: the last order is %q", len(ranges), last)
		}
	}
}

// Offsets and sizes of UTF-16 text are those of the file, not of what it is decoded to.
func TestPlacesInUTF16(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ToValidUTF8(dirtyText().Draw(t, "text"), "?")
		cutOff := rapid.IntRange(0, 1).Draw(t, "bytes cut off")
		for name, order := range map[string]unicode.Endianness{UTF16LE: unicode.LittleEndian, UTF16BE: unicode.BigEndian} {
			wide, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			wide = wide[:max(len(wide)-cutOff, 0)]
			counted := &byteCounter{in: bytes.NewReader(wide)}
			reader := newCSVReader(utf16Reader(counted, name), ',', 0)
			reader.wide = counted
			end := int64(0)
			for _, row := range scanAll(t, reader, 0) {
				raw, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(wide[row.Offset : row.Offset+row.Size])
				if err != nil || strings.TrimRight(string(raw), "\r\n") != strings.TrimRight(row.Text, "\r\n") {
					t.Fatalf("at %d there is %q, the row is %q", row.Offset, raw, row.Text)
				}
				end = row.Offset + row.Size
			}
			if reader.offset != int64(len(wide)) || end > reader.offset {
				t.Fatalf("the rows end at %d of %d", reader.offset, len(wide))
			}
		}
	})
}

// Limits hold to the byte, wherever the buffer happens to end, and reading goes on behind.
func TestLimits(t *testing.T) {
	field := strings.Repeat("x", MaxField)
	tests := []struct {
		name, text string
		want       []string // code and start of each row
	}{
		{"longest quoted cell", `1,"` + field + `"` + "\n2,b\n", []string{" 1", " 2"}},
		{"quoted cell too long", `1,"` + field + `y"` + "\n2,b\n", []string{CodeUnclosedQuote + " 1", " 2"}},
		{"doubled quotes count", `1,"` + field[:MaxField-1] + `"""` + "\n2,b\n", []string{CodeUnclosedQuote + " 1", " 2"}},
		{"unclosed over lines", "1,\"open\n" + strings.Repeat("2,b\n", 2) + field, []string{CodeUnclosedQuote + " 1", " 2", " 2", " x"}},
		{"row too long", strings.Repeat("y", MaxRow) + "\n2,b\n", []string{CodeTooLong + " y", " 2"}},
		{"longest row", strings.Repeat("y", MaxRow-1) + "\n2,b\n", []string{" y", " 2"}},
		{"row much too long, at the end", "1,a\n" + strings.Repeat("y", 2*MaxRow+3), []string{" 1", CodeTooLong + " y"}},
		{"row of many long cells", strings.Repeat(`"`+field[:MaxField/2]+"\n"+`",`, 9) + "\n2,b\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, start := range []int{1, readAhead, MaxRow + 7} {
				reader := newCSVReader(strings.NewReader(test.text), ',', 0)
				reader.buf = make([]byte, start)
				var got []string
				for _, row := range scanAll(t, reader, 0) {
					got = append(got, row.Code+" "+row.Text[:min(1, len(row.Text))])
				}
				if test.want == nil { // refused line by line; the rows behind are read
					if len(got) < 2 || got[0] != CodeUnclosedQuote+` "` || got[len(got)-1] != " 2" {
						t.Errorf("buffer of %d: rows %q", start, got)
					}
				} else if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("buffer of %d (-want +got):\n%s", start, diff)
				}
			}
		})
	}
}

// A read error is no end of file.
func TestReadErrorIsReported(t *testing.T) {
	broken := errors.New("disk on fire")
	reader := newCSVReader(io.MultiReader(strings.NewReader("a,b\nc,"), iotest.ErrReader(broken)), ',', 0)
	for {
		if _, err := reader.next(); err != nil {
			if !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
			return
		}
	}
}
