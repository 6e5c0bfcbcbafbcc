package segment

import (
	"fmt"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func must(t testing.TB, text string) *Expression {
	t.Helper()
	e, mistakes := compile(text)
	if mistakes != nil {
		t.Fatalf("%s: %v", text, mistakes)
	}
	return e
}

func TestExpressions(t *testing.T) {
	c := gold()
	c.Revenue, c.Margin = 123_4500, nil
	c.City, c.Sources = "上海", []string{"sf", "tmall"}
	c.LastOrderDay, c.FirstOrderDay = ptr(int32(19800)), nil
	c.Consents = []schemas.CustomerConsent{{Purpose: "marketing", Channel: "email", Status: "granted"}}
	c.FirstCensored = true
	for _, test := range []struct {
		text string
		want bool
		fast bool
	}{
		{`abc == "A" && churn_probability >= 0.5`, true, true},
		{`revenue == 123.45`, true, true},
		{`revenue > 123 && revenue < 124`, true, true},
		{`orders == 7`, true, true},
		{`orders + 1 == 8 && orders / 2 > 3 && -orders < 0 && orders * 2 - 1 >= 13`, true, true},
		// a comparison with null is false, whichever way it is asked
		{`margin > 0`, false, true},
		{`margin <= 0`, false, true},
		{`margin != 5`, false, true},
		{`!(margin > 0)`, true, true},
		{`margin + 1 > 0 || orders == 7`, true, true},
		{`margin == null && orders != null`, true, true},
		{`display_name != "x"`, false, true},
		{`display_name == null`, true, true},
		{`tier in ["gold", "silver"]`, false, true},
		{`city in ["北京", "上海"]`, true, true},
		{`m_score in [4, 5]`, true, true},
		{`"tmall" in sources`, true, true},
		{`size(sources) == 2 && sources.size() >= 2`, true, true},
		{`rfm_segment.startsWith("at_") && rfm_segment.endsWith("risk") && rfm_segment.contains("_") && rfm_segment.matches("^at.*k$")`, true, true},
		{`as_of - last_order_day == days(200)`, true, true},
		{`as_of - last_order_day > duration("4799h") && last_order_day < as_of`, true, true},
		{`last_order_day >= date("2024-03-18") && last_order_day <= timestamp("2024-03-18T00:00:00Z")`, true, true},
		{`first_order_day < as_of`, false, true},
		{`first_order_day == null`, true, true},
		{`first_order_censored`, true, true},
		{`first_order_censored == true && !(first_order_censored != true)`, true, true},
		{`(orders > 5 ? revenue : 0) > 100`, true, true},
		{`orders > 5 ? true : false`, true, true},
		// the interpreter's
		{`sources.exists(s, s.startsWith("tm"))`, true, false},
		{`consents.exists(c, c.purpose == "marketing" && c.status == "granted")`, true, false},
		{`sources[1] == "tmall"`, true, false},
		{`sources[7] == "tmall"`, false, false},
		{`last_order_day.getFullYear() == 2024`, true, false},
		{`first_order_day.getFullYear() == 2024`, false, false},
		{`margin != 5 && size(display_name) >= 0 || sources.exists(s, s == "x")`, false, false},
		{`!(margin > 0) && sources.exists_one(s, s == "sf")`, true, false},
		{`size(rfm_segment) == 7`, true, false},
		{`[orders, revenue].exists(v, v > 100)`, true, false},
	} {
		e := must(t, test.text)
		if got := e.Match(c); got != test.want {
			t.Errorf("%s is %v", test.text, got)
		}
		if e.fast != test.fast {
			t.Errorf("%s: closure %v", test.text, e.fast)
		}
	}
}

// Closures and CEL's interpreter agree on every expression and row.
func TestClosuresEqualTheInterpreter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyTest(t, 3)
		fast, mistakes := compile(text)
		if mistakes != nil {
			t.Fatalf("%s: %v", text, mistakes)
		}
		guarded, mistakes := check(text, true)
		if mistakes != nil {
			t.Fatalf("%s: %v", text, mistakes)
		}
		program, err := environment().Program(guarded)
		if err != nil {
			t.Fatal(err)
		}
		slow := interpreted(program)
		c := anyCustomer(t)
		if a, b := fast.Match(c), slow(unsafe.Pointer(c)); a != b {
			t.Fatalf("%s: closure (%v) %v, interpreter %v", text, fast.fast, a, b)
		}
	})
}

