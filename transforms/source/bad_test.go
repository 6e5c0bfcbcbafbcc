package source

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/shareddata"
)

// badCase is a file that is broken on purpose and what must become of it.
type badCase struct {
	name    string
	file    string // of the shared exports
	data    string // or invented here
	as      string // name of the invented file
	profile string // default: ordersProfile
	err     string // part of the error of an unreadable file
	orders  []string
	rejects []string         // row code column
	issues  map[string]int64 // column|code
	skips   map[string]int64
	names   []string // of parties, where they matter
}

const ordersHeader = "order_id,customer,email,phone,order_date,amount,currency\n"

// orderRow is a sound row.
func orderRow(n int) string {
	return fmt.Sprintf("B-%d,Laura Chen,laura@example.com,+12125550101,2026-02-0%d,%d.50,CNY\n", n, n, n)
}

func orderWant(row, n int) string {
	return fmt.Sprintf("%d B-%d %d50/CNY 2026-02-0%dT00:00:00Z", row, n, n, n)
}

const dealsProfile = `
system: crm
layouts:
  - name: deals
    header: [Account Name, Amount]
    records:
      - record: opportunity
        fields: {stage: {const: open}, amount: Amount, currency: {const: USD}, expected_close: Close Date}
`

const valuesProfile = `
system: sheet
layouts:
  - name: values
    header: [id]
    records:
      - record: product
        key: id
        fields: {sku: id, name: value, category: note}
`

const contactsProfile = `
system: hubspot_like
layouts:
  - name: contacts
    header: [Record ID, Email]
    records:
      - record: party
        key: Record ID
        fields: {email: Email}
`

