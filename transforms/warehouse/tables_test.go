package warehouse_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
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
		dir := t.TempDir()
		w, err := warehouse.Create[T](dir, "t", 0)
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
		path := filepath.Join(dir, info.Name)
		var got []T
		if err := warehouse.Read(t.Context(), path, nil, func(batch []T) error {
			got = append(got, batch...)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		same(t, rows, got)
		sameValues(t, path, rows)
	})
}

// sameValues compares the file's values and levels, as the library's row reader shows them, with the rows.
// (The library's reader of structs gives pointers to 0 for some nulls.)
func sameValues[T any](t *testing.T, path string, rows []T) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reader := parquet.NewReader(f)
	defer reader.Close()
	schema, buffer := parquet.SchemaOf(new(T)), make([]parquet.Row, 1)
	for i := range rows {
		if n, err := reader.ReadRows(buffer); n != 1 {
			t.Fatalf("row %d: %v", i, err)
		}
		if want := schema.Deconstruct(nil, &rows[i]); !want.Equal(buffer[0]) {
			t.Fatalf("row %d:\nfile %+v\nwant %+v", i, buffer[0], want)
		}
	}
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
