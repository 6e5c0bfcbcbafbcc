package evaluate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func TestTabularReadsTextAndParquetAlike(t *testing.T) {
	type row struct {
		ID   string  `parquet:"id"`
		Day  int32   `parquet:"day,date"`
		Net  float64 `parquet:"net"`
		Note *string `parquet:"note,optional"`
	}
	dir := t.TempDir()
	note := "x"
	if err := parquet.WriteFile(filepath.Join(dir, "t.parquet"), []row{{"1", 19723, 2.5, &note}, {"2", 19724, -1, nil}}); err != nil {
		t.Fatal(err)
	}
	text := "\xef\xbb\xbfid, day,net,note\n1,2024-01-01,2.5,\"x\"\n2,2024-01-02,-1,\n"
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"t.csv": []byte(text), "t.csv.gz": packed.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"t.csv", "t.csv.gz", "t.parquet"} {
		got, err := ReadTabular(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{{"1", "2"}, {"2024-01-01", "2024-01-02"}, {"2.5", "-1"}, {"x", ""}}
		if got.Rows != 2 || !slices.Equal(got.Columns, []string{"id", "day", "net", "note"}) || fmt.Sprint(got.Cells) != fmt.Sprint(want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestMistakesOfATableNameTheRow(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"":                "no header",
		"a,a\n1,2\n":      `two columns are called "a"`,
		"\x1f\x8bnothing": "gzip",
	} {
		path := filepath.Join(dir, "t.csv")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadTabular(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "t.parquet"), []byte("PAR1 and nothing else PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTabular(t.Context(), filepath.Join(dir, "t.parquet")); err == nil {
		t.Error("a broken Parquet file was read")
	}
}

func FuzzReadTabular(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "\xef\xbb\xbfa\n\"x\ny\"\n", "\x1f\x8b\x08\x00", "a,b\n1\n", "PAR1"} {
		f.Add([]byte(text), false)
		f.Add([]byte(text), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, columnar bool) {
		path := filepath.Join(t.TempDir(), "t.csv")
		if columnar {
			path = strings.TrimSuffix(path, ".csv") + ".parquet"
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		table, err := ReadTabular(t.Context(), path)
		if err != nil {
			return
		}
		for _, cells := range table.Cells {
			if len(cells) != table.Rows {
				t.Fatalf("a column of %d cells in a table of %d rows", len(cells), table.Rows)
			}
		}
	})
}
