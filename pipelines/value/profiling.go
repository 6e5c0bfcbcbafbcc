package value

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/golden"
)

// objectsToProfiling tells whether a customer refuses to be profiled: then no score is made of
// what the customer did, and so no segment, forecast or list follows from one. An objection to
// one advertising platform's personalisation is about that platform alone.
func objectsToProfiling(p *schemas.CustomerProfile) bool {
	for _, c := range p.Consents {
		if c.Purpose == "profiling" && c.Status != golden.Granted && !strings.HasPrefix(c.Channel, "ads_") {
			return true
		}
	}
	return false
}