var badCases = []badCase{
	{
		name: "ragged", file: "ragged.csv",
		orders:  []string{"1 B-0001 1137/CNY 2026-02-02T00:00:00Z", "3 B-0003 1411/CNY 2026-04-04T00:00:00Z", "5 B-0005 1685/CNY 2026-06-06T00:00:00Z", "6 B-0007 1959/CNY 2026-08-08T00:00:00Z"},
		rejects: []string{"2 ragged_row", "4 ragged_row", "7 ragged_row"},
		skips:   map[string]int64{SkipBlank: 1},
	},
	{
		name: "rows of different length", data: ordersHeader + orderRow(1) + "B-2,short\n" + strings.TrimSuffix(orderRow(3), "\n") + ",,\n" + strings.TrimSuffix(orderRow(4), "\n") + ",extra\n",
		orders: []string{orderWant(1, 1), orderWant(3, 3)}, rejects: []string{"2 ragged_row", "4 ragged_row"},
	},
	{
		name: "unclosed quote", file: "unclosed_quote.csv",
		orders: []string{
			"1 B-0001 1137/CNY 2026-02-02T00:00:00Z", "2 B-0002 1274/CNY 2026-03-03T00:00:00Z",
			"4 B-0004 1548/CNY 2026-05-05T00:00:00Z", "5 B-0005 1685/CNY 2026-06-06T00:00:00Z", "6 B-0006 1822/CNY 2026-07-07T00:00:00Z",
		},
		rejects: []string{"3 unclosed_quote"},
	},
	{
		name: "unclosed quote among quoted cells", data: ordersHeader + orderRow(1) + "\"B-2\",\"Tom,\"t@example.com\",\"1\",\"2026-02-02\",\"1\",\"CNY\"\n" + orderRow(3) + "B-4,\"open\n\"B-5\",\"a\",\"\",\"\",\"2026-02-05\",\"5.5\",\"CNY\"\n",
		orders: []string{orderWant(1, 1), orderWant(3, 3), "5 B-5 550/CNY 2026-02-05T00:00:00Z"}, rejects: []string{"2 malformed_quote", "4 unclosed_quote"},
	},
	{
		name: "mixed encoding", file: "mixed_encoding.csv",
		orders: []string{
			"1 B-0001 1137/CNY 2026-02-02T00:00:00Z", "2 B-0002 1274/CNY 2026-03-03T00:00:00Z", "3 B-0003 1411/CNY 2026-04-04T00:00:00Z",
			"4 B-0004 1548/CNY 2026-05-05T00:00:00Z", "5 B-0005 1685/CNY 2026-06-06T00:00:00Z", "6 B-0006 1822/CNY 2026-07-07T00:00:00Z",
		},
		issues: map[string]int64{"customer|bad_encoding": 3}, names: []string{"1 王小明", "2 ", "3 李娜", "4 ", "5 ", "6 赵敏"},
	},
	{
		name: "UTF-8 rows in a GBK file", as: "mixed.csv",
		data:   ordersHeader + "B-1,\xCD\xF5\xD0\xA1\xC3\xF7,,13900000001,2026-02-01,1.5,CNY\nB-2,\xC0\xEE\xC4\xC8,,13900000002,2026-02-02,2.5,CNY\nB-3,王小明,,13900000003,2026-02-03,3.5,CNY\n",
		orders: []string{orderWant(1, 1), orderWant(2, 2), orderWant(3, 3)}, issues: map[string]int64{"customer|bad_encoding": 1}, names: []string{"1 王小明", "2 李娜", "3 "},
	},
	{
		name: "broken key", data: ordersHeader + "B-\xFF\xFE,Laura Chen,,,2026-02-01,1.5,CNY\n" + orderRow(2),
		orders: []string{orderWant(2, 2)}, rejects: []string{"1 bad_encoding order_id"},
	},
	{
		name: "impossible dates", file: "impossible_dates.csv",
		orders: []string{"12 B-0012 2644/CNY 2026-06-15T00:00:00Z"},
		rejects: []string{
			"1 bad_value order_date", "2 bad_value order_date", "3 missing_value order_date", "4 bad_value order_date", "5 bad_value order_date", "6 bad_value order_date",
			"7 bad_value order_date", "8 bad_value order_date", "9 bad_value order_date", "10 missing_value order_date", "11 bad_value order_date",
		},
	},
	{
		name: "two decimal marks", file: "two_decimal_marks.csv",
		orders: []string{
			"1 B-0001 123450/CNY 2026-02-02T00:00:00Z", "2 B-0002 123450/CNY 2026-03-03T00:00:00Z", "4 B-0004 1250/CNY 2026-05-05T00:00:00Z",
			"5 B-0005 123456789/CNY 2026-06-06T00:00:00Z", "6 B-0006 123450/CNY 2026-07-07T00:00:00Z", "7 B-0007 -1200/CNY 2026-08-08T00:00:00Z",
			"9 B-0009 -1200/CNY 2026-01-10T00:00:00Z", "10 B-0010 1250/CNY 2026-02-11T00:00:00Z",
			"13 B-0013 none/CNY 2026-05-14T00:00:00Z", "15 B-0015 1250/CNY 2026-07-16T00:00:00Z",
		},
		rejects: []string{"3 bad_value amount", "8 bad_value amount", "11 bad_value amount", "12 bad_value amount", "14 bad_value amount"},
	},
	{
		name: "footer of a report", file: "footer_report.csv", profile: dealsProfile,
		skips: map[string]int64{SkipBlank: 2, SkipFooter: 6},
	},
	{
		name: "blank lines are no footer", data: ordersHeader + orderRow(1) + "\n\n\n" + orderRow(2) + orderRow(3) + "\n\nTotal,,,,,6.00,\nCopyright\n\nAll rights reserved\n",
		orders: []string{orderWant(1, 1), orderWant(2, 2), orderWant(3, 3)}, skips: map[string]int64{SkipBlank: 6, SkipFooter: 3},
	},
	{name: "empty", file: "empty.csv"},
	{name: "only a byte order mark", data: "\xEF\xBB\xBF"},
	{name: "only blank lines", data: "\n\r\n\n"},
	{name: "header only", file: "header_only.csv", profile: contactsProfile},
	{name: "header without a line end", data: strings.TrimSuffix(ordersHeader, "\n")},
	{name: "another system", file: "wrong_system.csv", err: "fits no layout"},
	{name: "another system, JSON", data: "{\"name\": \"x\"}\n{\"name\": \"y\"}\n", as: "x.ndjson", err: "fits no layout"},
	{name: "broken header", data: "order_id,\"amount\n1,2\n", err: "quotes make no sense"},
	{name: "header in a broken encoding", data: "order_id,amount,\xFF\xFF\n1,2,3\n", err: "name 3 of the header"},
	{
		name: "formula guards", file: "formula_guards.csv", profile: valuesProfile, // text stays text, guards are no part of it
		names: []string{"1 =1+1", "2 00123", "3 00123", "4 +8613900000001", "5 -5", "6 @SUM(A1:A9)", "7 =1+1", `8 =HYPERLINK("http://example.com","x")`, "9 =1+1", "10 ＝1+1"},
	},
	{name: "huge field", file: "huge_field.csv", profile: valuesProfile, names: []string{"1 ", "2 ", "3 "}},
	{name: "a field of a megabyte", data: "id,value\n1,a\n2," + strings.Repeat("x", 1<<20) + "\n3,c\n", profile: valuesProfile, names: []string{"1 a", "2 " + strings.Repeat("x", 1<<20), "3 c"}},
	{
		name: "UTF-16", file: "bom_utf16be.csv",
		orders: []string{"1 B-0001 1137/CNY 2026-02-02T00:00:00Z", "2 B-0002 1274/CNY 2026-03-03T00:00:00Z", "3 B-0003 1411/CNY 2026-04-04T00:00:00Z", "4 B-0004 1548/CNY 2026-05-05T00:00:00Z"},
		names:  []string{"1 Laura Chen", "2 李娜", "3 Tom Whitfield", "4 王小明"},
	},
	{
		name: "NUL bytes", file: "nul_bytes.csv",
		orders:  []string{"1 B-0001 1137/CNY 2026-02-02T00:00:00Z", "2 B-0002 1274/CNY 2026-03-03T00:00:00Z", "3 B-0003 1411/CNY 2026-04-04T00:00:00Z"},
		rejects: []string{"4 nul_byte amount"}, issues: map[string]int64{"customer|nul_byte": 1, "email|nul_byte": 1},
	},
	{
		name: "duplicate header", file: "duplicate_header.csv", profile: strings.NewReplacer("time: order_date", `time: {const: "2026-01-01"}`, "currency: currency", "currency: {const: CNY}").Replace(ordersProfile),
		orders: []string{"1 B-1 1000/CNY 2026-01-01T00:00:00Z", "2 B-2 2000/CNY 2026-01-01T00:00:00Z", "3 B-3 3000/CNY 2026-01-01T00:00:00Z"}, // exactly the column of that name
	},
	{name: "duplicate header that is not told apart", data: "order_id,Amount,AMOUNT\n1,2,3\n", err: "amount"},
	{
		name: "missing key and amount", data: ordersHeader + ",Laura Chen,laura@example.com,,2026-02-01,1,CNY\nB-2,,,,2026-02-02,,CNY\nB-3,Laura Chen,laura@example.com,,,1,CNY\n" + orderRow(4),
		orders: []string{"2 B-2 none/CNY 2026-02-02T00:00:00Z", orderWant(4, 4)}, rejects: []string{"1 missing_value order_id", "3 missing_value order_date"},
	},
	{
		name: "masked values", data: ordersHeader + "B-1,王**,w***@example.cn,139****0001,2026-02-01,1.5,CNY\nB-2,王小明,,139****0001,2026-02-02,2.5,CNY\n" + orderRow(3),
		orders: []string{orderWant(1, 1), orderWant(2, 2), orderWant(3, 3)}, names: []string{"3 Laura Chen"},
	},
	{name: "truncated gzip", file: "truncated.csv.gz", err: "ends early"},
	{name: "not gzip", data: ordersHeader, as: "x.csv.gz", err: "not a sound gzip"},
	{name: "gzip by another name", data: "\x1F\x8B\x08\x00rest", err: "is gzip"},
	{name: "not zip", data: ordersHeader, as: "x.zip", err: "not a sound zip"},
	{name: "not a workbook", data: "PK\x03\x04rest", as: "x.xlsx", err: "not a sound workbook"},
	{name: "old workbook", data: "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", as: "x.xls", err: "save it as .xlsx"},
	{name: "web page", data: "\n<html><table><tr><td>order_id</td></tr></table></html>", as: "x.xls", err: "web page"},
	{name: "not Parquet", data: "PAR1 and no more", as: "x.parquet", err: "not a sound Parquet"},
	{name: "cut off JSON", data: `[{"order_id": "1", "amount": 2}, {"order_id"`, as: "x.json", err: "not a sound JSON"},
	{name: "two documents", data: "[\n{\"order_id\": \"1\", \"amount\": 2}\n]\n[]", as: "x.json", err: "not a sound JSON"},
	{name: "JSON without rows", data: `{"code": 0}`, as: "x.json", err: "fits no layout"},
	{name: "JSON in GBK", data: "{\"order_id\":\"1\",\"customer\":\"\xCD\xF5\"}\n{\"order_id\":\"2\",\"customer\":\"\xCD\xF5\"}\n", as: "x.ndjson", err: "UTF-8"},
	{
		name: "bad lines among objects", as: "x.ndjson",
		data: `{"order_id":"B-1","amount":1.5,"currency":"CNY","order_date":"2026-02-01"}` + "\n{\"order_id\":\"B-2\",\n[1]\n\n{\"order_id\":\"\xFF\"}\nnull\n" +
			strings.Repeat(`{"a":`, MaxDepth+2) + "1" + strings.Repeat("}", MaxDepth+2) + "\n" +
			`{"order_id":"B-7","amount":"7\u00000","currency":"CNY","order_date":"2026-02-01"}` + "\n" + `{"order_id":"B-8","amount":8.5,"currency":"CNY","order_date":"2026-02-08"}`,
		orders: []string{orderWant(1, 1), orderWant(8, 8)}, skips: map[string]int64{SkipBlank: 1},
		rejects: []string{"2 bad_json", "3 bad_json", "4 bad_encoding", "5 bad_json", "6 bad_json", "7 nul_byte amount"},
	},
}

