package warehouse_test

import (
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

type made struct {
	ID    string   `parquet:"id"`
	Kind  string   `parquet:"kind,dict"`
	Text  string   `parquet:"text,optional"`
	Share *float64 `parquet:"share,optional"`
	N     int64    `parquet:"n"`
}

// Copied columns and written ones make one sound part, the same as if all had been written.
func TestCopiedColumnsAreThoseOfTheOtherPart(t *testing.T) {
	dir := t.TempDir()
	rows := make([]made, 20_000)
	for i := range rows {
		half := float64(i) / 2
		rows[i] = made{Kind: []string{"a", "b", ""}[i%3], N: int64(i), ID: string(rune('a' + i%26))}
		if i%5 > 0 {
			rows[i].Text, rows[i].Share = "text", &half
		}
	}
	donor := writeRows(t, dir, "records/made", 3, rows)
	w, err := warehouse.CreateWith[made](dir, "made", 3, filepath.Join(dir, donor.Name), "kind", "text", "share")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.Add(&made{ID: rows[i].ID, N: rows[i].N, Kind: "not looked at"}); err != nil {
			t.Fatal(err)
		}
	}
	info, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, info.Name)
	var got []made
	if err := warehouse.Read(t.Context(), path, nil, func(batch []made) error {
		got = append(got, batch...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	same(t, rows, got)
	sameValues(t, path, rows)
	writeAndCompare(t, rows[:10]) // the next part copies nothing
}

func TestColumnsOfOtherRowsOrKindsAreNotCopied(t *testing.T) {
	type other struct {
		Kind string `parquet:"kind,optional,dict"`
	}
	dir := t.TempDir()
	donor := writeRows(t, dir, "records/made", 0, make([]made, 5))
	path := filepath.Join(dir, donor.Name)
	for _, n := range []int{0, 4, 6} {
		w, err := warehouse.CreateWith[made](dir, "made", 0, path, "kind")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(make([]made, n)...); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Close(); err == nil {
			t.Errorf("%d rows took the columns of 5", n)
		}
	}
	if _, err := warehouse.CreateWith[other](dir, "made", 1, path, "kind"); err == nil {
		t.Error("a required column became an optional one")
	}
	if _, err := warehouse.CreateWith[made](dir, "made", 1, path, "nope"); err == nil {
		t.Error("a column that nobody has was copied")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "made", ".*")); len(left) > 0 {
		t.Errorf("unfinished parts are left: %v", left)
	}
}
