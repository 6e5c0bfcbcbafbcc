package main

import "github.com/tributary-cdp/tributary/pipelines/runs"

type (
	checkCommand   struct{ configFlags }
	explainCommand struct{ configFlags }
	rulesCommand   struct{}
)

func (checkCommand) Run(*streams) error   { return runs.ConfigError("x") }
func (explainCommand) Run(*streams) error { return runs.ConfigError("x") }
func (rulesCommand) Run(*streams) error   { return runs.ConfigError("x") }
