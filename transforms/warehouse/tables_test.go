package warehouse_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/tributary-cdp/tributary/schemas"
)

// scramble fills every field of v; about a third of what can be null stays null.
func scramble(r *rand.Rand, v reflect.Value) {
	null := r.IntN(3) == 0
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			scramble(r, v.Field(i))
		}
	case reflect.Pointer:
		if !null {
			v.Set(reflect.New(v.Type().Elem()))
			scramble(r, v.Elem())
		}
	case reflect.Slice:
		if n := r.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				scramble(r, v.Index(i))
			}
		}
	case reflect.String:
		if !null {
			v.SetString([]string{"a", "bb", "客户", "long text that is not in any dictionary twice"}[r.IntN(4)])
		}
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.Int32()) - 1<<30)
	case reflect.Uint64:
		v.SetUint(r.Uint64())
	case reflect.Float64:
		v.SetFloat(r.NormFloat64())
	}
}

// roundTrip writes scrambled rows and reads them back, by typed pages and by the library's generic reader.
func roundTrip[T any](t *testing.T) {
	t.Helper()
	t.Run(reflect.TypeFor[T]().Name(), func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		rows := make([]T, 1200)
		for i := range rows {
			scramble(r, reflect.ValueOf(&rows[i]).Elem())
		}
		writeAndCompare(t, rows)
	})
}

// sameValues compares the file's values and levels, as the library reads them page by page, with
// the rows.
func sameValues[T any](t *testing.T, path string, rows []T) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var want [][]parquet.Value // by column
	schema := parquet.SchemaOf(new(T))
	for i := range rows {
		for _, v := range schema.Deconstruct(nil, &rows[i]) {
			for v.Column() >= len(want) {
				want = append(want, nil)
			}
			want[v.Column()] = append(want[v.Column()], v)
		}
	}
	for column := range want {
		got := valuesOf(t, file, column)
		if len(got) != len(want[column]) {
			t.Fatalf("%s: column %d has %d values, want %d", path, column, len(got), len(want[column]))
		}
		for i, v := range got {
			w := want[column][i]
			if !parquet.Equal(v, w) || v.DefinitionLevel() != w.DefinitionLevel() || v.RepetitionLevel() != w.RepetitionLevel() {
				t.Fatalf("%s: value %d of column %d is %+v, want %+v", path, i, column, v, w)
			}
		}
	}
}

func valuesOf(t *testing.T, file *parquet.File, column int) (values []parquet.Value) {
	t.Helper()
	for _, group := range file.RowGroups() {
		pages := group.ColumnChunks()[column].Pages()
		for {
			page, err := pages.ReadPage()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			some := make([]parquet.Value, page.NumValues())
			if n, err := page.Values().ReadValues(some); n != len(some) {
				t.Fatalf("%d of %d values: %v", n, len(some), err)
			}
			values = append(values, some...)
		}
		pages.Close()
	}
	return values
}

func same[T any](t *testing.T, want, got []T) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Fatalf("row %d: %s", i, diff)
		}
	}
}

func TestEveryTableComesBackAsItWasWritten(t *testing.T) {
	roundTrip[schemas.Customer](t)
	roundTrip[schemas.CustomerProfile](t)
	roundTrip[schemas.OrderRow](t)
	roundTrip[schemas.OrderLineRow](t)
	roundTrip[schemas.OpportunityRow](t)
	roundTrip[schemas.SubscriptionRow](t)
	roundTrip[schemas.InteractionRow](t)
	roundTrip[schemas.ConsentRow](t)
	roundTrip[schemas.IdentityMap](t)
	roundTrip[schemas.IdentityLink](t)
	roundTrip[schemas.CustomerChurn](t)
	roundTrip[schemas.CustomerCLV](t)
	roundTrip[schemas.KPI](t)
	roundTrip[schemas.Party](t)
	roundTrip[schemas.Order](t)
	roundTrip[schemas.OrderLine](t)
	roundTrip[schemas.Interaction](t)
}
