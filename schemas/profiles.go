package schemas

import (
	"embed"
	"fmt"
	"path"
	"sort"
	"strings"
)

// profileFiles holds one YAML file for each system.
//
//go:embed profiles/*.yaml
var profileFiles embed.FS

// ProfileNames lists the built-in profiles in alphabetical order.
func ProfileNames() []string {
	entries, err := profileFiles.ReadDir("profiles")
	if err != nil {
		panic(err) // embedded
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".yaml"))
	}
	sort.Strings(names)
	return names
}

// ProfileText is the YAML text of a built-in profile.
func ProfileText(name string) ([]byte, error) {
	data, err := profileFiles.ReadFile(path.Join("profiles", name+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("no built-in profile %q", name)
	}
	return data, nil
}
