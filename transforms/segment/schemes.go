package segment

import "slices"

// single are the computed schemes of which a customer is in one segment at most, or in one of
// each part (country/..., province/...).
var single = map[string]bool{
	SchemeGeographic: true, SchemeDemographic: true, SchemeFirmographic: true, SchemeRFM: true, SchemeRFMChinese: true,
	SchemeABC: true, SchemeLifecycle: true, SchemeTier: true, SchemeChurn: true,
}

// One tells whether a customer is in one segment of a scheme (or of its part) at most.
func (r *Rules) One(scheme string) bool {
	if single[scheme] {
		return true
	}
	i := slices.IndexFunc(r.Schemes, func(s Scheme) bool { return s.Code == scheme })
	return i >= 0 && r.Schemes[i].One
}
