package normalize

// AgeBand is the decade-like band of an age in years.
func AgeBand(years int) string {
	switch {
	case years < 0 || years > 120:
		return ""
	case years < 18:
		return "under_18"
	case years < 25:
		return "18_24"
	case years < 35:
		return "25_34"
	case years < 45:
		return "35_44"
	case years < 55:
		return "45_54"
	case years < 65:
		return "55_64"
	}
	return "65_plus"
}
