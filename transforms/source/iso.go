package source

import "time"

var utc = time.UTC

// isoText is a time without its zone: a workbook's dates have none.
func isoText(micros int64) string {
	return time.UnixMicro(micros).UTC().Round(time.Second).Format("2006-01-02 15:04:05")
}
