// Command job measures the whole job on a demo company: time, CPU and peak memory of every
// stage, from export files to report.
//
//	go run ./bench/job -customers 400000 -program bin/tributary -dir FOLDER
//
// The company is made once and kept in FOLDER; the run goes into a fresh output folder. The
// result is written to bench/job/RESULTS.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// outcome is what one process took.
type outcome struct {
	wall, cpu time.Duration
	peakMB    int64
}

// runJSON is the part of run.json that is shown.
type runJSON struct {
	RunID string `json:"run_id"`
	Code  string `json:"code"`
	Jobs  []struct {
		Job        string  `json:"job"`
		Records    int64   `json:"records"`
		Seconds    float64 `json:"seconds"`
		CPUSeconds float64 `json:"cpu_seconds"`
		PeakMB     int64   `json:"peak_mb"`
	} `json:"jobs"`
}

func main() {
	customers := flag.Int("customers", 400_000, "size of the demo company")
	program := flag.String("program", "bin/tributary", "the program that is measured")
	dir := flag.String("dir", filepath.Join(os.TempDir(), "tributary-bench"), "folder for the company and the output")
	result := flag.String("result", "bench/job/RESULTS.md", "where the result goes")
	flag.Parse()
	company := filepath.Join(*dir, fmt.Sprintf("demo-%d", *customers))
	made := outcome{}
	if _, err := os.Stat(filepath.Join(company, "tributary.yaml")); err != nil {
		made = run(*program, "demo", company, "--customers", fmt.Sprint(*customers))
	}
	out := filepath.Join(*dir, "out")
	if err := os.RemoveAll(out); err != nil {
		log.Fatal(err)
	}
	whole := run(*program, "run", "--config", filepath.Join(company, "tributary.yaml"), "--out", out)
	again := run(*program, "run", "--config", filepath.Join(company, "tributary.yaml"), "--out", out)
	text := render(*customers, company, out, made, whole, again)
	fmt.Print(text)
	if err := os.WriteFile(*result, []byte(text), 0o644); err != nil {
		log.Fatal(err)
	}
}

// run runs the program and measures it.
func run(program string, args ...string) outcome {
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	started := time.Now()
	if err := cmd.Run(); err != nil {
		log.Fatalf("%s %s: %v", program, args[0], err)
	}
	o := outcome{wall: time.Since(started), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.peakMB = usage.Maxrss / 1024
	}
	return o
}

func render(customers int, company, out string, made, whole, again outcome) string {
	var r runJSON
	data, err := os.ReadFile(filepath.Join(out, "latest", "run.json"))
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		log.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# The whole job on a demo company of %d customers\n\n", customers)
	fmt.Fprintf(&b, "Command: `go run ./bench/job -customers %d` · %s · program %s · %d cores, %s\n\n", customers, time.Now().UTC().Format("2006-01-02"), r.Code, runtime.NumCPU(), machine())
	fmt.Fprintf(&b, "Exports: %s. Tables, records and files written: %s.\n\n", size(filepath.Join(company, "exports")), size(filepath.Join(out, "latest")))
	fmt.Fprintf(&b, "| stage | records | seconds | CPU seconds | peak MB so far |\n|---|---:|---:|---:|---:|\n")
	for _, job := range r.Jobs {
		fmt.Fprintf(&b, "| %s | %d | %.2f | %.2f | %d |\n", job.Job, job.Records, job.Seconds, job.CPUSeconds, job.PeakMB)
	}
	fmt.Fprintf(&b, "| **whole process** | | **%.2f** | **%.2f** | **%d** |\n", whole.wall.Seconds(), whole.cpu.Seconds(), whole.peakMB)
	fmt.Fprintf(&b, "| the same again: nothing to do | | %.2f | %.2f | %d |\n", again.wall.Seconds(), again.cpu.Seconds(), again.peakMB)
	if made.wall > 0 {
		fmt.Fprintf(&b, "| making the company | | %.2f | %.2f | %d |\n", made.wall.Seconds(), made.cpu.Seconds(), made.peakMB)
	}
	fmt.Fprintf(&b, "\nRecords of the line inputs are megabytes. Files were in the page cache.\n")
	return b.String()
}

// size is the size of all files below a folder.
func size(dir string) string {
	var files, bytes int64
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			files++
			bytes += info.Size()
		}
		return err
	})
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%d files, %.0f MB", files, float64(bytes)/1e6)
}

// machine names the processor.
func machine() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
