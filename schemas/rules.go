package schemas

import "embed"

// RuleFiles are the built-in rules for segments and lifecycle, in folder rules.
//
//go:embed rules/*.yaml
var RuleFiles embed.FS

// RuleExamples are rules that have no default, in folder rule_examples: tiers and audiences
// are the company's own.
//
//go:embed rule_examples/*.yaml
var RuleExamples embed.FS
