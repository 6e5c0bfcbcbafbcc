package customers

import "github.com/tributary-cdp/tributary/schemas"

// Profile is a row of ProfileTable: the columns that table customers has too, and what the value
// stage alone needs.
type Profile struct {
	schemas.CustomerProfile
	PointsRevenue  int64 `parquet:"points_revenue"`  // ten-thousandths: revenue whose points have not expired
	PointsExpiring int64 `parquet:"points_expiring"` // of that, what expires within segment.ExpiringDays
}
