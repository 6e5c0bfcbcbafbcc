package report

import (
	"fmt"
	"time"

	"github.com/tributary-cdp/tributary/schemas"
)

// MaxCalendarYears bounds dim_date: an export with an absurd date must not make it endless.
const MaxCalendarYears = 60

// Calendar lists the days of dim_date: whole years, from the year of first to the year of
// asOf (days since 1970-01-01), so that reports by year find all their days. Days before
// MaxCalendarYears are left out.
func Calendar(first, asOf int32) []schemas.DimDate {
	end := date(asOf).Year()
	begin := min(date(first).Year(), end)
	begin = max(begin, end-MaxCalendarYears+1)
	var out []schemas.DimDate
	for year := begin; year <= end; year++ {
		holidays, festivals := holidaysOf(year), festivalsOf(year)
		for t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() == year; t = t.AddDate(0, 0, 1) {
			row := dayRow(t)
			holiday, festival := holidays[dateKey(t)], festivals[dateKey(t)]
			row.Holiday, row.HolidayZH = holiday.code, holiday.zh
			row.Festival, row.FestivalZH = festival.code, festival.zh
			out = append(out, row)
		}
	}
	return out
}

func dayRow(t time.Time) schemas.DimDate {
	isoYear, isoWeek := t.ISOWeek()
	weekday := isoWeekday(t)
	return schemas.DimDate{
		Day: int32(t.Unix() / 86400), Year: int64(t.Year()),
		Quarter: fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3), Month: t.Format("2006-01"),
		ISOWeek: fmt.Sprintf("%04d-W%02d", isoYear, isoWeek), FiscalWeek: fmt.Sprintf("%04d-F%02d", t.Year(), fiscalWeek(t)),
		FiscalYear: int64(t.Year()), FiscalQtr: fmt.Sprintf("%04d-FQ%d", t.Year(), (int(t.Month())+2)/3),
		Weekday: int64(weekday), Weekend: weekday >= 6,
	}
}

// fiscalWeek counts weeks that begin on Monday; week 1 holds January 1.
func fiscalWeek(t time.Time) int {
	newYear := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	return (t.YearDay()-1+isoWeekday(newYear)-1)/7 + 1
}

// isoWeekday is 1 on Monday and 7 on Sunday.
func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func date(day int32) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }
