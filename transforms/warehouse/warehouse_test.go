package warehouse

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/thorough"
)

type base struct {
	ID   string `parquet:"id"`
	Dict string `parquet:"dict,optional,dict"`
}

type item struct {
	Name  string `parquet:"name,dict"`
	Value string `parquet:"value,optional"`
	N     int64  `parquet:"n"`
}

type row struct {
	base
	Time   int64    `parquet:"time,timestamp(microsecond)"`
	Day    int32    `parquet:"day,date"`
	Money  int64    `parquet:"money,decimal(4:18)"`
	Hash   uint64   `parquet:"hash"`
	F      float64  `parquet:"f"`
	Flag   bool     `parquet:"flag"`
	PI     *int64   `parquet:"pi,optional"`
	PF     *float64 `parquet:"pf,optional"`
	PB     *bool    `parquet:"pb,optional"`
	PM     *int64   `parquet:"pm,optional,decimal(4:18)"`
	Items  []item   `parquet:"items"`
	Labels []string `parquet:"labels"`
}

func draw(t *rapid.T) row {
	v := row{
		base: base{rapid.String().Draw(t, "id"), rapid.SampledFrom([]string{"", "a", "bb"}).Draw(t, "dict")},
		Time: rapid.Int64().Draw(t, "time"), Day: rapid.Int32().Draw(t, "day"),
		Money: rapid.Int64().Draw(t, "money"), Hash: rapid.Uint64().Draw(t, "hash"),
		F: rapid.Float64().Draw(t, "f"), Flag: rapid.Bool().Draw(t, "flag"),
	}
	if rapid.Bool().Draw(t, "some") {
		i, f, b := rapid.Int64().Draw(t, "pi"), rapid.Float64().Draw(t, "pf"), rapid.Bool().Draw(t, "pb")
		v.PI, v.PF, v.PB, v.PM = &i, &f, &b, &i
	}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		v.Items = append(v.Items, item{rapid.SampledFrom([]string{"x", "y"}).Draw(t, "n"), rapid.SampledFrom([]string{"", "v"}).Draw(t, "v"), rapid.Int64().Draw(t, "i")})
		v.Labels = append(v.Labels, rapid.String().Draw(t, "label"))
	}
	return v
}

func write(t testing.TB, dir string, part int, rows []row) FileInfo {
	w, err := Create[row](dir, "table", part)
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

func read(t testing.TB, path string, columns []string) []row {
	var got []row
	if err := Read(context.Background(), path, columns, func(rows []row) error {
		got = append(got, rows...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTypedPagesGiveWhatTheGenericReaderGives(t *testing.T) {
	thorough.Check(t, 25, func(r *rapid.T) {
		dir := t.TempDir()
		rows := rapid.SliceOfN(rapid.Custom(draw), 0, 40).Draw(r, "rows")
		if rapid.Bool().Draw(r, "many") {
			for len(rows) > 0 && len(rows) < 9000 {
				rows = append(rows, rows...)
			}
		}
		info := write(t, dir, 3, rows)
		if again := write(t, dir, 4, rows); again.SHA256 != info.SHA256 {
			r.Fatal("equal rows gave other bytes")
		}
		path := filepath.Join(dir, info.Name)
		got := read(t, path, nil)
		want, err := parquet.ReadFile[row](path)
		if err != nil {
			r.Fatal(err)
		}
		for i := range want {
			if len(want[i].Items) == 0 {
				want[i].Items, want[i].Labels = nil, nil
			}
		}
		if len(rows) != len(got) || int64(len(rows)) != info.Rows {
			r.Fatalf("%d rows written, %d read", len(rows), len(got))
		}
		for i := range got {
			if !reflect.DeepEqual(want[i], got[i]) {
				r.Fatal(cmp.Diff(want[i], got[i], cmp.AllowUnexported(row{}, base{})))
			}
		}
		for i, v := range read(t, path, []string{"day", "dict"}) {
			if v.Day != rows[i].Day || v.Dict != rows[i].Dict || v.ID != "" {
				r.Fatalf("row %d of two columns: %+v", i, v)
			}
		}
	})
}

func TestUnknownColumnsAndBrokenFilesAreErrors(t *testing.T) {
	dir := t.TempDir()
	info := write(t, dir, 0, []row{{}})
	path := filepath.Join(dir, info.Name)
	if err := Read(t.Context(), path, []string{"nope"}, func([]row) error { return nil }); err == nil {
		t.Error("a column that the type does not have was accepted")
	}
	if err := os.WriteFile(path, []byte("PAR1 no"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Read(t.Context(), path, nil, func([]row) error { return nil }); err == nil {
		t.Error("a broken file was accepted")
	}
}

func FuzzRead(f *testing.F) {
	dir := f.TempDir()
	info := write(f, dir, 0, []row{{base: base{ID: "a"}, Items: []item{{Name: "x"}}}, {}})
	data, err := os.ReadFile(filepath.Join(dir, info.Name))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.parquet")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		_ = Read(t.Context(), path, nil, func([]row) error { return nil })
	})
}