// Every broken file ends as rejects, field issues or counted skips with file, row and column,
// or as an error that says what to do; nothing is lost and nothing is silent.
func TestBadFiles(t *testing.T) {
	for _, c := range badCases {
		t.Run(c.name, func(t *testing.T) {
			profile := c.profile
			if profile == "" {
				profile = ordersProfile
			}
			path := ""
			if c.file != "" {
				path = shareddata.Shared(t, "exports", "bad", c.file)
			} else {
				if c.as == "" {
					c.as = "bad.csv"
				}
				path = writeFile(t, c.as, []byte(c.data))
			}
			counts, sink, err := readPath(t, compileProfile(t, profile), path)
			if c.err != "" || err != nil {
				if err == nil || c.err == "" || !strings.Contains(err.Error(), c.err) || !strings.HasPrefix(err.Error(), filepath.Base(path)) {
					t.Errorf("got error %v, want one of the file that says %q", err, c.err)
				}
				return
			}
			if diff := cmp.Diff(c.orders, sink.orders); diff != "" && (c.orders != nil || profile == ordersProfile) {
				t.Errorf("orders (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.rejects, sink.rejectCodes()); diff != "" {
				t.Errorf("rejects (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.issues, counts.Issues); diff != "" && c.issues != nil {
				t.Errorf("issues (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.skips, counts.Reasons); diff != "" {
				t.Errorf("skips (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.names, sink.names); diff != "" && c.names != nil {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			checkOriginals(t, path, sink)
		})
	}
}

// checkOriginals: a refused row is found at its offset in the file.
func checkOriginals(t *testing.T, path string, sink *collector) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range sink.rejects {
		if r.ByteOffset < 0 || r.ByteOffset+r.Bytes > int64(len(data)) {
			t.Errorf("reject of row %d lies at %d of %d bytes", r.Row, r.ByteOffset, len(data))
			continue
		}
		text := bytes.TrimRight(data[r.ByteOffset:r.ByteOffset+r.Bytes], "\r\n")
		if originalText(text, UTF8) != r.Original {
			t.Errorf("row %d of the file is %q, its original %q", r.Row, text, r.Original)
		}
	}
}

// An archive whose members cannot be told apart, or that holds none, is not read in part.
func TestAmbiguousArchives(t *testing.T) {
	s := compileProfile(t, ordersProfile)
	for name, data := range map[string][]byte{
		"two members": zipped(t, "a.csv", ordersHeader, "a.csv", ordersHeader),
		"no file":     zipped(t, "__MACOSX/x", ""),
		"gzip within": zipped(t, "a.csv.gz", string(gzipped(t, []byte(ordersHeader)))),
	} {
		if _, _, err := readBytes(t, s, "a.zip", data); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
