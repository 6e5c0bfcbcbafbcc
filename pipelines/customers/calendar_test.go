package customers

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCalendarKnowsTheDayOfEveryMoment(t *testing.T) {
	for _, zone := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"} {
		c, err := newCalendar(zone)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			micros := rapid.Int64Range(-5e15, 5e15).Draw(t, "micros")
			y, m, d := time.UnixMicro(micros).In(c.location).Date()
			want := int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
			if got := c.day(micros); got != want {
				t.Fatalf("%s: day of %d is %d, want %d", zone, micros, got, want)
			}
		})
	}
}
