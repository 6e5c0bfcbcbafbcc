package codec

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type inner struct {
	Name  string
	Count *int64
}

type rich struct {
	inner
	Text  string
	Raw   []byte
	Flag  bool
	I8    int8
	I32   int32
	I64   int64
	U16   uint16
	U64   uint64
	F     float64
	PF    *float64
	PB    *bool
	PS    *string
	Words []string
	Items []inner
	Nums  []int64
}

func drawInner(t *rapid.T) inner {
	v := inner{Name: rapid.String().Draw(t, "name")}
	if rapid.Bool().Draw(t, "has") {
		n := rapid.Int64().Draw(t, "count")
		v.Count = &n
	}
	return v
}

func drawRich(t *rapid.T) rich {
	v := rich{
		inner: drawInner(t), Text: rapid.String().Draw(t, "text"), Flag: rapid.Bool().Draw(t, "flag"),
		I8: rapid.Int8().Draw(t, "i8"), I32: rapid.Int32().Draw(t, "i32"), I64: rapid.Int64().Draw(t, "i64"),
		U16: rapid.Uint16().Draw(t, "u16"), U64: rapid.Uint64().Draw(t, "u64"),
		F: rapid.Float64().Draw(t, "f"),
	}
	if raw := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "raw"); len(raw) > 0 {
		v.Raw = raw
	}
	if rapid.Bool().Draw(t, "p") {
		f, b, s := rapid.Float64().Draw(t, "pf"), rapid.Bool().Draw(t, "pb"), rapid.String().Draw(t, "ps")
		v.PF, v.PB, v.PS = &f, &b, &s
	}
	for range rapid.IntRange(0, 3).Draw(t, "n") {
		v.Words = append(v.Words, rapid.String().Draw(t, "w"))
		v.Items = append(v.Items, drawInner(t))
		v.Nums = append(v.Nums, rapid.Int64().Draw(t, "num"))
	}
	return v
}

func TestDecodeGivesBackWhatWasEncoded(t *testing.T) {
	c := For[rich]()
	rapid.Check(t, func(t *rapid.T) {
		want := drawRich(t)
		data := c.Append(nil, &want)
		got := drawRich(t) // must be overwritten
		if err := c.Decode(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(rich{}, inner{})); diff != "" {
			t.Fatal(diff)
		}
		if again := c.Append(nil, &got); !bytes.Equal(again, data) {
			t.Fatal("equal values gave other bytes")
		}
	})
}

func FuzzDecodeNeverPanics(f *testing.F) {
	c := For[rich]()
	f.Add(c.Append(nil, &rich{Words: []string{"a"}, Items: []inner{{Name: "b"}}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v rich
		_ = c.Decode(data, &v)
	})
}

func BenchmarkAppendAndDecode(b *testing.B) {
	c := For[rich]()
	n := int64(5)
	v := rich{inner: inner{"abc", &n}, Text: "hello world", Words: []string{"x", "y"}}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = c.Append(buf[:0], &v)
		_ = c.Decode(buf, &v)
	}
}
