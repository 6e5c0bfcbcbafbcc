package source

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tributary-cdp/tributary/schemas"
)

// fuzzRead reads foreign bytes as a file of that name: whatever they are, the accounts add up
// or the file is refused as a whole.
func fuzzRead(t *testing.T, s *Source, name string, data []byte) {
	counts, sink, err := readBytes(t, s, name, data)
	if err != nil {
		var whole *FileError
		if !errors.As(err, &whole) && !strings.HasPrefix(err.Error(), name) {
			t.Errorf("the error does not name the file: %v", err)
		}
		return
	}
	for _, name := range sink.names {
		if !utf8.ValidString(name) || strings.Contains(name, "\x00") {
			t.Errorf("a name is no text: %q", name)
		}
	}
	if counts.Bytes > 0 && counts.Header == 0 && counts.rows() == 0 {
		t.Errorf("%d bytes are nowhere: %+v", counts.Bytes, counts)
	}
}

func FuzzCSV(f *testing.F) {
	for _, c := range badCases {
		if c.data != "" && len(c.data) < 4096 { // a megabyte to change takes most of the time
			f.Add([]byte(c.data))
		}
	}
	f.Add([]byte(ordersCSV))
	s := compileProfile(f, ordersProfile)
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRead(t, s, "fuzz.csv", data)
		fuzzRead(t, s, "fuzz.csv", append([]byte(ordersHeader), data...))
	})
}

