package warehouse_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// sparse has no column of which every page has a value.
type sparse struct {
	Other string `parquet:"other,optional"`
	Text  string `parquet:"text,optional,dict"`
	Day   int32  `parquet:"day,optional,date"`
	Flag  bool   `parquet:"flag,optional"`
}

// Runs of values leave the nulls around them null, wherever they lie in the bits of a page.
func TestRunsOfValuesDoNotSwallowTheNullsBehindThem(t *testing.T) {
	for start := 1; start < 40; start++ {
		for _, other := range []int{0, 2, 5} {
			rows := make([]sparse, 200)
			for i := range rows {
				if at := i % 64; at >= start && at < 2*start {
					rows[i].Text, rows[i].Day = "x", 7
				}
				if other > 0 && i%(other*7) == other {
					rows[i].Other, rows[i].Flag = "y", true
				}
			}
			writeAndCompare(t, rows)
		}
	}
}

// varied makes many pages of every kind of column.
type varied struct {
	Key   string   `parquet:"key"`            // shares its beginning with the row before
	Name  string   `parquet:"name,dict"`      // as many texts as rows: too many for a dictionary
	Kind  string   `parquet:"kind,dict"`      // few texts
	Late  string   `parquet:"late,optional"`  // null at first
	Never string   `parquet:"never,optional"` // null always
	N     int64    `parquet:"n"`
	Hash  uint64   `parquet:"hash"`
	Small uint32   `parquet:"small"`
	Share *float64 `parquet:"share,optional"`
	Flag  bool     `parquet:"flag"`
	Items []item   `parquet:"items"`
	Words []string `parquet:"words"`
}

type item struct {
	Name  string `parquet:"name,dict"`
	Value string `parquet:"value,optional"`
}

func TestManyPagesComeBackAsTheyWereWritten(t *testing.T) {
	rows := make([]varied, 30_000)
	for i := range rows {
		n := uint64(i+1) * 0x9E3779B97F4A7C15
		r := &rows[i]
		r.Key, r.Name, r.Kind = fmt.Sprintf("shop:order:%09d", i), fmt.Sprintf("name %x", n), []string{"a", "b", "", "d"}[n>>62]
		r.N, r.Hash, r.Small, r.Flag = int64(n)>>20, n, uint32(n), n>>40&1 == 0
		if i > 25_000 {
			r.Late = "later"
		}
		if n>>50&3 > 0 {
			share := float64(n>>11) / (1 << 53)
			r.Share = &share
		}
		for j := range n >> 45 & 3 {
			r.Items = append(r.Items, item{Name: r.Name[:6], Value: []string{"", "v"}[j&1]})
			r.Words = append(r.Words, r.Kind)
		}
	}
	writeAndCompare(t, rows)
}

// writeAndCompare writes rows, twice, and reads them with both readers.
func writeAndCompare[T any](t *testing.T, rows []T) {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, table := range []string{"t", "records/t"} {
		info := writeRows(t, dir, table, 0, rows)
		if again := writeRows(t, dir, table, 1, rows); again.SHA256 != info.SHA256 {
			t.Errorf("%s: equal rows gave other bytes", table)
		}
		path := filepath.Join(dir, info.Name)
		var got []T
		if err := warehouse.Read(t.Context(), path, nil, func(batch []T) error {
			got = append(got, batch...)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		same(t, rows, got)
		paths = append(paths, path)
	}
	for _, path := range paths { // last, since the library may touch the rows
		sameValues(t, path, rows)
	}
}

func writeRows[T any](t *testing.T, dir, table string, part int, rows []T) warehouse.FileInfo {
	t.Helper()
	w, err := warehouse.Create[T](dir, table, part)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rows...); err != nil {
		t.Fatal(err)
	}
	info, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return info
}