func anyCustomer(t *rapid.T) *schemas.Customer {
	c := &schemas.Customer{}
	c.AsOf = 20000
	c.Orders = rapid.Int64Range(0, 3).Draw(t, "orders")
	c.Revenue12m = rapid.Int64Range(-1, 2).Draw(t, "revenue") * 10000
	c.City = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "city")
	c.Kind = rapid.SampledFrom([]string{"", "a"}).Draw(t, "kind")
	if rapid.Bool().Draw(t, "margin known") {
		c.Margin = ptr(rapid.Int64Range(-1, 2).Draw(t, "margin") * 10000)
	}
	if rapid.Bool().Draw(t, "day known") {
		c.LastOrderDay = ptr(rapid.Int32Range(19998, 20000).Draw(t, "day"))
	}
	c.FirstCensored = rapid.Bool().Draw(t, "censored")
	c.Sources = rapid.SampledFrom([][]string{nil, {"a"}, {"a", "b"}}).Draw(t, "sources")
	return c
}

func anyTest(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom([]string{"true", "first_order_censored", "(margin == null)", "(null != city)", "(last_order_day != null)"}).Draw(t, "leaf")
	}
	sub := func() string { return anyTest(t, depth-1) }
	operator := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "operator")
	switch rapid.IntRange(0, 9).Draw(t, "form") {
	case 0:
		return fmt.Sprintf("(%s && %s)", sub(), sub())
	case 1:
		return fmt.Sprintf("(%s || %s)", sub(), sub())
	case 2:
		return "!" + sub()
	case 3:
		return fmt.Sprintf("(%s ? %s : %s)", sub(), sub(), sub())
	case 4:
		return fmt.Sprintf("(%s %s %s)", anyText(t), operator, anyText(t))
	case 5:
		return rapid.SampledFrom([]string{`(city in ["a", "c"])`, `(margin in [1, 2])`, `(city in sources)`, `city.startsWith(kind)`, `city.matches("^a")`, `(size(sources) > 1)`}).Draw(t, "function")
	case 6:
		return fmt.Sprintf("(last_order_day %s as_of)", operator)
	case 7:
		return fmt.Sprintf("(as_of - last_order_day %s days(%d))", operator, rapid.IntRange(0, 3).Draw(t, "days"))
	default:
		return fmt.Sprintf("(%s %s %s)", anyNumber(t, 2), operator, anyNumber(t, 2))
	}
}

func anyText(t *rapid.T) string {
	return rapid.SampledFrom([]string{"city", "kind", `"a"`, `""`}).Draw(t, "text")
}

func anyNumber(t *rapid.T, depth int) string {
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		return rapid.SampledFrom([]string{"orders", "revenue_12m", "margin", "1", "0.5", "-1"}).Draw(t, "number")
	}
	operator := rapid.SampledFrom([]string{"+", "-", "*", "/"}).Draw(t, "arithmetic")
	return fmt.Sprintf("(%s %s %s)", anyNumber(t, depth-1), operator, anyNumber(t, depth-1))
}

func FuzzCompile(f *testing.F) {
	f.Add(`abc == "A" && churn_probability >= 0.5`)
	f.Add(`consents.exists(c, c.purpose == "marketing")`)
	f.Add(`sources.map(s, size(s)).all(n, n > 1)`)
	f.Add(`{"a": orders}["a"] > 1`)
	f.Fuzz(func(t *testing.T, text string) {
		e, mistakes := compile(text)
		if (e == nil) == (mistakes == nil) {
			t.Fatal(e, mistakes)
		}
		if e != nil {
			e.Match(&schemas.Customer{})
			e.Match(gold())
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	c := gold()
	for _, text := range []string{`abc == "A" && churn_probability >= 0.5`, `sources.exists(s, s == "x")`} {
		e := must(b, text)
		b.Run(fmt.Sprintf("closure=%v", e.fast), func(b *testing.B) {
			for b.Loop() {
				e.Match(c)
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	rules, mistakes := Load([]File{{"a.yaml", []byte(contractExamples)}}, platforms)
	if mistakes != nil {
		b.Fatal(mistakes)
	}
	c := gold()
	var out []Assignment
	for b.Loop() {
		out, _ = rules.ApplyTo(out[:0], c, TierState{})
	}
	b.ReportMetric(float64(len(rules.Segments)+len(rules.Lifecycle))*float64(b.N)/b.Elapsed().Seconds(), "rules/s")
}
