package source

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const ordersCSV = `order_id,customer,email,phone,order_date,amount,currency,note
A-1,王小明,wang@example.cn,13900000001,2026-02-03 10:11:12,11.37,CNY,"two
lines, one ""quoted"""
A-2,李娜,lina@example.cn,13900000002,2026-02-04,1200,CNY,
A-3,Laura Chen,laura@example.com,+12125550101,2026-02-05 00:00:00,0.05,CNY,plain
`

var (
	ordersWant = []string{"1 A-1 1137/CNY 2026-02-03T10:11:12Z", "2 A-2 120000/CNY 2026-02-04T00:00:00Z", "3 A-3 5/CNY 2026-02-05T00:00:00Z"}
	namesWant  = []string{"1 王小明", "2 李娜", "3 Laura Chen"}
)

const ordersNDJSON = `{"order_id":"A-1","customer":"王小明","email":"wang@example.cn","phone":"13900000001","order_date":"2026-02-03 10:11:12","amount":11.37,"currency":"CNY","note":"two\nlines"}
{"order_id":"A-2","customer":"李娜","email":"lina@example.cn","phone":13900000002,"order_date":"2026-02-04","amount":1200,"currency":"CNY"}

{"order_id":"A-3","customer":"Laura Chen","email":"laura@example.com","phone":"+12125550101","order_date":"2026-02-05 00:00:00","amount":"0.05","currency":"CNY","note":null}
`

type parquetOrder struct {
	OrderID  string    `parquet:"order_id"`
	Customer *string   `parquet:"customer,optional"`
	Email    string    `parquet:"email,dict"`
	Phone    int64     `parquet:"phone"`
	Date     time.Time `parquet:"order_date,timestamp(millisecond)"`
	Amount   int64     `parquet:"amount,decimal(2:18)"`
	Currency string    `parquet:"currency"`
	Tags     []string  `parquet:"tags,list"`
}

