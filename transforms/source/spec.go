package source

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Spec is one source of the config, ready for workers: plain data.
type Spec struct {
	Name            string   `json:"name"`
	Profile         string   `json:"profile"` // text of the profile, YAML
	ProfileName     string   `json:"profile_name"`
	Path            string   `json:"path"`
	Namespace       string   `json:"namespace"`
	Timezone        string   `json:"timezone"`
	Currency        string   `json:"currency"`
	Decimal         string   `json:"decimal"`
	CountsAsRevenue *bool    `json:"counts_as_revenue,omitempty"`
	Optional        bool     `json:"optional"`
	Regions         []string `json:"regions"`
	NPSQuestion     string   `json:"nps_question"`
}

// Source is a compiled source.
type Source struct {
	Spec      Spec
	System    string
	Namespace string
	Label     schemas.Label
	location  *time.Location
	layouts   []*layout
	profile   *schemas.Profile
}

// ParseProfile reads a profile's YAML strictly.
func ParseProfile(file string, text []byte) (*schemas.Profile, error) {
	profile := &schemas.Profile{}
	mistakes := strictyaml.Decode(file, text, nil, func(*yaml.Node) any { return profile })
	if len(mistakes) > 0 {
		lines := make([]string, len(mistakes))
		for i, m := range mistakes {
			lines[i] = m.Error()
		}
		return nil, fmt.Errorf("%s", strings.Join(lines, "\n"))
	}
	if len(profile.Layouts) == 0 {
		return nil, fmt.Errorf("%s: the profile has no layouts", file)
	}
	return profile, nil
}

// LoadProfile finds the text of a profile: built in, or a YAML file.
func LoadProfile(name string) ([]byte, error) {
	if strings.HasSuffix(name, ".yaml") {
		return os.ReadFile(name)
	}
	text, err := schemas.ProfileText(name)
	if err != nil {
		return nil, fmt.Errorf("unknown profile %q%s", name, strictyaml.Suggest(name, schemas.ProfileNames()))
	}
	return text, nil
}

// Compile prepares a source for reading. All mistakes of its profile are reported.
func Compile(spec Spec) (*Source, error) {
	profile, err := ParseProfile(spec.ProfileName, []byte(spec.Profile))
	if err != nil {
		return nil, err
	}
	s := &Source{Spec: spec, System: profile.System, profile: profile, Label: profile.Name}
	s.Namespace = firstOf(spec.Namespace, profile.System, spec.Name)
	if s.System == "" {
		s.System = spec.Name
	}
	zone := firstOf(spec.Timezone, profile.Timezone, "UTC")
	if s.location, err = time.LoadLocation(zone); err != nil {
		return nil, fmt.Errorf("source %s: timezone %q: %w", spec.Name, zone, err)
	}
	if s.location.String() == "UTC" {
		s.location = time.UTC
	}
	for i := range profile.Layouts {
		l, err := compileLayout(s, &profile.Layouts[i])
		if err != nil {
			return nil, fmt.Errorf("profile %s: layout %s: %w", spec.ProfileName, profile.Layouts[i].Name, err)
		}
		s.layouts = append(s.layouts, l)
	}
	return s, nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// Experimental tells whether the layout of that name is backed by no verified sample.
func (s *Source) Experimental(layoutName string) bool {
	for _, l := range s.layouts {
		if l.spec.Name == layoutName {
			return l.spec.Experimental || s.profile.Experimental
		}
	}
	return s.profile.Experimental
}

// KeyFromFile is the default key of a row without one: file base name and row number.
func KeyFromFile(name string, row int64) string {
	return fmt.Sprintf("%s#%d", filepath.Base(name), row)
}

// Objects are the objects of the records that the source's layouts make.
func (s *Source) Objects() []string {
	var objects []string
	for _, l := range s.layouts {
		for _, r := range l.records {
			objects = append(objects, r.object)
		}
	}
	return objects
}
