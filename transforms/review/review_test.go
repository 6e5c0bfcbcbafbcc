package review

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/thorough"
	"github.com/tributary-cdp/tributary/schemas"
)

// pairs are two invented pairs, the second more worth deciding, and texts that spreadsheets
// would calculate with.
func pairs() []schemas.IdentityReview {
	return []schemas.IdentityReview{
		{
			LeftRef: "=crm:contact:1", RightRef: "@web:user:2", Probability: .62, Gain: .5,
			Weights:    []schemas.Weight{{Comparison: "prior", Log2: -12.5}, {Comparison: "name", Level: "exact", Log2: 9.125}},
			LeftFields: `{"full_name":"=HYPERLINK(\"http://example.com\")","phone":"+8613900000031"}`, RightFields: `{"full_name":"李小雨","phone":["+8613900000031","+8613900000032"]}`,
		},
		{LeftRef: "crm:contact:3", RightRef: "sap:customer:4", Probability: .5, Gain: 2.25, LeftFields: "Ada Brook, Leeds", RightFields: `{"full_name":"Ada Brook","city":"Leeds"}`},
	}
}

func TestASheetHasTheMostValuablePairFirstAndFieldsSideBySide(t *testing.T) {
	s := SheetOf(pairs(), 0, EvidenceBar)
	wantHeader := []string{
		"decision 决定", "probability 概率", "gain 期望收益", "evidence 依据", "A: fields", "B: fields", "A: full_name 姓名", "B: full_name 姓名",
		"A: city 城市", "B: city 城市", "A: phone 电话", "B: phone 电话", "left 记录A", "right 记录B", "check 校验",
	}
	if d := cmp.Diff(wantHeader, s.Header); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{"", .5, 2.25, "", "Ada Brook, Leeds", "", "", "Ada Brook", "", "Leeds", "", "", "crm:contact:3", "sap:customer:4", checkOf("crm:contact:3", "sap:customer:4")}, s.Rows[0].Cells); d != "" {
		t.Error(d)
	}
	if got := s.Rows[1].Cells[3]; got != "prior: -12.50; name: +9.12 (exact)" {
		t.Errorf("evidence %q", got)
	}
	if d := cmp.Diff([]int{6, 7, 10, 11}, s.Rows[1].Differs); d != "" {
		t.Error(d)
	}
	if limited := SheetOf(pairs(), 1, EvidenceBar); len(limited.Rows) != 1 || !slices.Contains(limited.Rows[0].Cells, any("crm:contact:3")) {
		t.Errorf("limited to one: %+v", limited.Rows)
	}
}

// decide fills in the decision of the n-th row of an exported file, as a person would.
type format struct {
	file   string
	write  func(*Sheet) ([]byte, error)
	decide func(t testing.TB, data []byte, decisions []string) []byte
	cells  func(t testing.TB, data []byte) [][]string
}

var formats = []format{
	{"r.csv", CSV, func(t testing.TB, data []byte, decisions []string) []byte {
		rows := csvCells(t, data)
		for i, d := range decisions {
			rows[i+1][0] = d
		}
		var out bytes.Buffer
		if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}, csvCells},
	{"r.XLSX", XLSX, func(t testing.TB, data []byte, decisions []string) []byte {
		book := openBook(t, data)
		for i, d := range decisions {
			if err := book.SetCellStr(sheetName, fmt.Sprintf("A%d", i+2), d); err != nil {
				t.Fatal(err)
			}
		}
		out, err := book.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}, func(t testing.TB, data []byte) [][]string {
		rows, err := openBook(t, data).GetRows(sheetName)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}},
}

func csvCells(t testing.TB, data []byte) [][]string {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func openBook(t testing.TB, data []byte) *excelize.File {
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestNoCellIsAFormula(t *testing.T) {
	for _, f := range formats {
		sheet := SheetOf(pairs(), 0, EvidenceBar)
		data, err := f.write(&sheet)
		if err != nil {
			t.Fatal(err)
		}
		rows := f.cells(t, data)
		for r, row := range rows {
			for c, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("%s: cell %d of row %d begins with %q", f.file, c, r, cell[0])
				}
			}
		}
		if got := rows[2][6]; got != `'=HYPERLINK("http://example.com")` {
			t.Errorf("%s: %q", f.file, got)
		}
	}
}

