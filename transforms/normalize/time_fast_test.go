package normalize

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestQuickTimeReadsWhatTheFullReaderReads(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia", "Asia/Kolkata"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	suffix := rapid.SampledFrom([]string{"", "Z", " Z", "+08:00", "-0330", " +0400", "+15:00", "+08", ".5", " UTC", "+0a00", " "})
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("%04[1]d%[2]s%02[3]d%[2]s%02[4]d%[5]s%02[6]d:%02[7]d:%02[8]d%[9]s",
			rapid.OneOf(rapid.IntRange(1850, 2101), rapid.Just(9999)).Draw(t, "year"), rapid.SampledFrom([]string{"-", "/"}).Draw(t, "separator"),
			rapid.IntRange(0, 13).Draw(t, "month"), rapid.IntRange(0, 32).Draw(t, "day"), rapid.SampledFrom([]string{" ", "T"}).Draw(t, "between"),
			rapid.IntRange(0, 25).Draw(t, "hour"), rapid.IntRange(0, 61).Draw(t, "minute"), rapid.IntRange(0, 61).Draw(t, "second"), suffix.Draw(t, "zone"))
		zone := rapid.SampledFrom(zones).Draw(t, "location")
		quick, ok := quickTime(text, zone)
		if !ok {
			return
		}
		if noTime(text) {
			t.Fatalf("%q is a placeholder, read as a time", text)
		}
		full, err := autoTime(text, zone)
		if err != nil || full != quick {
			t.Fatalf("%q in %s: quick %d, full %d %v", text, zone, quick, full, err)
		}
	})
}
