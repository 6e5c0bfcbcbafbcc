package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// audiences checks what holds for all audiences.
func (v *validator) audiences() {
	a := &v.c.Audiences
	if a.ContactCap < 0 {
		v.fail(v.line("audiences", "contact_cap"), "audiences.contact_cap must not be negative (0 = no cap)")
	}
	for _, name := range slices.Sorted(maps.Keys(a.Residency)) {
		line := v.line("audiences", "residency", name)
		if _, ok := audience.PlatformNamed(name); !ok {
			v.fail(line, "audiences.residency: no platform %q%s", name, strictyaml.Suggest(name, audience.Platforms()))
		}
		places := a.Residency[name]
		if len(places.Only)+len(places.Except) == 0 {
			v.fail(line, "audiences.residency: %s: give only or except, a list of countries", name)
		}
		for _, country := range slices.Concat(places.Only, places.Except) {
			if len(country) != 2 || strings.ToUpper(country) != country {
				v.fail(line, "audiences.residency: %s: %q is not an ISO 3166 code (CN, US, GB ...)", name, country)
			}
		}
	}
}
