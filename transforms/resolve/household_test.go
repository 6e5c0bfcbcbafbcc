package resolve

import "testing"

func TestWhoLivesTogetherIsNeitherOnePersonNorStrangers(t *testing.T) {
	m := plainModel()
	m.Household = -11
	nora := Features{Given: "nora", Family: "moss", Birth: "19800301", Phones: []string{"+447700900301"}, Street: "12 harbour st", City: "leeds", Postcode: "ls11aa"}
	with := func(change func(*Features)) Features {
		f := nora
		change(&f)
		return f
	}
	for _, c := range []struct {
		name  string
		other Features
		want  bool
	}{
		{"her husband", with(func(f *Features) { f.Given, f.Birth = "paul", "19771115" }), true},
		{"she herself", nora, false},
		{"a stranger of her name", with(func(f *Features) { f.Birth, f.Phones, f.Street = "19910224", []string{"+447700900399"}, "3 mill lane" }), false},
		{"somebody who lent her a phone", with(func(f *Features) { f.Borrowed = true; f.Given, f.Birth = "paul", "19771115" }), false},
		{"her employer", with(func(f *Features) { f.Organization = true }), false},
	} {
		f := m.Find(&nora, &c.other)
		if got := m.LivesTogether(&nora, &c.other, &f); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		f = m.Find(&c.other, &nora)
		if got := m.LivesTogether(&c.other, &nora, &f); got != c.want {
			t.Errorf("%s, the other way round: %v", c.name, got)
		}
	}
}