func TestAWorkbookOffersDecisionsAndKeepsItsHeaderInView(t *testing.T) {
	sheet := SheetOf(pairs(), 0, EvidenceBreak)
	data, err := XLSX(&sheet)
	if err != nil {
		t.Fatal(err)
	}
	book := openBook(t, data)
	lists, err := book.GetDataValidations(sheetName)
	if err != nil || len(lists) != 1 || lists[0].Sqref != "A2:A3" || !strings.Contains(lists[0].Formula1, "same,different,相同,不同") {
		t.Errorf("validation %+v (%v)", lists, err)
	}
	panes, err := book.GetPanes(sheetName)
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 1 {
		t.Errorf("panes %+v (%v)", panes, err)
	}
	if width, err := book.GetColWidth(sheetName, "D"); err != nil || width != 44 {
		t.Errorf("width of the evidence: %v (%v)", width, err)
	}
	if text, err := book.GetCellValue(sheetName, "D3"); err != nil || text != "prior: -12.50\nname: +9.12 (exact)" {
		t.Errorf("evidence %q (%v)", text, err)
	}
	if kind, err := book.GetCellType(sheetName, "B2"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("the probability is text: %v (%v)", kind, err)
	}
	if again, err := XLSX(&sheet); err != nil || !bytes.Equal(again, data) {
		t.Errorf("the same sheet gives other bytes (%v)", err)
	}
}

// drawPairs draws references of any characters that keys have.
func drawPairs(t *rapid.T) []schemas.IdentityReview {
	ref := rapid.StringMatching(`[=+\-@'＝a-z]{0,2}[a-z]:[a-z]{1,3}:[=+@'",;|\\ 0-9a-z李雨]{0,6}[0-9]`)
	var out []schemas.IdentityReview
	for range rapid.IntRange(1, 6).Draw(t, "pairs") {
		p := schemas.IdentityReview{
			LeftRef: ref.Draw(t, "left"), RightRef: ref.Draw(t, "right"), Probability: rapid.Float64Range(0, 1).Draw(t, "p"), Gain: rapid.Float64Range(0, 9).Draw(t, "gain"),
			LeftFields: rapid.String().Draw(t, "fields"),
		}
		if p.LeftRef != p.RightRef {
			out = append(out, p)
		}
	}
	return out
}

