package report

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestConcentrationEndsWithAllBuyersAndNeverForgetsOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-1000, 1_000_000), 1, 300).Draw(r, "values")
		descending := append([]int64(nil), values...)
		for i := range descending { // the simplest sort there is
			for j := range i {
				if descending[j] < descending[i] {
					descending[j], descending[i] = descending[i], descending[j]
				}
			}
		}
		var sum int64
		for _, v := range values {
			sum += v
		}
		c := Concentrate(descending)
		if c.Total != (Sum{int64(len(values)), sum}) {
			r.Fatalf("all are %+v, want %d with %d", c.Total, len(values), sum)
		}
		if (sum <= 0) != (c.Points == nil) {
			r.Fatalf("%d points for a sum of %d", len(c.Points), sum)
		}
		for percent, p := range c.Points {
			if want := int64(math.Ceil(float64(len(values)*percent) / 100)); p.Customers != want {
				r.Fatalf("%d %% are %d buyers, want %d", percent, p.Customers, want)
			}
		}
	})
	if c := Concentrate(nil); c.Points != nil {
		t.Error("nobody has a curve")
	}
}

func TestMovementsOfASegmentBalance(t *testing.T) {
	page := figures(render(t, sample()))
	for _, scheme := range []string{"lifecycle", "tier"} {
		found := false
		for key := range page {
			segment, ok := strings.CutSuffix(key, "/before")
			if !ok || !strings.HasPrefix(key, "flow/"+scheme+"/") {
				continue
			}
			found = true
			if page[segment+"/before"]+page[segment+"/in"]-page[segment+"/out"] != page[segment+"/after"] {
				t.Errorf("%s does not balance", segment)
			}
		}
		if !found {
			t.Errorf("no movement of %s", scheme)
		}
	}
}

func TestAFirstRunShowsNoMovement(t *testing.T) {
	d := sample()
	d.Parent, d.Before = "", nil
	text := read(render(t, d))
	if !strings.Contains(text, "This is the first run") || !strings.Contains(text, "A first run has no movement") || strings.Contains(text, "customers moved") {
		t.Error("a first run shows movement, since all of its customers are new")
	}
}

func TestALineNeedsTwoPoints(t *testing.T) {
	if Spark("t", []Point{{Value: 1, Known: true}, {}}, nil) != "" {
		t.Error("one point is drawn as a line")
	}
	line := string(Spark("t", []Point{{Value: 1, Known: true}, {}, {Value: 1, Known: true}}, nil))
	if strings.Contains(line, "NaN") || strings.Count(line, "M") != 2 {
		t.Errorf("a gap is not left: %s", line)
	}
}

// figures reads the whole numbers of a page.
func figures(page string) map[string]int64 {
	out := map[string]int64{}
	for _, part := range strings.Split(page, `<data data-figure="`)[1:] {
		key, rest, _ := strings.Cut(part, `" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		var n int64
		for _, c := range value {
			if c < '0' || c > '9' {
				n = 0
				break
			}
			n = 10*n + int64(c-'0')
		}
		out[key] = n
	}
	return out
}

func TestExactValuesKeepEveryDigit(t *testing.T) {
	for v, want := range map[int64]string{0: "0", 1: "0.0001", -1: "-0.0001", 10_000: "1", 12_345: "1.2345", -99_900: "-9.99", math.MinInt64: "-922337203685477.5808"} {
		if got := exactMoney(v); got != want {
			t.Errorf("exactMoney(%d) = %s, want %s", v, got, want)
		}
	}
}
