package schemas

import "embed"

// RuleFiles are the built-in rules for segments and lifecycle, in folder rules.
//
//go:embed rules/*.yaml
var RuleFiles embed.FS
