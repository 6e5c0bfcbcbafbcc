package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Problems are all the mistakes of a config file.
type Problems []strictyaml.Error

// Error lists the mistakes, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Options override the file or stand in for the environment.
type Options struct {
	AsOf   string                      // YYYY-MM-DD; empty = the file's, else yesterday
	Out    string                      // empty = the file's output.path
	Now    time.Time                   // used only for the default as_of
	Lookup func(string) (string, bool) // environment
}

// Load reads and validates a config file. All mistakes are returned at once as Problems, with
// the config as far as it could be read, so that the caller can look for more of them.
func Load(file string, opts Options) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the config: %w", err)
	}
	if opts.Lookup == nil {
		opts.Lookup = os.LookupEnv
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	c := &Config{file: absolute, text: text}
	var root *yaml.Node
	problems := Problems(strictyaml.Decode(file, text, opts.Lookup, func(doc *yaml.Node) any {
		if root != nil {
			return nil
		}
		root = doc
		return c
	}))
	if root == nil && len(problems) > 0 {
		return nil, problems
	}
	if root == nil {
		return nil, Problems{{File: file, Line: 1, Message: "the config is empty; start from `tributary demo` or docs/config.md"}}
	}
	if len(problems) > 0 {
		_ = root.Decode(c) // what is right is decoded; what is wrong is in problems
	}
	v := validator{c: c, file: file, root: root, opts: opts}
	v.run()
	problems = append(problems, v.unexplained(problems)...)
	if len(problems) > 0 {
		sort.SliceStable(problems, func(i, j int) bool { return problems[i].Line < problems[j].Line })
		return c, problems
	}
	return c, nil
}

// unexplained are the validator's problems but for what is missing where a mistake is: whoever
// wrote profil does not want to hear that profile is missing.
func (v *validator) unexplained(mistakes []strictyaml.Error) Problems {
	var out Problems
	for _, p := range v.problems {
		explained := false
		for _, m := range mistakes {
			explained = explained || missing.MatchString(p.Message) && v.block(p.Line) == v.block(m.Line)
		}
		if !explained {
			out = append(out, p)
		}
	}
	return out
}

// missing are the words of a problem that a misspelt key brings about.
var missing = regexp.MustCompile(`is missing|is empty|has no name|give either|^currency ""`)

// block is the first line of the source that a line stands in, 0 outside of sources.
func (v *validator) block(line int) int {
	list := child(v.root, "sources")
	if list == nil || line > lastLine(list) {
		return 0
	}
	first := 0
	for _, source := range list.Content {
		if source.Line <= line {
			first = source.Line
		}
	}
	return first
}

func lastLine(node *yaml.Node) int {
	last := node.Line
	for _, inner := range node.Content {
		last = max(last, lastLine(inner))
	}
	return last
}

type validator struct {
	c        *Config
	file     string
	root     *yaml.Node
	opts     Options
	problems Problems
}

func (v *validator) run() {
	v.numberSources()
	v.general()
	v.sources()
	v.identity()
	v.audiences()
	v.shuffle()
	v.paths()
	v.salt()
}

// child returns the value node of a key of a mapping, or nil.
func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// line finds the line of a path of keys; the nearest parent stands in for what is missing.
func (v *validator) line(keys ...string) int {
	node, line := v.root, v.root.Line
	for _, key := range keys {
		node = child(node, key)
		if node == nil {
			return line
		}
		line = node.Line
	}
	return line
}

func (v *validator) fail(line int, format string, args ...any) {
	v.problems = append(v.problems, strictyaml.Error{File: v.file, Line: line, Message: fmt.Sprintf(format, args...)})
}

func (v *validator) numberSources() {
	list := child(v.root, "sources")
	for i := range v.c.Sources {
		if list != nil && i < len(list.Content) {
			v.c.Sources[i].line = list.Content[i].Line
		}
	}
}

func (v *validator) general() {
	c := v.c
	if c.Project == "" {
		v.fail(v.root.Line, "project is missing: name the company or platform")
	}
	if c.Timezone == "" {
		c.Timezone = "UTC"
	}
	location, err := time.LoadLocation(c.Timezone)
	if err != nil {
		v.fail(v.line("timezone"), "timezone %q is not an IANA zone (Asia/Shanghai, Europe/Berlin ...)", c.Timezone)
		location = time.UTC
	}
	c.location = location
	v.asOf()
	if !isCurrency(c.Currency) {
		v.fail(v.line("currency"), "currency %q is not an ISO 4217 code (CNY, USD ...)", c.Currency)
	}
	for _, code := range slices.Sorted(maps.Keys(c.FX.Rates)) {
		if !isCurrency(code) {
			v.fail(v.line("fx"), "fx: %q is not an ISO 4217 code", code)
		}
		if rate := c.FX.Rates[code]; !(rate > 0) {
			v.fail(v.line("fx"), "fx: the rate of %s must be above 0", code)
		}
	}
	if c.Value.HorizonDays == 0 {
		c.Value.HorizonDays = 180
	}
	if c.Value.ActiveDays == 0 {
		c.Value.ActiveDays = 180
	}
	if c.Value.DiscountRate == 0 {
		c.Value.DiscountRate = 0.10
	}
	if c.Value.HorizonDays < 1 || c.Value.ActiveDays < 1 || c.Value.DiscountRate < 0 || c.Value.DiscountRate >= 1 {
		v.fail(v.line("value"), "value: days must be above 0 and the discount rate in [0, 1)")
	}
}

// Bounds of shuffle.partition_mb: a kilobyte, and what a worker sorts with runs on disk.
const (
	minPartitionMB = 0.001
	maxPartitionMB = 4096
)

