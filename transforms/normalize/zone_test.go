package normalize

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestZoneKnowsTheDayOfEveryMoment(t *testing.T) {
	for _, zone := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		z := Zone{Location: location}
		rapid.Check(t, func(t *rapid.T) {
			micros := rapid.Int64Range(-5e15, 5e15).Draw(t, "micros")
			y, m, d := time.UnixMicro(micros).In(location).Date()
			want := int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
			if got := z.Day(micros); got != want {
				t.Fatalf("%s: day of %d is %d, want %d", zone, micros, got, want)
			}
		})
	}
}
