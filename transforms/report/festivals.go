package report

import (
	"strings"
	"time"
)

// event is a holiday or a shopping festival.
type event struct{ code, zh string }

// firstLunarYear is the year of the first entry of the tables below.
const firstLunarYear = 2000

// Days of the Chinese lunar calendar as MMDD of the Gregorian year, from firstLunarYear on.
// They are a table, since they hang on the minute of new moons in China (GB/T 33661-2017;
// dates as the Hong Kong Observatory publishes them).
var (
	springFestivals = days("0205 0124 0212 0201 0122 0209 0129 0218 0207 0126 0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 0125 " +
		"0212 0201 0122 0210 0129 0217 0206 0126 0213 0203 0123 0211 0131 0219 0208 0128 0215 0204 0124 0212")
	lanternFestivals = days("0219 0207 0226 0215 0205 0223 0212 0304 0221 0209 0228 0217 0206 0224 0214 0305 0222 0211 0302 0219 0208 " +
		"0226 0215 0205 0224 0212 0303 0220 0209 0227 0217 0206 0225 0214 0305 0222 0211 0301 0218 0207 0226")
	dragonBoatFestivals = days("0606 0625 0615 0604 0622 0611 0531 0619 0608 0528 0616 0606 0623 0612 0602 0620 0609 0530 0618 0607 0625 " +
		"0614 0603 0622 0610 0531 0619 0609 0528 0616 0605 0624 0612 0601 0620 0610 0530 0618 0607 0527 0614")
	qixiFestivals = days("0806 0825 0815 0804 0822 0811 0731 0819 0807 0826 0816 0806 0823 0813 0802 0820 0809 0828 0817 0807 0825 " +
		"0814 0804 0822 0810 0829 0819 0808 0826 0816 0805 0824 0812 0801 0820 0810 0828 0817 0807 0826 0814")
	midAutumnFestivals = days("0912 1001 0921 0911 0928 0918 1006 0925 0914 1003 0922 0912 0930 0919 0908 0927 0915 1004 0924 0913 1001 " +
		"0921 0910 0929 0917 1006 0925 0915 1003 0922 0912 1001 0919 0908 0927 0916 1004 0924 0913 1002 0920")
)

func days(text string) []string { return strings.Fields(text) }

// lastLunarYear is the last year of the tables; later days have no lunar holiday.
func lastLunarYear() int { return firstLunarYear + len(springFestivals) - 1 }

// dateKey is month and day of one year, MMDD.
func dateKey(t time.Time) string { return t.Format("0102") }

// holidaysOf are the holidays of one year by MMDD. Where two meet, the first named stays.
func holidaysOf(year int) map[string]event {
	out := map[string]event{}
	put := func(day, code, zh string) {
		if _, taken := out[day]; !taken {
			out[day] = event{code, zh}
		}
	}
	if i := year - firstLunarYear; i >= 0 && i < len(springFestivals) {
		spring := onDay(year, springFestivals[i])
		put(dateKey(spring.AddDate(0, 0, -1)), "spring_festival_eve", "除夕")
		for n := range 7 {
			put(dateKey(spring.AddDate(0, 0, n)), "spring_festival", "春节")
		}
		put(midAutumnFestivals[i], "mid_autumn", "中秋节")
		put(dragonBoatFestivals[i], "dragon_boat", "端午节")
		put(lanternFestivals[i], "lantern_festival", "元宵节")
	}
	put("0101", "new_year", "元旦")
	put(dateKey(qingming(year)), "qingming", "清明节")
	put("0501", "labour_day", "劳动节")
	for n := range 7 {
		put(dateKey(time.Date(year, time.October, 1+n, 0, 0, 0, 0, time.UTC)), "national_day", "国庆节")
	}
	easter := easterSunday(year)
	put(dateKey(easter.AddDate(0, 0, -2)), "good_friday", "耶稣受难日")
	put(dateKey(easter), "easter", "复活节")
	put(dateKey(easter.AddDate(0, 0, 1)), "easter_monday", "复活节星期一")
	put(dateKey(nth(year, time.November, time.Thursday, 4)), "thanksgiving", "感恩节")
	put("1224", "christmas_eve", "平安夜")
	put("1225", "christmas", "圣诞节")
	put("1226", "boxing_day", "节礼日")
	return out
}

// festivalsOf are the shopping festivals of one year by MMDD.
func festivalsOf(year int) map[string]event {
	out := map[string]event{
		"0214": {"valentines_day", "情人节"},
		"0308": {"womens_day", "38节"},
		"0520": {"520", "520表白日"},
		"0909": {"99", "99划算节"},
		"1212": {"12.12", "双十二"},
	}
	for n := 16; n <= 18; n++ {
		out[dateKey(time.Date(year, time.June, n, 0, 0, 0, 0, time.UTC))] = event{"618", "618年中大促"}
	}
	for n := 9; n <= 11; n++ {
		out[dateKey(time.Date(year, time.November, n, 0, 0, 0, 0, time.UTC))] = event{"11.11", "双十一"}
	}
	if i := year - firstLunarYear; i >= 0 && i < len(qixiFestivals) {
		out[qixiFestivals[i]] = event{"qixi", "七夕节"}
	}
	out[dateKey(nth(year, time.May, time.Sunday, 2))] = event{"mothers_day", "母亲节"}
	blackFriday := nth(year, time.November, time.Thursday, 4).AddDate(0, 0, 1)
	out[dateKey(blackFriday)] = event{"black_friday", "黑色星期五"}
	out[dateKey(blackFriday.AddDate(0, 0, 3))] = event{"cyber_monday", "网络星期一"}
	return out
}

func onDay(year int, key string) time.Time {
	t, err := time.Parse("0102", key)
	if err != nil {
		panic("report: " + key + " is no day") // a mistake in the tables above
	}
	return time.Date(year, t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// nth is the n-th weekday of a month.
func nth(year int, month time.Month, weekday time.Weekday, n int) time.Time {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(weekday)-int(first.Weekday())+7)%7+7*(n-1))
}

// qingming is the solar term Qingming by the usual formula of the years 1901 to 2099.
func qingming(year int) time.Time {
	y, c := year%100, 4.81
	if year < 2000 {
		c = 5.59
	}
	leaps := y / 4
	if year < 2000 {
		leaps = (y - 1) / 4
	}
	return time.Date(year, time.April, int(float64(y)*0.2422+c)-leaps, 0, 0, 0, 0, time.UTC)
}

// easterSunday is Easter of the Gregorian calendar (Meeus, Jones, Butcher).
func easterSunday(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}