// FuzzRanges: the same rows whatever the ranges.
func FuzzRanges(f *testing.F) {
	f.Add([]byte(ordersCSV), uint8(20))
	s := compileProfile(f, ordersProfile)
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		data = append([]byte(ordersHeader), data...)
		path := writeFile(t, "fuzz.csv", data)
		splits, err := Splits(s, 0, File{Path: path, Name: "fuzz.csv", Bytes: int64(len(data))})
		if err != nil || splits[0].Format != FormatDelimited || isWide(splits[0].Encoding) {
			return
		}
		ranges, err := cut(splits[0], nil, int64(size)+1, min(MaxFooter, int64(len(data))/2))
		if err != nil {
			t.Fatal(err)
		}
		one, many := &collector{}, &collector{}
		a, errOne := readSplits(s, splits, one)
		b, errMany := readSplits(s, ranges, many)
		if errOne != nil || errMany != nil {
			t.Fatal(errOne, errMany)
		}
		addsUp(t, b, many)
		if len(data) <= MaxFooter && a.Reasons[SkipFooter] > 0 {
			return // a footer that was cut
		}
		same := a.Bytes == b.Bytes && a.Accepted == b.Accepted && a.Skipped == b.Skipped && a.Rejected == b.Rejected
		if !same || !slices.Equal(one.orders, many.orders) || !slices.Equal(one.rejects, many.rejects) {
			t.Errorf("one reader: %+v, ranges: %+v", a, b)
		}
	})
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"data":{"list":[{"order_id":"A","amount":1,"currency":"CNY","order_date":"2026-01-01","customer":"\ud83d"}]}}`))
	f.Add([]byte(`[{"order_id":"A","amount":{"x":[1,[2,{"y":3}]]}},"no",null,[]]`))
	profile := strings.Replace(ordersProfile, "layouts:", "layouts:\n  - name: page\n    header: [order_id, amount]\n    rows: data.list\n    records: [{record: order, key: order_id, fields: {time: order_date, status: {const: paid}, net: amount, currency: currency}}]", 1)
	s := compileProfile(f, profile)
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRead(t, s, "fuzz.json", append([]byte{'['}, data...))
		fuzzRead(t, s, "fuzz.json", data)
	})
}

func FuzzNDJSON(f *testing.F) {
	f.Add([]byte(ordersNDJSON))
	f.Add([]byte(`{"order_id":"A","amount":1,"lines":[{"sku":"x","tags":["a","b"]},{"sku":"y"}]}` + "\n{\n\x00\n"))
	s := compileProfile(f, ordersProfile)
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, s, "fuzz.ndjson", data) })
}

func FuzzXLSX(f *testing.F) {
	f.Add(workbook(f, []byte(ordersCSV)))
	f.Add(workbook(f, []byte("order_id,amount,order_date\nnumber:1,number:2.5,date:2026-01-01 10:00:00\n")))
	s := compileProfile(f, ordersProfile)
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, s, "fuzz.xlsx", data) })
}

func FuzzParquet(f *testing.F) {
	f.Add(ordersParquet(f))
	s := compileProfile(f, ordersProfile)
	optional := compileProfile(f, ordersProfile)
	optional.Spec.Optional = true
	f.Fuzz(func(t *testing.T, data []byte) {
		path := writeFile(t, "fuzz.parquet", data)
		split := Split{Path: path, Name: "fuzz.parquet", Format: FormatParquet}
		_, err := Read(context.Background(), s, &split, nothing{})
		sink := &collector{}
		counts, optionalErr := Read(context.Background(), optional, &split, sink)
		if (err == nil) != (optionalErr == nil) {
			t.Errorf("read: %v, of an optional source: %v", err, optionalErr)
		}
		if optionalErr == nil {
			addsUp(t, counts, sink)
			return
		}
		if whole := (&FileError{}); !errors.As(optionalErr, &whole) || len(sink.keys)+len(sink.rejects) > 0 {
			t.Errorf("a broken file of an optional source gave rows: %v", optionalErr)
		}
	})
}

// FuzzEncoding: what is decoded is text, decoding again gives the same, and what GB18030
// cannot mean is refused.
func FuzzEncoding(f *testing.F) {
	f.Add([]byte("王小明"), byte(0))
	f.Add([]byte("\xCD\xF5\xD0\xA1\xC3\xF7"), byte(1))
	f.Add([]byte("Wei\xDF \x81"), byte(2))
	names := []string{UTF8, GB18030, Latin1, UTF16LE}
	f.Fuzz(func(t *testing.T, cell []byte, which byte) {
		name := names[int(which)%len(names)]
		d := newCellDecoder(name)
		text, err := d.decode(cell)
		if err != nil {
			return
		}
		first := strings.Clone(text)
		if !utf8.ValidString(text) {
			t.Fatalf("%s: %q is no text", name, text)
		}
		d.nextRow()
		if again, err := d.decode(cell); err != nil || again != first {
			t.Fatalf("%s: first %q, then %q, %v", name, first, again, err)
		}
		if name == GB18030 {
			want, err := simplifiedchinese.GB18030.NewDecoder().Bytes(cell)
			if err != nil || !bytes.Equal(want, []byte(first)) {
				t.Fatalf("%q, want %q, %v", first, want, err)
			}
		}
		sniffEncoding(cell, cell)
		if !utf8.ValidString(originalText(cell, name)) {
			t.Fatal("the original of a reject is no text")
		}
	})
}

func FuzzZipGzip(f *testing.F) {
	f.Add(gzipped(f, []byte(ordersCSV)))
	f.Add(zipped(f, "a.csv", ordersCSV, "b.json", "[]"))
	s := compileProfile(f, ordersProfile)
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRead(t, s, "fuzz.csv.gz", data)
		fuzzRead(t, s, "fuzz.zip", data)
	})
}

// FuzzProfile: a profile is refused with its mistakes, or reads rows.
func FuzzProfile(f *testing.F) {
	for _, name := range schemas.ProfileNames() {
		text, err := schemas.ProfileText(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(ordersProfile))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ParseProfile("fuzz.yaml", text); err != nil {
			return
		}
		s, err := Compile(Spec{Name: "fuzz", ProfileName: "fuzz", Profile: string(text)})
		if err != nil {
			return
		}
		fuzzRead(t, s, "fuzz.csv", []byte(ordersCSV))
		fuzzRead(t, s, "fuzz.ndjson", []byte(ordersNDJSON))
	})
}