func TestDecisionsComeBackFromBothFormats(t *testing.T) {
	for _, f := range formats {
		thorough.Check(t, 15, func(rt *rapid.T) {
			sheet := SheetOf(drawPairs(rt), 0, EvidenceBar)
			data, err := f.write(&sheet)
			if err != nil {
				rt.Fatal(err)
			}
			var decisions []string
			var want []Decision
			for i, row := range sheet.Rows {
				text := rapid.SampledFrom([]string{"", "same", "different", "相同", "不同", " Same "}).Draw(rt, "decision")
				decisions = append(decisions, text)
				if text != "" {
					n := len(row.Cells)
					want = append(want, Decision{row.Cells[n-3].(string), row.Cells[n-2].(string), text != "different" && text != "不同", fmt.Sprintf("%s:%d", f.file, i+2)})
				}
			}
			got, err := Parse(f.file, f.decide(t, data, decisions))
			if err != nil {
				rt.Fatalf("%s: %v", f.file, err)
			}
			for i := range got { // a field may have a line break in a CSV file: lines are not rows
				if strings.HasSuffix(f.file, ".csv") && i < len(want) {
					got[i].Where, want[i].Where = "", ""
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				rt.Fatal(f.file, d)
			}
		})
	}
}

// What spreadsheets make of a CSV file: rows sorted, columns moved, other delimiters and encodings.
func TestCSVMayComeBackOtherwise(t *testing.T) {
	row := func(d, l, r string) string { return r + ",x," + d + "," + checkOf(l, r) + "," + l + "\r\n" }
	text := "right 记录B,note,decision 决定,check 校验,left 记录A\r\n" + row("不同", "a:b:李", "c:d:2") + row("", "a:b:9", "gone") + row("相同", "a:b:3", "c:d:4")
	want := []Decision{{"a:b:李", "c:d:2", false, "r.csv:2"}, {"a:b:3", "c:d:4", true, "r.csv:4"}}
	encode := func(e encoding.Encoding, text string) []byte {
		data, err := e.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, data := range map[string][]byte{
		"UTF-8": []byte(text), "mark": []byte("\xEF\xBB\xBF" + text), "GBK": encode(simplifiedchinese.GBK, text),
		"UTF-16": encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.ReplaceAll(text, ",", "\t")), "semicolons": []byte(strings.ReplaceAll(text, ",", ";")),
	} {
		got, err := Parse("r.csv", data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestMistakesOfReviewersAreNamedByRowAndColumn(t *testing.T) {
	header := "decision,left,right,check\n"
	good := checkOf("a:b:1", "a:b:2")
	for text, want := range map[string]string{
		"":                               "r.csv: is empty",
		"decision,left,right\n":          "r.csv:1: column check is missing: is this a file of tributary review export?",
		"decision,left,right,check,left": "r.csv:1: column left is there twice",
		header + "maybe,a:b:1,a:b:2," + good + "\nsame,a:b:2,a:b:1," + good + "\n": "r.csv:2: column decision: \"maybe\" is no decision (expected same, different, 相同, 不同, or nothing)\n" +
			"r.csv:3: column check: does not fit columns left and right: one of the three was changed",
		header + "same,a:b:1,a:b:3," + good + "\n": "r.csv:2: column check: does not fit",
		header + "same,,a:b:3," + good + "\n":      "r.csv:2: column left: is empty",
		header + "same,a:b:3\n":                    "r.csv:2: column right: is empty",
		header + "same,a:b:3,a:b:3,k\n":            "r.csv:2: column right: names the same record",
		header + "same,\"a:b:3\n":                  "r.csv:2: not CSV",
	} {
		_, err := Parse("r.csv", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\n got  %v\n want %s", text, err, want)
		}
	}
	if _, err := Parse("r.xlsx", []byte("PK nothing")); err == nil || !strings.HasPrefix(err.Error(), "r.xlsx: not a sound workbook") {
		t.Error(err)
	}
	many := header + strings.Repeat("x,a,b,c\n", 100)
	if _, err := Parse("r.csv", []byte(many)); err == nil || strings.Count(err.Error(), "\n") != shownProblems || !strings.HasSuffix(err.Error(), "... and 80 more") {
		t.Error(err)
	}
}

func TestContradictionsNameTheirRows(t *testing.T) {
	d := func(l, r string, same bool, where string) Decision { return Decision{l, r, same, where} }
	existing := []Decision{d("a", "b", true, "d.csv:2"), d("c", "x", false, "d.csv:3")}
	for _, test := range []struct {
		reviewed []Decision
		added    int
		want     string
	}{
		{[]Decision{d("b", "a", true, "r:2"), d("b", "c", true, "r:3"), d("c", "b", true, "r:4"), d("y", "x", false, "r:5")}, 2, ""},
		{[]Decision{d("b", "a", false, "r:2")}, 0, "r:2: column decision: says different, and d.csv:2 says same about the same pair"},
		{[]Decision{d("p", "q", false, "r:2"), d("q", "p", true, "r:3")}, 0, "r:3: column decision: says same, and r:2 says different about the same pair"},
		{[]Decision{d("b", "c", true, "r:2"), d("a", "c", false, "r:3")}, 0, "r:3: column decision: says different, and the two are the same by r:2, d.csv:2"},
		{[]Decision{d("b", "c", true, "r:2"), d("a", "x", true, "r:3")}, 0, "r:3: column decision: says same, and d.csv:3 says different about two records that would be the same then"},
	} {
		added, err := Merge(existing, test.reviewed)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != test.want || len(added) != test.added {
			t.Errorf("%+v:\n added %d, %s\n want  %d, %s", test.reviewed, len(added), text, test.added, test.want)
		}
	}
}

// Decisions are taken exactly if no chain of same leads from one side of a different to the other.
func TestMergeFindsEveryContradiction(t *testing.T) {
	thorough.Check(t, 300, func(t *rapid.T) {
		var list []Decision
		for i := range rapid.IntRange(0, 12).Draw(t, "decisions") {
			l, r := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "l"), rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "r")
			if l != r {
				list = append(list, Decision{l, r, rapid.IntRange(0, 2).Draw(t, "kind") > 0, fmt.Sprint(i)})
			}
		}
		reach := map[[2]string]bool{}
		records := []string{"a", "b", "c", "d", "e"}
		for _, d := range list {
			if d.Same {
				reach[[2]string{d.Left, d.Right}], reach[[2]string{d.Right, d.Left}] = true, true
			}
		}
		for _, via := range records {
			for _, from := range records {
				for _, to := range records {
					if reach[[2]string{from, via}] && reach[[2]string{via, to}] {
						reach[[2]string{from, to}] = true
					}
				}
			}
		}
		contradicted := slices.ContainsFunc(list, func(d Decision) bool { return !d.Same && reach[[2]string{d.Left, d.Right}] })
		added, err := Merge(nil, list)
		if (err != nil) != contradicted {
			t.Fatalf("%+v: %v", list, err)
		}
		if err == nil {
			again, err := Merge(added, list)
			if err != nil || len(again) != 0 {
				t.Fatalf("a second import adds %+v (%v)", again, err)
			}
		}
	})
}

// checkParsed: a file is refused with its name, or each decision is about two references that
// fit their check.
func checkParsed(t *testing.T, file string, data []byte) {
	got, err := Parse(file, data)
	if err != nil {
		if !strings.HasPrefix(err.Error(), file) {
			t.Errorf("the error does not name the file: %v", err)
		}
		return
	}
	for _, d := range got {
		if d.Left == "" || d.Right == "" || d.Left == d.Right {
			t.Errorf("a decision about nobody: %+v", d)
		}
	}
}

func FuzzReviewedCSV(f *testing.F) {
	sheet := SheetOf(pairs(), 0, EvidenceBar)
	data, err := CSV(&sheet)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("decision;left;right;check\nsame;a;b;" + checkOf("a", "b") + "\n"))
	f.Add([]byte("\xFF\xFEd\x00"))
	f.Fuzz(func(t *testing.T, data []byte) { checkParsed(t, "r.csv", data) })
}

func FuzzXLSX(f *testing.F) {
	sheet := SheetOf(pairs(), 0, EvidenceBar)
	data, err := XLSX(&sheet)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) { checkParsed(t, "r.xlsx", data) })
}
