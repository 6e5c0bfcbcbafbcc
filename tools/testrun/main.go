// Command testrun runs `go test`, prints failures and skips, and closes with one line of
// counts. With -ci a skipped test fails the run: on a machine that has everything, a skip
// means that something was not tested.
//
//	go run ./tools/testrun [-ci] PACKAGES...
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64
}

type report struct {
	passed, failed int
	skips          []string
	failures       []string
	output         map[string][]string // of tests that are running
	slow           []event
}

func main() {
	ci := flag.Bool("ci", false, "a skipped test fails the run")
	timeout := flag.String("timeout", "20m", "limit for one package")
	flag.Parse()
	args := append([]string{"test", "-json", "-timeout", *timeout}, flag.Args()...)
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		fail(err)
	}
	if err := cmd.Start(); err != nil {
		fail(err)
	}
	r := report{output: map[string][]string{}}
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // what go itself says about a build
			continue
		}
		r.take(e)
	}
	failed := cmd.Wait() != nil
	r.print()
	if failed || r.failed > 0 || (*ci && len(r.skips) > 0) {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "testrun:", err)
	os.Exit(1)
}

func (r *report) take(e event) {
	id := e.Package + " " + e.Test
	switch e.Action {
	case "output", "build-output":
		r.output[id] = append(r.output[id], e.Output)
		return
	case "pass":
		if e.Test != "" {
			r.passed++
			if e.Elapsed > 5 {
				r.slow = append(r.slow, e)
			}
		}
	case "fail", "build-fail":
		if e.Test != "" {
			r.failed++
		}
		r.failures = append(r.failures, id)
		fmt.Printf("FAIL %s\n%s", id, strings.Join(r.output[id], ""))
	case "skip":
		if e.Test != "" {
			r.skips = append(r.skips, id+": "+reason(r.output[id]))
		}
	default:
		return
	}
	if e.Test == "" && e.Action != "build-fail" {
		fmt.Printf("%-4s %s (%.1fs)\n", e.Action, e.Package, e.Elapsed)
	}
	delete(r.output, id)
}

// reason is the text that a skipped test gave.
func reason(output []string) string {
	for _, line := range output {
		line = strings.TrimSpace(line)
		if _, text, ok := strings.Cut(line, ".go:"); ok {
			return text
		}
	}
	return "no reason given"
}

func (r *report) print() {
	sort.Strings(r.skips)
	for _, skip := range r.skips {
		fmt.Println("SKIP", skip)
	}
	for _, e := range r.slow {
		fmt.Printf("slow %s %s %.1fs\n", e.Package, e.Test, e.Elapsed)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", r.passed, r.failed, len(r.skips))
}
