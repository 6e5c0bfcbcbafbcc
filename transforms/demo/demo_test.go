package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// digests are the hashes of all files of a company.
func digests(t *testing.T, p Params) map[string]string {
	t.Helper()
	folder := t.TempDir()
	files, err := Write(folder, p)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		sum := sha256.Sum256(data)
		out[filepath.ToSlash(name)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if out[f.Path] == "" {
			t.Errorf("%s is listed but not there", f.Path)
		}
	}
	if len(files) != len(out) {
		t.Errorf("%d files are listed, %d are there", len(files), len(out))
	}
	return out
}

func TestSameSeedSameBytesForAnyNumberOfWorkers(t *testing.T) {
	p := Params{Customers: 1030, Seed: 7, AsOf: DefaultAsOf, Workers: 1}
	want := digests(t, p)
	for _, workers := range []int{2, 3, 50} {
		p.Workers = workers
		got := digests(t, p)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%d workers: %s differs", workers, name)
			}
		}
	}
}

func TestAnotherSeedOrDayGivesAnotherCompany(t *testing.T) {
	p := Params{Customers: 120, Seed: 7, AsOf: DefaultAsOf}
	want := digests(t, p)
	p.Seed = 8
	other := digests(t, p)
	p.Seed, p.AsOf = 7, "2026-06-30"
	earlier := digests(t, p)
	for _, name := range []string{"exports/salesforce/Contact.csv", "exports/sap/VBRK_1.txt", "truth/future_orders.csv"} {
		if want[name] == other[name] || want[name] == earlier[name] {
			t.Errorf("%s is the same for another seed or day", name)
		}
	}
}

// A company is a prefix of a larger one: its entities do not depend on how many there are.
func TestMoreCustomersLeaveTheFirstOnesAsTheyAre(t *testing.T) {
	small, large := made(t, 200), made(t, 400)
	for _, file := range []int{fileContacts, fileKNA1, fileShopify, truthTags} {
		if !bytes.HasPrefix(large[file], small[file]) {
			t.Errorf("%s is no prefix", newFileSet(0).list[file].path)
		}
	}
}

