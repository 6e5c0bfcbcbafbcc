package customers

import (
	"time"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// calendarOf tells the days of moments in the zone of that name.
func calendarOf(zone string) (*normalize.Zone, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	return &normalize.Zone{Location: location}, nil
}
