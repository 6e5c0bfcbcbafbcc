package normalize

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimeReadsTheCommonForms(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		raw, format string
		zone        *time.Location
		want        string
	}{
		{"2026-06-15", "", time.UTC, "2026-06-15T00:00:00Z"},
		{"2026-06-15 08:30", "", shanghai, "2026-06-15T00:30:00Z"},
		{"2026-06-15 08:30:15", "", shanghai, "2026-06-15T00:30:15Z"},
		{"2026-06-15T08:30:15Z", "", shanghai, "2026-06-15T08:30:15Z"},
		{"2026-06-15T08:30:15.250+0200", "", shanghai, "2026-06-15T06:30:15.25Z"},
		{"2026-06-15T08:30:15-04:00", "", shanghai, "2026-06-15T12:30:15Z"},
		{"2026-06-15 08:30:15 -0400", "", shanghai, "2026-06-15T12:30:15Z"},
		{"2026/6/5", "", time.UTC, "2026-06-05T00:00:00Z"},
		{"2026/06/15 8:05", "", time.UTC, "2026-06-15T08:05:00Z"},
		{"2026.06.15", "", time.UTC, "2026-06-15T00:00:00Z"},
		{"20260615", "", time.UTC, "2026-06-15T00:00:00Z"},
		{"20260615083015", "", time.UTC, "2026-06-15T08:30:15Z"},
		{"2026年6月15日", "", time.UTC, "2026-06-15T00:00:00Z"},
		{"2026年6月15日 08:30", "", time.UTC, "2026-06-15T08:30:00Z"},
		{"２０２６－０６－１５", "", time.UTC, "2026-06-15T00:00:00Z"},
		{"2024-02-29", "", time.UTC, "2024-02-29T00:00:00Z"},
		{"1968-05-04", "", time.UTC, "1968-05-04T00:00:00Z"},
		{"15/06/2026", "dd/mm/yyyy", time.UTC, "2026-06-15T00:00:00Z"},
		{"6/15/2026 8:30", "m/d/yyyy hh:MM", time.UTC, "2026-06-15T08:30:00Z"},
		{"6/15/2026", "m/d/yyyy hh:MM", time.UTC, "2026-06-15T00:00:00Z"},
		{"15.06.26", "dd.mm.yy", time.UTC, "2026-06-15T00:00:00Z"},
		{"15.06.71", "dd.mm.yy", time.UTC, "1971-06-15T00:00:00Z"},
		{"1781512215", "epoch_s", shanghai, "2026-06-15T08:30:15Z"},
		{"1781512215250", "epoch_ms", shanghai, "2026-06-15T08:30:15.25Z"},
		{"45123", "serial", time.UTC, "2023-07-16T00:00:00Z"},
		{"45123.5", "serial", time.UTC, "2023-07-16T12:00:00Z"},
	} {
		got, err := Time(c.raw, c.format, c.zone)
		if err != nil {
			t.Errorf("Time(%q, %q): %v", c.raw, c.format, err)
			continue
		}
		if text := time.UnixMicro(got).UTC().Format(time.RFC3339Nano); text != c.want {
			t.Errorf("Time(%q, %q) = %s, want %s", c.raw, c.format, text, c.want)
		}
	}
}

func TestImpossibleAmbiguousAndMissingDatesAreToldApart(t *testing.T) {
	for _, c := range []struct {
		raw, format string
		want        error
	}{
		{"2026-02-30", "", ErrImpossible},
		{"2026-13-01", "", ErrImpossible},
		{"0000-00-00", "", ErrNoTime},
		{"0000-00-00 00:00:00", "", ErrNoTime},
		{"31/31/2026", "", ErrAmbiguousDate},
		{"31/31/2026", "dd/mm/yyyy", ErrImpossible},
		{"2026-01-31 24:00:00", "", ErrImpossible},
		{"2026-02-28 23:59:60", "", ErrImpossible},
		{"20260229", "", ErrImpossible},
		{"1900-01-00", "", ErrImpossible},
		{"45123", "", ErrBadTime},
		{"9999-12-31", "", ErrNoTime},
		{"99991231", "", ErrNoTime},
		{"0001-01-01", "", ErrNoTime},
		{"00000000", "", ErrNoTime},
		{"03/04/2026", "", ErrAmbiguousDate},
		{"2026-02-29", "yyyy-mm-dd", ErrImpossible},
		{"2100-02-29", "", ErrImpossible},
		{"", "", ErrNoTime},
		{"-", "", ErrNoTime},
		{"null", "", ErrNoTime},
		{"yesterday", "", ErrBadTime},
		{"2026-06-15 25:00", "", ErrImpossible},
		{"2026-06-15 08", "", ErrBadTime},
		{"2026-06-15T08:30:15+99:00", "", ErrImpossible},
		{"2026-06-15 and more", "", ErrBadTime},
		{"2026-06/15", "", ErrBadTime},
		{"15-06-2026 later", "dd-mm-yyyy", ErrBadTime},
		{"x", "epoch_s", ErrBadTime},
		{"-5", "serial", ErrBadTime},
	} {
		if got, err := Time(c.raw, c.format, time.UTC); !errors.Is(err, c.want) {
			t.Errorf("Time(%q, %q) = %d, %v; want %v", c.raw, c.format, got, err, c.want)
		}
	}
}

func TestDayCountsFromTheEpoch(t *testing.T) {
	for raw, want := range map[string]int32{"1970-01-01": 0, "1969-12-31": -1, "1900-01-01": -25567, "2026-06-15": 20619, "1990-05-07 00:00:00": 7431} {
		if got, err := Day(raw, ""); err != nil || got != want {
			t.Errorf("Day(%q) = %d, %v; want %d", raw, got, err, want)
		}
	}
}

func TestEveryDayIsReadAsTheCalendarHasIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Int64Range(-100_000, 100_000).Draw(t, "day")
		at := time.Unix(day*86400, 0).UTC()
		for _, layout := range []string{"2006-01-02", "2006/1/2", "20060102", "2006年1月2日"} {
			if got, err := Day(at.Format(layout), ""); err != nil || int64(got) != day {
				t.Fatalf("Day(%q) = %d, %v; want %d", at.Format(layout), got, err, day)
			}
		}
	})
}

func TestTimesThatDoNotExistAreRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, m, d := rapid.IntRange(1, 2200).Draw(t, "y"), rapid.IntRange(0, 14).Draw(t, "m"), rapid.IntRange(0, 33).Draw(t, "d")
		at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		exists := m >= 1 && m <= 12 && at.Day() == d && int(at.Month()) == m
		_, err := Time(fmt.Sprintf("%04d-%02d-%02d", y, m, d), "", time.UTC)
		if exists != (err == nil) && !errors.Is(err, ErrNoTime) {
			t.Fatalf("%04d-%02d-%02d: exists %v, error %v", y, m, d, exists, err)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{"2026-06-15T08:30:15.25+08:00", "20260615", "2026年6月15日", "9", "年", "2026-06-15 8:", "45123.5"} {
		f.Add(seed, "dd/mm/yyyy hh:MM")
	}
	f.Fuzz(func(t *testing.T, raw, format string) {
		for _, layout := range []string{"", "epoch_s", "epoch_ms", "serial", format} {
			if v, err := Time(raw, layout, time.UTC); err != nil && v != 0 {
				t.Fatalf("Time(%q, %q) = %d with error %v", raw, layout, v, err)
			}
		}
	})
}

func BenchmarkTime(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Time("2026-06-15 08:30:15", "", time.UTC); err != nil {
			b.Fatal(err)
		}
	}
}
