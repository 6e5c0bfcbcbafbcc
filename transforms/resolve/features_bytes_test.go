package resolve

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// anyFeatures fills every field, those that are added later, too: a field that is compared but
// not written would be missing in every job but the first.
func anyFeatures(t *rapid.T) Features {
	var f Features
	v := reflect.ValueOf(&f).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch field := v.Field(i); field.Kind() {
		case reflect.Bool:
			field.SetBool(rapid.Bool().Draw(t, name))
		case reflect.Uint32, reflect.Uint64:
			field.SetUint(uint64(rapid.Uint32().Draw(t, name)))
		case reflect.String:
			field.SetString(rapid.String().Draw(t, name))
		case reflect.Slice:
			field.Set(reflect.ValueOf(rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, name)))
		default:
			t.Fatalf("field %s has a kind that this test does not fill", name)
		}
	}
	return f
}

func TestWhatIsComparedIsTheSameFromItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyFeatures(t)
		columns := []string{"a", "b"}
		want.Ordinal, want.Texts = 0, []string{"blue", ""}
		free := []schemas.NameValue{{Name: "a", Value: "BLUE"}, {Name: "c", Value: "left out"}, {Name: "b", Value: "null"}}
		data := AppendFeatures(nil, &want, free)
		got := anyFeatures(t) // must be overwritten
		if err := DecodeFeatures(data, columns, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		if RankIn(data) != want.Rank {
			t.Fatalf("rank %d, want %d", RankIn(data), want.Rank)
		}
		var names []string
		if err := FreeColumns(data, func(name, value string) { names = append(names, name+"="+value) }); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(names) != "[a=blue c=left out]" {
			t.Fatalf("free columns %v", names)
		}
	})
}

func FuzzDecodeFeatures(f *testing.F) {
	f.Add(AppendFeatures(nil, &Features{Given: "ada", Phones: []string{"+441632960000"}}, []schemas.NameValue{{Name: "a", Value: "b"}}))
	f.Fuzz(func(_ *testing.T, data []byte) {
		var v Features
		_ = DecodeFeatures(data, []string{"a"}, &v)
	})
}
