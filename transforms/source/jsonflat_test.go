package source

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// flatLayout uses values at several depths, arrays, also within each other, and an alias.
func flatLayout(t testing.TB) *layout {
	t.Helper()
	text := `
system: s
name: {en: s, zh: s}
layouts:
  - name: l
    header: [id]
    aliases: {name: [names.full]}
    records:
      - record: party
        key: id
        fields: {full_name: name, city: address.city, street: address.street, kind: {const: person}}
      - record: trait
        key: [id, tags]
        each: tags
        fields: {name: {const: tag}, value: tags}
      - record: trait
        each: members
        fields: {name: {const: member}, value: members.name}
      - record: trait
        each: members.tags
        fields: {name: {const: member}, value: {columns: [members.tags, members.tags.name, members.id]}}
`
	s, err := Compile(Spec{Name: "s", ProfileName: "s", Profile: text})
	if err != nil {
		t.Fatal(err)
	}
	return s.layouts[0]
}

type noSink struct{}

func (noSink) Record(string, any) error     { return nil }
func (noSink) Reject(*schemas.Reject) error { return nil }
func (noSink) Issue(string, string)         {}

// sameAsDecoder fails when the short cut reads an object otherwise than the decoder does.
func sameAsDecoder(t interface {
	Helper()
	Fatalf(string, ...any)
}, l *layout, text []byte,
) (short bool) {
	t.Helper()
	s := &Source{profile: &schemas.Profile{}}
	quick, full := newJSONMapper(s, l, &Split{}, noSink{}, &Counts{}), newJSONMapper(s, l, &Split{}, noSink{}, &Counts{})
	if !quick.short.read(text) {
		return false
	}
	v, f := objectOf(text)
	if f != nil {
		t.Fatalf("the short cut reads what the decoder refuses (%s): %s", f.reason, text)
	}
	flat := map[string]string{}
	flatten(flat, "", v)
	quick.replaced, full.replaced = hasSurrogates(text), hasSurrogates(text)
	quick.take(quick.c.values)
	full.values(flat, full.c.values)
	if diff := cmp.Diff(full.c.values, quick.c.values); diff != "" {
		t.Fatalf("%s\n%s", text, diff)
	}
	if diff := cmp.Diff(full.c.bad, quick.c.bad); diff != "" {
		t.Fatalf("%s\n%s", text, diff)
	}
	for _, path := range []string{"tags", "members", "members.tags", "tags"} {
		var want [][]string
		for _, one := range elements(v, flat, "", strings.Split(path, ".")) {
			values := make([]string, len(full.c.values))
			full.values(one, values)
			want = append(want, values)
		}
		if diff := cmp.Diff(want, quick.shortElements(path)); diff != "" {
			t.Fatalf("elements of %s: %s\n%s", path, text, diff)
		}
	}
	return true
}

func TestShortCutReadsObjectsAsTheDecoderDoes(t *testing.T) {
	l := flatLayout(t)
	for text, short := range map[string]bool{
		`{"id":1}`: true,
		`{"id":"7","name":" Ann ","address":{"city":"Linden","street":null},"tags":["","a","","b"],"x":[{"y":1}]}`: true,
		`{"id":-1.5e3,"name":"\u5f20\ud83d\ude00","tags":[1,true,null]}`:                                           true,
		`{"names":{"full":"alias"},"name":"","id":"a\u0000b"}`:                                                     true,
		`{"id":1,"name":"\ud800"}`:       true,
		`{"tags":[{"tags":"x"}],"id":1}`: true,
		`{"tags":[["x"]],"id":1}`:        false,
		`{"id":1,"members":[{"name":null,"tags":[]},{"name":"a","id":2,"tags":["x",{"name":"y"}]},"z",{"name":"b","tags":{"name":""}},{"name":""}]}`: true,
		`{"id":1,"id":2}`:                         false,
		`{"id":1,"address.city":"x"}`:             false,
		`{"id":1}{`:                               false,
		`{"id":01}`:                               false,
		`{"id":"` + "\x01" + `"}`:                 false,
		`{"i\u0064":1}`:                           false,
		`{"address":"text","id":1,"tags":"one"}`:  true,
		`{"address":["text"],"id":1,"tags":[]}`:   true,
		`{"x":` + strings.Repeat("[", 99) + `}`:   false,
		`[1]`:                                     false,
		"{\"id\":\"\xff\"}":                       false,
		`{"id":1,"x":{"tags":[1],"id":2}, "y":1}`: true,
	} {
		if got := sameAsDecoder(t, l, []byte(text)); got != short {
			t.Errorf("%s: short cut %v, want %v", text, got, short)
		}
	}
}

func TestShortCutOnAnyObject(t *testing.T) {
	l := flatLayout(t)
	key := rapid.SampledFrom([]string{"id", "name", "names", "full", "address", "city", "street", "tags", "members", "x", "é"})
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		plain := []*rapid.Generator[any]{
			rapid.Map(rapid.String(), func(s string) any { return s }),
			rapid.Map(rapid.SampledFrom([]string{"", " a ", "\x00", "张", "\"\\\n"}), func(s string) any { return s }),
			rapid.Map(rapid.Float64Range(-1e9, 1e9), func(f float64) any { return f }),
			rapid.Map(rapid.Bool(), func(b bool) any { return b }),
			rapid.Just[any](nil),
		}
		if depth > 0 {
			plain = append(plain,
				rapid.Map(rapid.MapOfN(key, value(depth-1), 0, 5), func(m map[string]any) any { return m }),
				rapid.Map(rapid.SliceOfN(value(depth-1), 0, 4), func(s []any) any { return s }))
		}
		return rapid.OneOf(plain...)
	}
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(rapid.MapOfN(key, value(3), 0, 8).Draw(t, "object"))
		if err != nil {
			t.Fatal(err)
		}
		sameAsDecoder(t, l, text)
	})
}

func FuzzShortCut(f *testing.F) {
	l := flatLayout(f)
	f.Add([]byte(`{"id":1,"name":"a\u00e9","tags":["x",2],"address":{"city":null}}`))
	f.Add([]byte(`{"id":1,"members":[{"name":"a","tags":["x",{"name":"y"}]},{"id":2,"tags":[]}]}`))
	f.Add([]byte(`{"id":-0.5E+3,"x":[[{}],"\ud83d"]}`))
	f.Fuzz(func(t *testing.T, text []byte) { sameAsDecoder(t, l, text) })
}
