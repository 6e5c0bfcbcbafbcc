package main

import "github.com/tributary-cdp/tributary/pipelines/runs"

type (
	checkCommand struct{ configFlags }
)

func (checkCommand) Run(*streams) error { return runs.ConfigError("x") }
