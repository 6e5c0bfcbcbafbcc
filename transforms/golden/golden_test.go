package golden

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func day(text string) int32 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

var asOf = day("2026-06-30")

// record is a party of a source, last changed at a time.
func record(source string, at int64, fill func(*schemas.Party)) schemas.Party {
	p := schemas.Party{Meta: schemas.Meta{Source: source, Namespace: source, Object: "contact", Key: "1", UpdatedAt: at}, Kind: schemas.Person, LastSeen: at}
	fill(&p)
	return p
}

func occupation(v string) func(*schemas.Party) {
	return func(p *schemas.Party) { p.Occupation = v }
}

// won finds who supplied a field and what lost.
func won(p *schemas.CustomerProfile, field string) schemas.FieldSource {
	at := slices.IndexFunc(p.FieldSources, func(f schemas.FieldSource) bool { return f.Field == field })
	if at < 0 {
		return schemas.FieldSource{}
	}
	return p.FieldSources[at]
}

func TestWhichValueSurvives(t *testing.T) {
	deleted := func(p *schemas.Party) { p.Occupation, p.Deleted = "gone", true }
	derived := func(p *schemas.Party) { p.Occupation, p.Derived = "guessed", true }
	for _, c := range []struct {
		name    string
		records []schemas.Party
		sources map[string]Trust
		want    schemas.FieldSource
	}{
		{"the latest", []schemas.Party{record("a", 10, occupation("Cook")), record("b", 20, occupation("Chef"))}, nil, schemas.FieldSource{Field: "occupation", Source: "b", Losing: "Cook"}},
		{"an empty value does not win", []schemas.Party{record("a", 10, occupation("Cook")), record("b", 20, occupation(" "))}, nil, schemas.FieldSource{Field: "occupation", Source: "a"}},
		{"own before derived, though older", []schemas.Party{record("a", 10, occupation("Cook")), record("b", 20, derived)}, nil, schemas.FieldSource{Field: "occupation", Source: "a", Losing: "guessed"}},
		{"living before deleted", []schemas.Party{record("a", 10, occupation("Cook")), record("b", 20, deleted)}, nil, schemas.FieldSource{Field: "occupation", Source: "a"}},
		{
			"priority before recency",
			[]schemas.Party{record("a", 10, occupation("Cook")), record("b", 20, occupation("Chef"))},
			map[string]Trust{"a": {Priority: 1}, "b": {Priority: 2}},
			schemas.FieldSource{Field: "occupation", Source: "a", Losing: "Chef"},
		},
		{
			"a source without priority comes after",
			[]schemas.Party{record("a", 10, occupation("Cook")), record("b", 20, occupation("Chef"))},
			map[string]Trust{"a": {Priority: 900}, "b": {}},
			schemas.FieldSource{Field: "occupation", Source: "a", Losing: "Chef"},
		},
		{"the more complete of the same time", []schemas.Party{record("a", 10, occupation("Cook")), record("b", 10, occupation("Pastry cook"))}, nil, schemas.FieldSource{Field: "occupation", Source: "b", Losing: "Cook"}},
		{
			"the order of the config among equals",
			[]schemas.Party{record("a", 10, occupation("Cook")), record("b", 10, occupation("Chef"))},
			map[string]Trust{"a": {Order: 1}, "b": {Order: 0}},
			schemas.FieldSource{Field: "occupation", Source: "b", Losing: "Cook"},
		},
		{"equal values do not lose", []schemas.Party{record("a", 10, occupation("cook")), record("b", 20, occupation("Cook")), record("c", 5, occupation("Chef"))}, nil, schemas.FieldSource{Field: "occupation", Source: "b", Losing: "Chef"}},
	} {
		p := Profile("c_1", c.records, Settings{AsOf: asOf, Sources: c.sources})
		if diff := cmp.Diff(c.want, won(&p, "occupation")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestMostRecordsDecideNameGenderAndBirthDate(t *testing.T) {
	named := func(name, gender, born string) func(*schemas.Party) {
		return func(p *schemas.Party) { p.FullName, p.Gender, p.BirthDate = name, gender, day(born) }
	}
	p := Profile("c_1", []schemas.Party{
		record("a", 30, named("Nora Mos", "male", "1990-06-01")), record("b", 20, named("Nora Moss", "female", "1990-06-10")), record("c", 10, named("MOSS, Nora", "female", "1990-06-10")),
	}, Settings{AsOf: asOf})
	if p.DisplayName != "Nora Moss" || p.Gender != "female" || *p.BirthDate != day("1990-06-10") {
		t.Errorf("%s %s %d", p.DisplayName, p.Gender, *p.BirthDate)
	}
	if got := won(&p, "birth_date"); got.Source != "b" || got.Losing != "1990-06-01" {
		t.Errorf("birth date: %+v", got)
	}
	if got := won(&p, "display_name"); got.Source != "b" || got.Losing != "Nora Mos|MOSS, Nora" {
		t.Errorf("name: %+v", got)
	}
}

func TestAWholeNameBeatsAPartAndPartsNeverMix(t *testing.T) {
	p := Profile("c_1", []schemas.Party{
		record("a", 30, func(p *schemas.Party) { p.FullName = "李女士" }),
		record("b", 20, func(p *schemas.Party) { p.FamilyName, p.GivenName = "李", "小雨" }),
		record("c", 10, func(p *schemas.Party) { p.FullName = "Li Xiaoyu" }),
	}, Settings{AsOf: asOf})
	if p.DisplayName != "李小雨" || p.GivenName != "小雨" || p.FamilyName != "李" {
		t.Errorf("%q %q %q", p.DisplayName, p.GivenName, p.FamilyName)
	}
}

func TestPlaceholderBirthDatesAreNone(t *testing.T) {
	for _, born := range []string{"1970-01-01", "1900-01-01", "1899-12-31", "2026-07-01"} {
		p := Profile("c_1", []schemas.Party{record("a", 1, func(p *schemas.Party) { p.BirthDate = day(born) })}, Settings{AsOf: asOf})
		if p.BirthDate != nil || p.AgeBand != "" {
			t.Errorf("%s: %v %s", born, *p.BirthDate, p.AgeBand)
		}
	}
}

func TestAgeTurnsOnTheBirthday(t *testing.T) {
	for _, c := range []struct {
		born, asOf string
		want       int
	}{
		{"1990-06-30", "2026-06-30", 36},
		{"1990-07-01", "2026-06-30", 35},
		{"2025-06-30", "2026-06-30", 1},
		{"2004-02-29", "2026-02-28", 21},
		{"2004-02-29", "2026-03-01", 22},
		{"1960-01-01", "2026-06-30", 66},
		{"2026-06-30", "2026-06-30", 0},
	} {
		if got := years(day(c.born), day(c.asOf)); got != c.want {
			t.Errorf("born %s, as of %s: %d, want %d", c.born, c.asOf, got, c.want)
		}
	}
}

func TestContactsOfTheCustomerAndNobodyElse(t *testing.T) {
	contact := func(phone, email string) func(*schemas.Party) {
		return func(p *schemas.Party) {
			if phone != "" {
				p.Phones = []schemas.Contact{{Value: phone, Status: schemas.ContactValid}}
			}
			if email != "" {
				p.Emails = []schemas.Contact{{Value: email, Status: schemas.ContactValid}}
			}
		}
	}
	recipient := record("d", 90, contact("+8613900000099", ""))
	recipient.Role = schemas.RoleRecipient
	gone := record("e", 95, contact("+8613900000098", "gone@example.com"))
	gone.Deleted = true
	masked := record("f", 99, func(p *schemas.Party) {
		p.Phones = []schemas.Contact{{Raw: "139****0001", Status: schemas.ContactMasked}}
	})
	p := Profile("c_1", []schemas.Party{
		record("a", 10, contact("+8613900000041", "info@linden.example")), record("b", 20, contact("+8613900000041", "nora@example.com")),
		record("c", 30, contact("+8613900000042", "")), recipient, gone, masked,
	}, Settings{AsOf: asOf})
	if p.Phone != "+8613900000041" || p.Email != "nora@example.com" {
		t.Errorf("phone %s (most records), e-mail %s (no office)", p.Phone, p.Email)
	}
	if got := won(&p, "phone"); got.Source != "b" || got.Losing != "+8613900000042" {
		t.Errorf("phone: %+v", got)
	}
	want := []schemas.CustomerIdentifier{
		{Type: "email", Value: "nora@example.com", Source: "b", LastSeen: 20},
		{Type: "email", Value: "info@linden.example", Source: "a", LastSeen: 10},
		{Type: "phone", Value: "+8613900000041", Source: "b", LastSeen: 20},
		{Type: "phone", Value: "+8613900000042", Source: "c", LastSeen: 30},
	}
	if diff := cmp.Diff(want, p.Identifiers); diff != "" {
		t.Error(diff)
	}
	only := Profile("c_1", []schemas.Party{record("a", 10, contact("", "info@linden.example"))}, Settings{AsOf: asOf})
	if only.Email != "info@linden.example" || won(&only, "email").Source != "a" {
		t.Error("an office's address is better than none")
	}
}

func TestAnAddressComesFromOneRecord(t *testing.T) {
	p := Profile("c_1", []schemas.Party{
		record("a", 30, func(p *schemas.Party) { p.City, p.Country = "Leeds", "GB" }),
		record("b", 20, func(p *schemas.Party) {
			p.Province, p.City, p.District, p.Street = "江苏省", "苏州市", "昆山市", "前进路8号"
		}),
	}, Settings{AsOf: asOf})
	if p.City != "苏州" || p.Province != "江苏" || p.Street != "前进路8号" || p.CityTier != "new_first" {
		t.Errorf("%q %q %q %q", p.City, p.Province, p.Street, p.CityTier)
	}
	if got := won(&p, "address"); got.Source != "b" || got.Losing != "Leeds" {
		t.Errorf("%+v", got)
	}
}

func TestTheEarliestRecordTellsTheFirstChannel(t *testing.T) {
	from := func(channel string, at int64) func(*schemas.Party) {
		return func(p *schemas.Party) { p.AcquisitionChannel, p.RegisteredAt = channel, at }
	}
	p := Profile("c_1", []schemas.Party{record("a", 90, from("email", 50)), record("b", 80, from("search", 20)), record("c", 70, from("store", 0))}, Settings{AsOf: asOf})
	if p.FirstChannel != "search" || won(&p, "first_channel").Losing != "email|store" {
		t.Errorf("%s %+v", p.FirstChannel, won(&p, "first_channel"))
	}
}

func TestACustomerOfDeletedRecordsAloneIsStillDescribed(t *testing.T) {
	gone := func(p *schemas.Party) { p.FullName, p.Deleted = "Nora Moss", true }
	p := Profile("c_1", []schemas.Party{record("a", 1, gone), record("b", 2, gone)}, Settings{AsOf: asOf})
	if p.DisplayName != "Nora Moss" || p.RecordCount != 2 || len(p.Sources) != 2 {
		t.Errorf("%+v", p)
	}
}

func TestTheGoldenRecordDoesNotHangOnTheOrderOfRecords(t *testing.T) {
	pick := func(t *rapid.T, values ...string) string { return rapid.SampledFrom(values).Draw(t, "value") }
	rapid.Check(t, func(t *rapid.T) {
		records := make([]schemas.Party, rapid.IntRange(1, 7).Draw(t, "records"))
		for i := range records {
			r := record(pick(t, "a", "b", "c"), rapid.Int64Range(0, 3).Draw(t, "at"), func(p *schemas.Party) {
				p.FullName, p.Gender, p.City = pick(t, "", "Nora Moss", "Moss Nora", "李小雨", "N Moss"), pick(t, "", "female", "male"), pick(t, "", "Leeds", "上海市")
				p.Occupation, p.Street, p.AcquisitionChannel = pick(t, "", "Cook", "Chef", "cook"), pick(t, "", "1 Elm St"), pick(t, "", "search", "email")
				p.Derived, p.Deleted = rapid.Bool().Draw(t, "derived"), rapid.IntRange(0, 4).Draw(t, "deleted") == 0
				p.BirthDate = rapid.SampledFrom([]int32{0, 7000, 7001}).Draw(t, "born")
				p.FirstSeen = rapid.Int64Range(0, 3).Draw(t, "first")
				p.Role = pick(t, schemas.RoleContact, schemas.RoleRecipient)
				if v := pick(t, "", "+8613900000051", "+8613900000052"); v != "" {
					p.Phones = []schemas.Contact{{Value: v, Status: schemas.ContactValid}}
				}
				p.IDs = []schemas.NameValue{{Name: "loyalty", Value: pick(t, "1", "2")}}
			})
			r.Key = string(rune('a' + i))
			records[i] = r
		}
		s := Settings{AsOf: asOf, Sources: map[string]Trust{"a": {Priority: 2, Order: 1}, "b": {Order: 0}, "c": {Order: 2}}}
		shuffled := rapid.Permutation(records).Draw(t, "order")
		if diff := cmp.Diff(Profile("c_1", slices.Clone(records), s), Profile("c_1", shuffled, s), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkProfile(b *testing.B) {
	records := []schemas.Party{
		record("a", 10, func(p *schemas.Party) {
			p.FullName, p.City, p.Phones = "李小雨", "上海市", []schemas.Contact{{Value: "+8613900000051", Status: schemas.ContactValid}}
		}),
		record("b", 20, func(p *schemas.Party) {
			p.FullName, p.Emails = "Li Xiaoyu", []schemas.Contact{{Value: "xiaoyu@example.cn", Status: schemas.ContactValid}}
		}),
		record("c", 30, func(p *schemas.Party) { p.Derived = true }),
	}
	b.ReportAllocs()
	for b.Loop() {
		Profile("c_1", records, Settings{AsOf: asOf})
	}
}
