package audience

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Settings are what holds for all audiences.
type Settings struct {
	// ContactCap is how many contacts within 30 days are enough: who had as many is in no list by
	// which the company itself writes or calls. 0 = no cap.
	ContactCap int64 `yaml:"contact_cap" json:"contact_cap"`
	// Residency says, by platform, whose data may go there.
	Residency map[string]Places `yaml:"residency" json:"residency"`
}

// Places are countries as ISO 3166 codes. With Only, customers of these alone pass; with
// Except, all but these. Who may be of a country that does not pass, by address or by any
// phone, or is of no known country, does not.
type Places struct {
	Only   []string `yaml:"only" json:"only"`
	Except []string `yaml:"except" json:"except"`
}

// Allow tells whether somebody of these countries passes.
func (p Places) Allow(countries []string) bool {
	if len(p.Only) == 0 && len(p.Except) == 0 {
		return true
	}
	for _, country := range countries {
		if len(p.Only) > 0 && !slices.Contains(p.Only, country) || slices.Contains(p.Except, country) {
			return false
		}
	}
	return len(countries) > 0
}

// Countries are those that a customer may be of: the address's, and the phones'.
func Countries(country string, ids []Identifier) []string {
	var out []string
	if country != "" {
		out = append(out, strings.ToUpper(country))
	}
	for _, id := range ids {
		if id.Type != TypePhone {
			continue
		}
		if region := regionOf(id.Value); region != "" && !slices.Contains(out, region) {
			out = append(out, region)
		}
	}
	return out
}

// regionOf is the country of an E.164 number; "" if it is of none.
func regionOf(phone string) string {
	if strings.HasPrefix(phone, "+86") { // most, and quick to tell
		return "CN"
	}
	number, err := phonenumbers.Parse(phone, "")
	if err != nil {
		return ""
	}
	region := phonenumbers.GetRegionCodeForNumber(number)
	if region == "" || region == "ZZ" { // in no range that is given out: the country of the prefix
		region = phonenumbers.GetRegionCodeForCountryCode(int(number.GetCountryCode()))
	}
	if region == "ZZ" || region == "001" {
		return ""
	}
	return region
}

// europe are the countries of the European Economic Area, the United Kingdom and Switzerland,
// for which Google's EU user consent policy holds.
var europe = []string{
	"AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO",
	"SE", "SI", "SK",
}

// europeanPersonalization asks Europeans for a grant of personalised advertising
// (ad_personalization: purpose profiling, channel ads_google) beside the one to hand data over
// (ad_user_data: purpose share_ads). A status that is missing is no consent.
func europeanPersonalization(countries []string) (purpose, channel string) {
	for _, country := range countries {
		if slices.Contains(europe, country) {
			return PurposeProfiling, "ads_google"
		}
	}
	return "", ""
}

// MinorBand is the age band of those who are in no audience.
const MinorBand = "under_18"
