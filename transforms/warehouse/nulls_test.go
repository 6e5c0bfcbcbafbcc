package warehouse_test

import (
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

type sparse struct {
	Other string `parquet:"other,optional"`
	Text  string `parquet:"text,optional,dict"`
	Day   int32  `parquet:"day,optional,date"`
	Flag  bool   `parquet:"flag,optional"`
}

// parquet-go v0.32.0 writes the nulls behind such runs as values.
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
			dir := t.TempDir()
			w, err := warehouse.Create[sparse](dir, "t", 0)
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
			sameValues(t, filepath.Join(dir, info.Name), rows)
		}
	}
}
