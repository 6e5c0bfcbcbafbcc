// Command tributary builds one customer table from folders of exports.
//
// Exit codes: 0 done, 1 failed while running, 2 the config or the arguments are wrong,
// 3 the environment is missing something, 4 a data check failed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// commands is the command line.
type commands struct {
	Demo          demoCommand          `cmd:"" help:"Write a realistic demo company: exports of every family, known truth, and its config."`
	Run           runCommand           `cmd:"" help:"Run the whole job: exports in, tables, audiences and report out."`
	Plan          planCommand          `cmd:"" help:"Show what run would do, and why."`
	Check         checkCommand         `cmd:"" help:"Validate the config, the profiles and a sample of each file."`
	Audience      audienceCommand      `cmd:"" help:"Look at audiences before they are made."`
	Explain       explainCommand       `cmd:"" help:"Why these records are one customer."`
	Report        reportCommand        `cmd:"" help:"Write the page of one customer."`
	Evaluate      evaluateCommand      `cmd:"" help:"Hold results against what is known to be true."`
	Analyze       analyzeCommand       `cmd:"" help:"Look at how records are compared before they are."`
	Review        reviewCommand        `cmd:"" help:"Let people decide pairs of records in a spreadsheet."`
	Runs          runsCommand          `cmd:"" help:"List the runs of the output folder."`
	Diff          diffCommand          `cmd:"" help:"What one run has otherwise than another, and why."`
	GC            gcCommand            `cmd:"" name:"gc" help:"Remove old runs from the output folder."`
	Export        exportCommand        `cmd:"" help:"Hand the tables to other tools."`
	ExportSubject exportSubjectCommand `cmd:"" name:"export-subject" help:"Write all that is held on one person into two files."`
	Publish       publishCommand       `cmd:"" help:"Load the tables of the current run into BigQuery."`
	Profiles      profilesCommand      `cmd:"" help:"List the built-in source profiles, or print one."`
	Tables        tablesCommand        `cmd:"" help:"List the output tables, or print the columns of one."`
	Rules         rulesCommand         `cmd:"" help:"Print the built-in rules, or try the config's on the customers of the current run."`
	Job           jobCommand           `cmd:"" hidden:"" help:"Launch one Beam job of a run (templates pass flags only: --job=... --config=... --run-id=...)."`
	Workers       workersCommand       `cmd:"" help:"Serve as a worker pool for --environment-type=EXTERNAL."`
	Version       versionCommand       `cmd:"" help:"Print the version."`
}

// streams are where commands read and write; tests replace them.
type streams struct {
	out, err io.Writer
	ctx      context.Context
}

func main() {
	launch.WorkerMode() // a worker gets only its own binary and Beam's flags: never returns there
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(os.Args[1:], &streams{os.Stdout, os.Stderr, ctx})
	stop()
	os.Exit(code)
}

// execute parses the arguments, runs one command and returns the exit code.
func execute(args []string, io *streams) int {
	var cli commands
	code := -1
	parser, err := kong.New(&cli,
		kong.Name("tributary"),
		kong.Description("A batch customer data platform: exports of many systems in, one customer table out."),
		kong.Writers(io.out, io.err),
		kong.Exit(func(c int) { code = c }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		fmt.Fprintln(io.err, "tributary:", err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(jobArguments(args))
	if code >= 0 {
		return code // help was printed
	}
	if err != nil {
		fmt.Fprintf(io.err, "tributary: %v\n(tributary --help lists the commands)\n", err)
		return 2
	}
	if err := parsed.Run(io); err != nil {
		fmt.Fprintf(io.err, "tributary: %v\n", err)
		return exitCode(err)
	}
	return 0
}

func exitCode(err error) int {
	var problems config.Problems
	var coded *runs.CodedError
	switch {
	case errors.As(err, &problems):
		return 2
	case errors.As(err, &coded):
		return coded.Code
	}
	return 1
}
