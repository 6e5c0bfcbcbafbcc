// Package config reads the one file that describes a customer data platform: its sources,
// identity settings, rules and output. The grammar is documented in docs/config.md.
package config

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/transforms/audience"
)

// Config is the parsed file. Paths are absolute after Load.
type Config struct {
	Project     string            `yaml:"project"`     // name of the company or platform; part of the default salt
	SaltFile    string            `yaml:"salt_file"`   // file with the secret that keys customer ids; else TRIBUTARY_SALT
	AsOf        string            `yaml:"as_of"`       // YYYY-MM-DD; default: yesterday in Timezone
	Timezone    string            `yaml:"timezone"`    // IANA name; default UTC
	Currency    string            `yaml:"currency"`    // ISO 4217 reporting currency
	FX          FX                `yaml:"fx"`          // reporting units for one unit of a currency
	Shared      bool              `yaml:"shared"`      // all workers see the same paths
	Sources     []Source          `yaml:"sources"`     // at least one
	Identity    Identity          `yaml:"identity"`    // optional
	Value       Value             `yaml:"value"`       // optional
	Rules       string            `yaml:"rules"`       // folder of rule files; optional
	Audiences   audience.Settings `yaml:"audiences"`   // what holds for all audiences; optional
	Suppression string            `yaml:"suppression"` // CSV: identifier_type, identifier, channel, reason, since; optional
	Shuffle     Shuffle           `yaml:"shuffle"`     // optional
	Output      Output            `yaml:"output"`      // required
	file        string            // the config file itself
	text        []byte            // as read
	salt        []byte            // resolved secret
	saltDefault bool              // no salt was given
	asOf        time.Time         // start of the as_of day in location
	location    *time.Location
}

// Source is one folder of exports of one system.
type Source struct {
	Name            string   `yaml:"name"`
	Profile         string   `yaml:"profile"`           // built-in profile or path of a profile file
	Path            string   `yaml:"path"`              // glob
	Namespace       string   `yaml:"namespace"`         // separates two accounts of one system
	Timezone        string   `yaml:"timezone"`          // zone of times without one; default: the config's
	Currency        string   `yaml:"currency"`          // of amounts without one; default: the config's
	CountsAsRevenue *bool    `yaml:"counts_as_revenue"` // default: shops and ERP billing yes, CRM no
	Optional        bool     `yaml:"optional"`          // missing or unreadable files do not fail the run
	Clean           bool     `yaml:"clean"`             // one record per party is promised
	Regions         []string `yaml:"regions"`           // default: identity.regions
	NPSQuestion     string   `yaml:"nps_question"`      // surveys: header of the 0-10 question
	Decimal         string   `yaml:"decimal"`           // "." or ",": decimal mark of amounts
	Priority        int      `yaml:"priority"`          // whose fields win in the golden record: the smallest; 0 = after those with one
	Mapping         *Mapping `yaml:"mapping"`           // short form in place of a profile
	line            int
}

// Mapping is the short form of a source: one record kind and its columns.
type Mapping struct {
	Record string               `yaml:"record"`
	Key    Names                `yaml:"key"` // one column or a list; empty = file base name and row number
	Fields map[string]yaml.Node `yaml:"fields"`
	Object string               `yaml:"object"`
}

// Names is one name or a list of names.
type Names []string

// UnmarshalYAML accepts a scalar or a sequence of scalars.
func (n *Names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = Names{node.Value}
		return nil
	}
	var list []string
	if err := node.Decode(&list); err != nil {
		return err
	}
	*n = list
	return nil
}

// FX holds exchange rates: reporting units for one unit of a currency, constant or by day.
type FX struct {
	Rates map[string]float64
	File  string // dated CSV: currency, day, rate
}

// UnmarshalYAML accepts a mapping of rates or the path of a dated CSV.
func (f *FX) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		f.File = node.Value
		return nil
	}
	return node.Decode(&f.Rates)
}

// Identity are the settings of entity resolution.
type Identity struct {
	Threshold    string   `yaml:"threshold"`     // auto or a probability
	Regions      []string `yaml:"regions"`       // phone regions to try, in order
	SingleValued []string `yaml:"single_valued"` // identifiers of which a person has one: id.unionid ...
	Decisions    string   `yaml:"decisions"`     // CSV of manual decisions
	Model        string   `yaml:"model"`         // pinned model file
	MaxShared    int      `yaml:"max_shared"`    // a phone or e-mail on more parties than this links nobody; default 25
}

// Value are the settings of the value models.
type Value struct {
	HorizonDays  int     `yaml:"horizon_days"`  // churn horizon; default 180
	ActiveDays   int     `yaml:"active_days"`   // active(h); default 180
	DiscountRate float64 `yaml:"discount_rate"` // per year; default 0.10
}

// Shuffle are the settings of how a job's records are divided. They decide how many parts a
// table has, so they count in the run's id.
type Shuffle struct {
	PartitionMB float64 `yaml:"partition_mb"` // records of one partition; 0 = shuffle.DefaultPartitionBytes
}

// Output says where tables, files and reports go.
type Output struct {
	Path     string    `yaml:"path"`
	BigQuery *BigQuery `yaml:"bigquery"`
}

// BigQuery is the warehouse that publish loads.
type BigQuery struct {
	Project  string `yaml:"project"`
	Dataset  string `yaml:"dataset"`
	Bucket   string `yaml:"bucket"`
	Location string `yaml:"location"`
	Endpoint string `yaml:"endpoint"` // of an emulator
}

// File is the path of the config file.
func (c *Config) File() string { return c.file }

// Location is the time zone of the config.
func (c *Config) Location() *time.Location { return c.location }

// AsOfDay is as_of in days since 1970-01-01.
func (c *Config) AsOfDay() int32 {
	y, m, d := c.asOf.Date()
	return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// AsOfDate is as_of as YYYY-MM-DD.
func (c *Config) AsOfDate() string { return c.asOf.Format(time.DateOnly) }

// AsOfEnd is the first microsecond after the as_of day in the config's zone, UTC.
func (c *Config) AsOfEnd() int64 { return c.asOf.AddDate(0, 0, 1).UnixMicro() }

// Salt is the secret that keys customer ids.
func (c *Config) Salt() []byte { return c.salt }

// SaltIsDefault tells that no salt was given and the project's name stands in for it.
func (c *Config) SaltIsDefault() bool { return c.saltDefault }

// Line is the line of a source in the config file.
func (s *Source) Line() int { return s.line }