func ordersParquet(t testing.TB) []byte {
	t.Helper()
	name := func(s string) *string { return &s }
	at := func(text string) time.Time {
		v, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var b bytes.Buffer
	err := parquet.Write(&b, []parquetOrder{
		{"A-1", name("王小明"), "wang@example.cn", 13900000001, at("2026-02-03 10:11:12"), 1137, "CNY", []string{"a", "b"}},
		{"A-2", name("李娜"), "lina@example.cn", 13900000002, at("2026-02-04 00:00:00"), 120000, "CNY", nil},
		{"A-3", name("Laura Chen"), "laura@example.com", 12125550101, at("2026-02-05 00:00:00"), 5, "CNY", nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encoded(t testing.TB, e encoding.Encoding, text string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The same rows give the same records from every format, encoding and packing.
func TestEveryFormatGivesTheSameRecords(t *testing.T) {
	csv, ndjson := ordersCSV, ordersNDJSON
	array := "[\n" + strings.Join(strings.Split(strings.TrimSpace(strings.ReplaceAll(ndjson, "\n\n", "\n")), "\n"), ",\n") + "\n]\n"
	tabs := strings.NewReplacer("lines, one", "lines; one").Replace(csv)
	tabs = strings.ReplaceAll(strings.ReplaceAll(tabs, ",", "\t"), "lines; one", "lines, one")
	book := workbook(t, []byte(csv))
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	files := map[string][]byte{
		"utf8.csv":            []byte(csv),
		"bom.csv":             append([]byte("\xEF\xBB\xBF"), csv...),
		"crlf.csv":            []byte(strings.ReplaceAll(csv, "\n", "\r\n")),
		"no_last_feed.csv":    []byte(strings.TrimSuffix(csv, "\n")),
		"blank_lines.csv":     []byte("\n\r\n" + strings.Replace(csv, "A-2", "\nA-2", 1) + "\n,,,,,,,\n  \n"),
		"declared.csv":        []byte("sep=,\r\n" + csv),
		"semicolons.csv":      []byte(strings.ReplaceAll(tabs, "\t", ";")),
		"tabs.txt":            []byte(tabs),
		"gbk.csv":             encoded(t, simplifiedchinese.GBK, csv),
		"gb18030.csv":         encoded(t, simplifiedchinese.GB18030, csv),
		"utf16le.csv":         encoded(t, little, csv),
		"utf16be.csv":         encoded(t, big, csv),
		"utf16le_tabs.csv":    encoded(t, little, tabs),
		"utf16le_no_bom.csv":  encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), csv),
		"utf16be_no_bom.csv":  encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), csv),
		"packed.csv.gz":       gzipped(t, []byte(csv)),
		"two_streams.csv.gz":  append(gzipped(t, []byte(csv[:200])), gzipped(t, []byte(csv[200:]))...),
		"utf16le.csv.gz":      gzipped(t, encoded(t, little, csv)),
		"one.zip":             zipped(t, "folder/orders.csv", csv, "__MACOSX/._orders.csv", "litter", ".DS_Store", "litter"),
		"gbk.zip":             zipped(t, "orders.csv", string(encoded(t, simplifiedchinese.GBK, csv))),
		"lines.ndjson":        []byte(ndjson),
		"lines.json":          []byte(ndjson),
		"lines_bom.json":      append([]byte("\xEF\xBB\xBF"), ndjson...),
		"lines_utf16.json":    encoded(t, little, ndjson),
		"lines.ndjson.gz":     gzipped(t, []byte(ndjson)),
		"array.json":          []byte(array),
		"array_bom.json":      append([]byte("\xEF\xBB\xBF"), array...),
		"array_utf16.json":    encoded(t, big, array),
		"array_one_line.json": []byte(strings.ReplaceAll(array, "\n", "")),
		"array.json.gz":       gzipped(t, []byte(array)),
		"json.zip":            zipped(t, "orders.json", array),
		"book.xlsx":           book,
		"book.zip":            zipped(t, "orders.xlsx", string(book)),
		"orders.parquet":      ordersParquet(t),
		"orders.parquet.gz":   gzipped(t, ordersParquet(t)),
		"parquet.zip":         zipped(t, "orders.parquet", string(ordersParquet(t))),
	}
	s := compileProfile(t, ordersProfile)
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			counts, sink, err := readBytes(t, s, name, data)
			if err != nil {
				t.Fatal(err)
			}
			if counts.Accepted.Rows != 3 || counts.Rejected.Rows != 0 || len(sink.issues) != 0 {
				t.Errorf("%+v, rejects %v, issues %v", counts, sink.rejectCodes(), sink.issues)
			}
			if diff := cmp.Diff(ordersWant, sink.orders); diff != "" {
				t.Errorf("orders (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(namesWant, sink.names); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}

// All members of an archive are read, in order of their names, each with its own encoding.
func TestArchiveOfSeveralFiles(t *testing.T) {
	header := "order_id,customer,email,phone,order_date,amount,currency\n"
	archive := zipped(t,
		"b.csv", string(encoded(t, simplifiedchinese.GBK, header+"B-1,陈静,chen@example.cn,13900000004,2026-01-02,2,CNY\n")),
		"a.csv", header+"A-1,李娜,lina@example.cn,13900000002,2026-01-01,1,CNY\n",
		"c.ndjson", `{"order_id":"C-1","amount":3,"currency":"CNY","order_date":"2026-01-03"}`)
	counts, sink, err := readBytes(t, compileProfile(t, ordersProfile), "all.zip", archive)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 A-1 100/CNY 2026-01-01T00:00:00Z", "1 B-1 200/CNY 2026-01-02T00:00:00Z", "1 C-1 300/CNY 2026-01-03T00:00:00Z"}
	if diff := cmp.Diff(want, sink.orders); diff != "" || counts.Accepted.Rows != 3 {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
}

// Rows of a nested document keep their places in the file, and what is around them is header.
func TestNestedDocument(t *testing.T) {
	profile := strings.Replace(ordersProfile, "header: [order_id, amount]", "header: [order_id, amount]\n    rows: data.list", 1)
	document := `{"code": 0, "data": {"list":["no","list"], "page": {"list": []}, "list": [
  {"order_id": "A-1", "amount": "1.10", "currency": "CNY", "order_date": "2026-01-01", "customer": "王[小]明", "phone": "13900000001"},
  "not a row", {"order_id": "A-2", "amount": {"deep": 1}, "currency": "CNY", "order_date": "2026-01-01"},
  {"order_id": "\u0041-3", "amount": 7, "currency": "CNY", "order_date": "2026-01-01", "customer": "\ud83d alone", "phone": "13900000003"}
]}, "message": "ok ]}"}`
	counts, sink, err := readBytes(t, compileProfile(t, profile), "page.json", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 A-1 110/CNY 2026-01-01T00:00:00Z", "3 A-2 none/CNY 2026-01-01T00:00:00Z", "4 A-3 700/CNY 2026-01-01T00:00:00Z"}, sink.orders); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 王[小]明", "4 "}, sink.names); diff != "" {
		t.Errorf("half a surrogate became a text (-want +got):\n%s", diff)
	}
	if len(sink.rejects) != 1 || document[sink.rejects[0].ByteOffset:][:sink.rejects[0].Bytes] != `"not a row"` || sink.rejects[0].Code != CodeJSON {
		t.Errorf("%+v", sink.rejects)
	}
	if got := counts.Issues["customer|"+CodeEncoding]; got != 1 {
		t.Errorf("issues %v", counts.Issues)
	}
}

// Typed columns of a Parquet file become the text that they mean.
func TestParquetTypes(t *testing.T) {
	type row struct {
		Day     int32     `parquet:"day,date"`
		Micros  time.Time `parquet:"micros,timestamp(microsecond)"`
		Decimal int32     `parquet:"decimal,decimal(3:9)"`
		Double  float64   `parquet:"double"`
		Flag    bool      `parquet:"flag"`
		ID      [16]byte  `parquet:"id,uuid"`
		Missing *string   `parquet:"missing,optional"`
	}
	var b bytes.Buffer
	at := time.Date(1969, 12, 31, 23, 59, 59, 250000000, time.UTC)
	if err := parquet.Write(&b, []row{{-1, at, -42, 12345678.5, true, [16]byte{0xAB, 15: 1}, nil}}); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := parquetRows(file, parquetColumns(file.Schema()), func(row []string) error {
		got = append(got, row...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"1969-12-31", "1969-12-31 23:59:59.25Z", "-0.042", "12345678.5", "true", "ab000000-0000-0000-0000-000000000001", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Western text in Windows-1252 is read as such; text in an encoding that cannot be told from
// others is refused cell by cell, never guessed.
func TestEncodingsAreNotGuessed(t *testing.T) {
	western := "Hannah Weiß,Björn Åkesson,Sofía Álvarez,François Lefèvre,Zoë O’Hara"
	tests := []struct {
		name     string
		encoding encoding.Encoding
		names    string
		want     string // "" = refused
	}{
		{"western", charmap.Windows1252, western, western},
		{"latin 1", charmap.ISO8859_1, strings.ReplaceAll(western, "’", "'"), strings.ReplaceAll(western, "’", "'")},
		{"chinese", simplifiedchinese.GBK, "王小明,林晓,赵敏,刘洋,周强", "王小明,林晓,赵敏,刘洋,周强"},
		{"rare chinese characters", simplifiedchinese.GB18030, "王小明,朱镕基,陶喆,林曦,李㼆", "王小明,朱镕基,陶喆,林曦,李㼆"},
		{"cyrillic", charmap.Windows1251, "Иван Петров,Ольга Смирнова,Пётр Ильич,Анна,Борис", ""},
		{"polish", charmap.ISO8859_2, "Łukasz Kowalski,Małgorzata Nowak,Paweł Kwiatkowski,Michał Lis,Stanisław Wrona", ""},
	}
	s := compileProfile(t, ordersProfile)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "order_id,customer,email,phone,order_date,amount,currency\n"
			for i, name := range strings.Split(test.names, ",") {
				text += fmt.Sprintf("A-%d,%s,,1390000000%d,2026-01-01,1,CNY\n", i, name, i+1)
			}
			counts, sink, err := readBytes(t, s, "names.csv", encoded(t, test.encoding, text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, name := range sink.names {
				_, name, _ = strings.Cut(name, " ")
				got = append(got, name)
			}
			if test.want != "" && strings.Join(got, ",") != test.want {
				t.Errorf("got %q, want %q", strings.Join(got, ","), test.want)
			}
			if test.want == "" && counts.Issues["customer|"+CodeEncoding] < 4 {
				t.Errorf("text of an unknown encoding became %q", got)
			}
			if counts.Accepted.Rows != 5 {
				t.Errorf("%+v", counts)
			}
		})
	}
}

// The encoding is found however late the first character beyond ASCII comes.
func TestEncodingOfALateCharacter(t *testing.T) {
	var b strings.Builder
	b.WriteString("order_id,customer,email,phone,order_date,amount,currency\n")
	for i := 0; b.Len() < 2*sniffBytes; i++ {
		fmt.Fprintf(&b, "A-%d,Laura Chen,laura@example.com,,2026-01-01,1,CNY\n", i)
	}
	b.WriteString("Z,王小明,wang@example.cn,,2026-01-01,1,CNY\n")
	s := compileProfile(t, ordersProfile)
	for name, data := range map[string][]byte{"late.csv": encoded(t, simplifiedchinese.GBK, b.String()), "late.csv.gz": gzipped(t, encoded(t, simplifiedchinese.GBK, b.String()))} {
		_, sink, err := readBytes(t, s, name, data)
		if err != nil {
			t.Fatal(err)
		}
		if last := sink.names[len(sink.names)-1]; !strings.HasSuffix(last, "王小明") {
			t.Errorf("%s: the last name is %q", name, last)
		}
	}
}
