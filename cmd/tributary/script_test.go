package main

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata/script say what users see of each command: its output, the texts of
// its errors, its exit codes. They run the program itself, as a process of its own.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tributary": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":   exits,
			"diffrun": diffRun,
			"doubts":  doubts,
			"decide":  decide,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("TRIBUTARY_SALT", "a salt for tests")
			return nil
		},
	})
}

// exits runs a command that must end with an exit code:
//
//	exits 2 tributary run --config nothing.yaml
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENTS]")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("exits: %q is no exit code", args[0])
	}
	code := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("exits: %v", err)
	}
	if code != want {
		ts.Fatalf("%v ended with exit code %d, want %d", args[1:], code, want)
	}
}

// diffRun compares the current run with the one whose id a file holds:
//
//	diffrun FILE
func diffRun(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: diffrun FILE")
	}
	ts.Check(ts.Exec("tributary", "diff", "--config", "shop.yaml", strings.TrimSpace(ts.ReadFile(args[0]))))
}