func TestOddNumbersOfCustomers(t *testing.T) {
	for _, n := range []int{1, 3, 5, 49, 51} {
		if _, err := Write(t.TempDir(), Params{Customers: n, Seed: 1, AsOf: "2020-02-29"}); err != nil {
			t.Errorf("%d customers: %v", n, err)
		}
	}
	for _, p := range []Params{{Customers: 0, AsOf: DefaultAsOf}, {Customers: MostCustomers + 1, AsOf: DefaultAsOf}, {Customers: 5, AsOf: "2026-02-30"}, {Customers: 5, AsOf: "0900-01-01"}} {
		if _, err := Write(t.TempDir(), p); err == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}

// made is what all chunks wrote, by file, without headers.
func made(t *testing.T, customers int) [][]byte {
	t.Helper()
	w := newWorld(Params{Customers: customers, Seed: 7, AsOf: DefaultAsOf})
	out := make([][]byte, len(w.files.list))
	err := w.each(0, func(c *chunk) error {
		for i, data := range c.buffers {
			out[i] = append(out[i], data...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// table parses rows without their header.
func table(t *testing.T, file int, data []byte) [][]string {
	t.Helper()
	spec := newFileSet(testDay).list[file]
	if spec.gbk {
		var err error
		if data, err = simplifiedchinese.GBK.NewDecoder().Bytes(data); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.LazyQuotes = spec.gbk // ="123" is no proper quoting
	if strings.HasSuffix(spec.path, ".txt") {
		r.Comma, r.LazyQuotes = '\t', true
	}
	r.FieldsPerRecord = len(header(spec.header))
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", spec.path, err)
	}
	return rows
}

var testDay = (&Params{AsOf: DefaultAsOf}).asOfDay()

func header(s string) []string {
	if strings.Contains(s, "\t") {
		return strings.Split(s, "\t")
	}
	return strings.Split(strings.ReplaceAll(s, `"`, ""), ",")
}

// at is the place of a column.
func at(t *testing.T, file int, column string) int {
	t.Helper()
	for i, name := range header(newFileSet(testDay).list[file].header) {
		if name == column {
			return i
		}
	}
	t.Fatalf("no column %s", column)
	return 0
}

func TestFilesParse(t *testing.T) {
	data := made(t, 600)
	set := newFileSet(testDay)
	for file, spec := range set.list {
		if spec.header != "" {
			table(t, file, data[file])
			continue
		}
		bad := 0
		for _, line := range bytes.Split(bytes.TrimSuffix(data[file], []byte("\n")), []byte("\n")) {
			if !json.Valid(line) {
				bad++
			}
		}
		want := 0
		for i := range badRows {
			if badRows[i].file(&world{asOf: testDay, files: set}) == file {
				want++
			}
		}
		if bad != want {
			t.Errorf("%s: %d lines are no JSON, %d are so on purpose", spec.path, bad, want)
		}
	}
}

func TestOrderLinesAddUpToTheirOrders(t *testing.T) {
	data := made(t, 300)
	list, lines := (&world{asOf: testDay, files: newFileSet(testDay)}).files.taobao(testDay - 400)
	sums := map[string]int64{}
	for _, row := range table(t, lines, data[lines]) {
		sums[row[0]] += parseCents(t, row[2]) * parseCents(t, row[3]+".00") / 100
	}
	for _, row := range table(t, list, data[list]) {
		if got := parseCents(t, row[3]); got != sums[row[0]] {
			t.Errorf("order %s: %d in the list, %d in its lines", row[0], got, sums[row[0]])
		}
	}
	items := map[string]int64{}
	for _, row := range table(t, fileVBAP, data[fileVBAP]) {
		items[row[1]] += parseCents(t, strings.TrimSpace(row[7]))
	}
	for i, row := range table(t, fileVBAK, data[fileVBAK]) {
		if i > 0 && parseCents(t, strings.TrimSpace(row[8])) != items[row[1]] { // the first is bad on purpose
			t.Errorf("sales order %s: %s, items %d", row[1], row[8], items[row[1]])
		}
	}
}

func parseCents(t *testing.T, s string) int64 {
	t.Helper()
	var whole, part int64
	if _, err := fmt.Sscanf(s, "%d.%02d", &whole, &part); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("%q is no amount", s)
	}
	return whole*100 + part
}

func TestCalendarAgreesWithTime(t *testing.T) {
	for day := -400; day < 40000; day += 13 {
		want := time.Unix(int64(day)*secondsPerDay, 0).UTC()
		if got := isoDay(day); got != want.Format(time.DateOnly) {
			t.Fatalf("day %d: %s, want %s", day, got, want.Format(time.DateOnly))
		}
		if got := utcStamp(int64(day)*secondsPerDay + shanghaiOffset + 3723); got != want.Add(3723*time.Second).Format(time.RFC3339) {
			t.Fatalf("day %d: %s", day, got)
		}
	}
}

func TestGapsGoThroughSeasonsAndBack(t *testing.T) {
	s := newSeasons(testDay)
	for _, chinese := range []bool{true, false} {
		for x := float64(testDay - 900); x < float64(testDay+300); x += 0.73 {
			if back := s.wall(s.plain(x, chinese), chinese); back < x-1e-6 || back > x+1e-6 {
				t.Fatalf("%v comes back as %v", x, back)
			}
		}
	}
}

func TestKeysAreUnique(t *testing.T) {
	w := newWorld(Params{Customers: 1000, Seed: 7, AsOf: DefaultAsOf})
	seen := map[string]bool{}
	check := func(key string) {
		if seen[key] {
			t.Fatalf("key %s comes twice", key)
		}
		seen[key] = true
	}
	for n := range 30000 {
		for _, s := range []system{crm, erp, support, social} {
			check(w.recordKey(s, false, n))
		}
		check("t" + w.taobaoNumber(n/20, n%20))
		name, _ := w.shopifyNumber(n/20, n%20)
		check(name)
		sales, billing, credit := w.erpNumbers(n/20, n%20)
		check("v" + sales)
		check("v" + billing)
		check("v" + credit)
	}
}

func TestGBKIsThatOfTheLibrary(t *testing.T) {
	text := surnameTable + characterTable + chinesePlaceTable + taobaoHeader + "（）┋｜"
	want, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(appendGBK(nil, []byte(text))); got != want {
		t.Error("differs")
	}
}

// A number that changed its owner is never seen with both at one time: that is all that tells
// the two apart.
func TestNumbersThatChangedOwnerDoNotOverlap(t *testing.T) {
	w := newWorld(Params{Customers: 50 * 200, Seed: 7, AsOf: DefaultAsOf})
	passed := 0
	for number := range 200 {
		b := w.newBlock(number)
		for i := range b.persons {
			w.personRecords(b, &b.persons[i])
		}
		for i := 0; i < blockPersons; i += 2 {
			before, after := &b.persons[i], &b.persons[i+1]
			if before.passedOn == 0 {
				continue
			}
			passed++
			if before.oldPhone != after.phone {
				t.Fatal("the second person does not have the number of the first")
			}
			for _, rec := range before.records {
				if old := dayOf(rec.created) < before.passedOn; old != (dayOf(rec.updated) < before.passedOn) {
					t.Errorf("a record from before the change was updated behind it")
				}
			}
			for _, rec := range after.records {
				if dayOf(rec.created) < before.passedOn+30 {
					t.Errorf("the second owner has a record from day %d, the number changed on %d", dayOf(rec.created), before.passedOn)
				}
			}
		}
	}
	if passed < 20 {
		t.Errorf("only %d numbers changed owner", passed)
	}
}
