package report

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

func dayOf(t *testing.T, text string) int32 {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return int32(d.Unix() / 86400)
}

func find(t *testing.T, rows []schemas.DimDate, text string) schemas.DimDate {
	t.Helper()
	want := dayOf(t, text)
	for _, row := range rows {
		if row.Day == want {
			return row
		}
	}
	t.Fatalf("the calendar has no %s", text)
	return schemas.DimDate{}
}

func TestHolidaysAndFestivalsFallOnTheirDays(t *testing.T) {
	rows := Calendar(dayOf(t, "2010-03-01"), dayOf(t, "2027-03-01"))
	for text, want := range map[string]string{
		"2011-02-03": "spring_festival", "2024-02-10": "spring_festival", "2024-02-09": "spring_festival_eve", "2027-02-06": "spring_festival",
		"2023-04-05": "qingming", "2024-04-04": "qingming", "2025-06-01": "", "2025-05-31": "dragon_boat", "2024-09-17": "mid_autumn",
		"2025-10-06": "mid_autumn", "2024-10-01": "national_day", "2024-03-31": "easter", "2025-04-20": "easter", "2011-12-25": "christmas",
		"2026-01-01": "new_year", "2024-11-28": "thanksgiving",
	} {
		if row := find(t, rows, text); row.Holiday != want {
			t.Errorf("%s is %q, want %q", text, row.Holiday, want)
		}
	}
	for text, want := range map[string]string{
		"2024-06-18": "618", "2024-11-11": "11.11", "2024-11-29": "black_friday", "2011-11-25": "black_friday", "2024-12-02": "cyber_monday",
		"2024-08-10": "qixi", "2025-05-11": "mothers_day", "2024-12-12": "12.12", "2024-07-01": "",
	} {
		if row := find(t, rows, text); row.Festival != want {
			t.Errorf("%s is %q, want %q", text, row.Festival, want)
		}
	}
}

func TestLunarTablesHaveADayForEveryYear(t *testing.T) {
	if last := lastLunarYear(); last != 2040 {
		t.Errorf("the table of Spring Festivals ends in %d", last)
	}
	for i, spring := range springFestivals {
		year := firstLunarYear + i
		first := onDay(year, spring)
		// The lantern festival is the 15th day of the first lunar month.
		if days := onDay(year, lanternFestivals[i]).Sub(first).Hours() / 24; days != 14 {
			t.Errorf("%d: the lantern festival is %v days after the Spring Festival", year, days)
		}
		for name, table := range map[string][]string{"dragon boat": dragonBoatFestivals, "qixi": qixiFestivals, "mid-autumn": midAutumnFestivals} {
			if len(table) != len(springFestivals) {
				t.Fatalf("%s has %d years", name, len(table))
			}
		}
		// Lunar months have 29 or 30 days, so two festivals two (or, with a leap month, three)
		// months and two days apart are 60 to 62 or 89 to 92 days apart.
		between := onDay(year, qixiFestivals[i]).Sub(onDay(year, dragonBoatFestivals[i])).Hours() / 24
		if (between < 60 || between > 62) && (between < 89 || between > 92) {
			t.Errorf("%d: %v days between dragon boat and qixi", year, between)
		}
	}
}

func TestCalendarHoldsEveryDayOfItsYearsOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		asOf := rapid.Int32Range(-5000, 25000).Draw(r, "as_of")
		first := asOf - rapid.Int32Range(-400, 200000).Draw(r, "span")
		rows := Calendar(first, asOf)
		if n := rows[len(rows)-1]; n.Month[5:] != "12" || date(n.Day).Year() != date(asOf).Year() {
			r.Fatalf("ends at %v", date(n.Day))
		}
		if years := date(rows[len(rows)-1].Day).Year() - date(rows[0].Day).Year() + 1; years > MaxCalendarYears {
			r.Fatalf("%d years", years)
		}
		for i := range rows {
			if i > 0 && rows[i].Day != rows[i-1].Day+1 {
				r.Fatalf("day %d follows %d", rows[i].Day, rows[i-1].Day)
			}
			// A new fiscal week begins on every Monday and on January 1, and at no other time.
			begins := i == 0 || rows[i].FiscalWeek != rows[i-1].FiscalWeek
			if want := i == 0 || rows[i].Weekday == 1 || date(rows[i].Day).YearDay() == 1; begins != want {
				r.Fatalf("%v: fiscal week %s", date(rows[i].Day), rows[i].FiscalWeek)
			}
		}
	})
}

func TestChannelsAreGroupedByTheWordsOfTheirNames(t *testing.T) {
	for name, want := range map[string]schemas.DimChannel{
		"tmall":          {Group: GroupShop, Online: true},
		"google_ads":     {Group: GroupAdvertising, Paid: true, Online: true},
		"facebook paid":  {Group: GroupAdvertising, Paid: true, Online: true},
		"facebook":       {Group: GroupSocial, Online: true},
		"门店":             {Group: GroupStore},
		"抖音":             {Group: GroupSocial, Online: true},
		"phone":          {Group: GroupService},
		"email":          {Group: GroupDirect, Online: true},
		"reduced":        {Group: GroupOther, Online: true}, // "red" is a word, not a part of one
		"something else": {Group: GroupOther, Online: true},
	} {
		want.Channel = name
		if got := Channel(name); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if got := Channels(map[string]bool{"b": true, "": true, "a": true}); len(got) != 2 || got[0].Channel != "a" {
		t.Errorf("got %+v", got)
	}
}