func (v *validator) shuffle() {
	size := v.c.Shuffle.PartitionMB
	if child(child(v.root, "shuffle"), "partition_mb") != nil && !(size >= minPartitionMB && size <= maxPartitionMB) {
		v.fail(v.line("shuffle", "partition_mb"), "shuffle.partition_mb must be between %v and %v", minPartitionMB, maxPartitionMB)
	}
}

func (v *validator) asOf() {
	c := v.c
	text := c.AsOf
	if v.opts.AsOf != "" {
		text = v.opts.AsOf
	}
	if text == "" {
		text = v.opts.Now.In(c.location).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	day, err := time.ParseInLocation(time.DateOnly, text, c.location)
	if err != nil {
		v.fail(v.line("as_of"), "as_of %q is not a date (expected YYYY-MM-DD)", text)
	}
	c.asOf, c.AsOf = day, text
}

func isCurrency(code string) bool {
	if len(code) != 3 {
		return false
	}
	for _, r := range code {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

func (v *validator) sources() {
	if len(v.c.Sources) == 0 {
		v.fail(v.line("sources"), "sources is empty: name at least one folder of exports")
	}
	named := map[string]int{}
	for i := range v.c.Sources {
		s := &v.c.Sources[i]
		label := s.Name
		switch {
		case s.Name == "":
			v.fail(s.line, "source %d has no name", i+1)
			label = strconv.Itoa(i + 1)
		case strings.ContainsAny(s.Name, "/|:\\ \t"):
			v.fail(s.line, "source name %q: letters, digits, - and _ only", s.Name)
		case named[s.Name] > 0:
			v.fail(s.line, "source name %q is used twice (first on line %d)", s.Name, named[s.Name])
		}
		named[s.Name] = s.line
		if s.Path == "" {
			v.fail(s.line, "source %s: path is missing", label)
		}
		if (s.Profile == "") == (s.Mapping == nil) {
			v.fail(s.line, "source %s: give either profile or mapping", label)
		}
		if s.Timezone != "" {
			if _, err := time.LoadLocation(s.Timezone); err != nil {
				v.fail(s.line, "source %s: timezone %q is not an IANA zone", label, s.Timezone)
			}
		}
		if s.Currency != "" && !isCurrency(s.Currency) {
			v.fail(s.line, "source %s: currency %q is not an ISO 4217 code", label, s.Currency)
		}
		if s.Decimal != "" && s.Decimal != "." && s.Decimal != "," {
			v.fail(s.line, "source %s: decimal must be \".\" or \",\"", label)
		}
	}
}

func (v *validator) identity() {
	id := &v.c.Identity
	if id.Threshold == "" {
		id.Threshold = "auto"
	}
	if id.Threshold != "auto" {
		if p, err := strconv.ParseFloat(id.Threshold, 64); err != nil || !(p > 0 && p < 1) {
			v.fail(v.line("identity", "threshold"), "identity.threshold %q must be auto or a probability between 0 and 1", id.Threshold)
		}
	}
	if len(id.Regions) == 0 {
		id.Regions = []string{"CN", "US"}
	}
	for _, region := range id.Regions {
		if len(region) != 2 || strings.ToUpper(region) != region {
			v.fail(v.line("identity", "regions"), "identity.regions: %q is not an ISO 3166 code (CN, US, GB ...)", region)
		}
	}
	if id.MaxShared == 0 {
		id.MaxShared = 25
	}
}

// paths makes paths absolute and checks that what must exist exists.
func (v *validator) paths() {
	c := v.c
	base := filepath.Dir(c.file)
	absolute := func(p string) string {
		if p == "" || filepath.IsAbs(p) || strings.Contains(p, "://") {
			return p
		}
		return filepath.Join(base, p)
	}
	if v.opts.Out != "" {
		c.Output.Path, _ = filepath.Abs(v.opts.Out)
	}
	if c.Output.Path == "" {
		v.fail(v.line("output"), "output.path is missing: name the folder that runs are written to")
	}
	c.Output.Path = absolute(c.Output.Path)
	for i := range c.Sources {
		c.Sources[i].Path = absolute(c.Sources[i].Path)
		if strings.HasSuffix(c.Sources[i].Profile, ".yaml") {
			c.Sources[i].Profile = absolute(c.Sources[i].Profile)
		}
	}
	for _, named := range []struct {
		path *string
		keys []string
		must bool
	}{
		{&c.SaltFile, []string{"salt_file"}, true},
		{&c.FX.File, []string{"fx"}, true},
		{&c.Rules, []string{"rules"}, true},
		{&c.Suppression, []string{"suppression"}, true},
		{&c.Identity.Model, []string{"identity", "model"}, true},
		{&c.Identity.Decisions, []string{"identity", "decisions"}, false}, // may be written by the first review
	} {
		*named.path = absolute(*named.path)
		if *named.path == "" || !named.must {
			continue
		}
		if _, err := os.Stat(*named.path); errors.Is(err, os.ErrNotExist) {
			v.fail(v.line(named.keys...), "%s: %s does not exist", strings.Join(named.keys, "."), *named.path)
		}
	}
}

func (v *validator) salt() {
	c := v.c
	if c.SaltFile != "" {
		data, err := os.ReadFile(c.SaltFile)
		if err != nil {
			return // reported by paths
		}
		c.salt = []byte(strings.TrimSpace(string(data)))
		if len(c.salt) < 16 {
			v.fail(v.line("salt_file"), "salt_file: the salt must have at least 16 characters")
		}
		return
	}
	if value, ok := v.opts.Lookup("TRIBUTARY_SALT"); ok && value != "" {
		c.salt = []byte(value)
		return
	}
	sum := sha256.Sum256([]byte("tributary/" + c.Project))
	c.salt, c.saltDefault = sum[:], true
}
