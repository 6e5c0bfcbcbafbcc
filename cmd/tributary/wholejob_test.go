package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// These tests run the whole job on a small demo company with the program itself. They take
// about a minute, so they run with the other engines only (make test-all).

// company is a demo company and the program to run on it.
type company struct {
	program string
	dir     string
	digest  map[string]string // of the reference run: Parquet file -> sha256
	runID   string
}

// newCompany builds the program, makes a company and runs the job once, with all defaults.
func newCompany(t *testing.T) *company {
	t.Helper()
	if os.Getenv("TRIBUTARY_TEST_ENGINES") != "1" {
		t.Skip("runs the whole job many times: make test-all")
	}
	dir := t.TempDir()
	c := &company{program: filepath.Join(dir, "tributary"), dir: filepath.Join(dir, "company")}
	build := exec.Command("go", "build", "-o", c.program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	c.must(t, "demo", c.dir, "--customers=120")
	appendTo(t, c.config(), c.config(), "shuffle: {partition_mb: 0.15}\n") // several partitions in every job
	out := filepath.Join(dir, "reference")
	c.must(t, "run", "--config", c.config(), "--out", out)
	c.runID, c.digest = digestOf(t, out)
	parts := map[string]int{}
	for name := range c.digest {
		parts[filepath.ToSlash(filepath.Dir(name))]++
	}
	for _, table := range []string{"records/party", "records/link", "orders", "customers", "audience_member"} { // of five jobs
		if parts[table] < 2 {
			t.Errorf("table %s of the reference run has %d parts", table, parts[table])
		}
	}
	return c
}

func (c *company) config() string { return filepath.Join(c.dir, "tributary.yaml") }

// command prepares the program with a salt of its own and no settings of the machine.
func (c *company) command(args ...string) *exec.Cmd {
	cmd := exec.Command(c.program, args...)
	cmd.Env = append(os.Environ(), "TRIBUTARY_SALT=a salt for tests")
	return cmd
}

// must runs the program and returns its output.
func (c *company) must(t *testing.T, args ...string) string {
	t.Helper()
	return c.mustCommand(t, c.command(args...))
}

func (c *company) mustCommand(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

// same compares the current run of an output folder with the reference run.
func (c *company) same(t *testing.T, what, out string) {
	t.Helper()
	id, digest := digestOf(t, out)
	if id != c.runID {
		t.Errorf("%s: run id %s, want %s", what, id, c.runID)
	}
	for name, sum := range c.digest {
		if digest[name] != sum {
			t.Errorf("%s: %s differs from the reference run", what, name)
		}
	}
	for name := range digest {
		if c.digest[name] == "" {
			t.Errorf("%s: %s is not in the reference run", what, name)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "scratch")); err == nil {
		t.Errorf("%s: scratch was left behind", what)
	}
}

// digestOf hashes all Parquet files of the current run by their names below the run's folder.
func digestOf(t *testing.T, out string) (runID string, digest map[string]string) {
	t.Helper()
	current, err := os.ReadFile(filepath.Join(out, "CURRENT"))
	if err != nil {
		t.Fatal(err)
	}
	runID = strings.TrimSpace(string(current))
	root := filepath.Join(out, "runs", runID)
	digest = map[string]string{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".parquet" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		sum := sha256.Sum256(data)
		digest[name] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return runID, digest
}

func TestTheWholeJob(t *testing.T) {
	c := newCompany(t)
	t.Run("every runner and layout of the work gives the same bytes", c.testSameBytes)
	t.Run("a killed run goes on to the same bytes", c.testKills)
}

func (c *company) testSameBytes(t *testing.T) {
	for _, layout := range [][2]string{{"1", "references"}, {"2", "inline"}, {"5", "references"}, {"5", "inline"}} {
		branches, carrier := layout[0], layout[1]
		what := fmt.Sprintf("%s branches, %s", branches, carrier)
		out := filepath.Join(t.TempDir(), "out")
		cmd := c.command("run", "--config", c.config(), "--out", out, "--branches", branches, "--carrier", carrier)
		if branches == "1" {
			what += ", GOMAXPROCS=1"
			cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
		}
		c.mustCommand(t, cmd)
		c.same(t, what, out)
	}
	moved := filepath.Join(t.TempDir(), "elsewhere", "renamed")
	copyBackwards(t, c.dir, moved)
	out := filepath.Join(t.TempDir(), "out")
	c.must(t, "run", "--config", filepath.Join(moved, "tributary.yaml"), "--out", out)
	c.same(t, "folder renamed, files written in another order", out)

	out = filepath.Join(t.TempDir(), "out")
	c.must(t, append([]string{"run", "--config", c.shared(t), "--out", out}, c.workerPool(t)...)...)
	c.same(t, "stand-alone runner, workers in processes of their own", out)
}

// copyBackwards copies a folder, the last file first, so that times and order on disk differ.
func copyBackwards(t *testing.T, from, to string) {
	t.Helper()
	var files []string
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := len(files) - 1; i >= 0; i-- {
		name, err := filepath.Rel(from, files[i])
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, data, 0o644); err != nil {
			t.Fatal(err)
		}
		stamp := time.Unix(int64(1_700_000_000+i), 0)
		if err := os.Chtimes(target, stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
}

// shared writes the config of the company with `shared: true` beside it.
func (c *company) shared(t *testing.T) string {
	t.Helper()
	path := filepath.Join(c.dir, "shared.yaml")
	appendTo(t, c.config(), path, "shared: true\n")
	return path
}

// appendTo writes a config with one line more.
func appendTo(t *testing.T, from, to, line string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, append(data, line...), 0o644); err != nil {
		t.Fatal(err)
	}
}

// workerPool starts a stand-alone runner and a pool of worker processes, and gives the flags
// that use them.
func (c *company) workerPool(t *testing.T) []string {
	t.Helper()
	cache := os.Getenv("TRIBUTARY_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache", "tributary")
	}
	runner, pool := freeAddress(t), freeAddress(t)
	_, port, err := net.SplitHostPort(runner)
	if err != nil {
		t.Fatal(err)
	}
	prism := exec.Command(filepath.Join(cache, "bin", "prism-v2.77.0"), "--job_port="+port, "--serve_http=false", "--log_level=error")
	prism.Env = append(os.Environ(), "TMPDIR="+t.TempDir()) // staged programs
	start(t, prism)
	start(t, c.command("workers", "--listen", pool))
	for _, address := range []string{runner, pool} {
		waitFor(t, address)
	}
	return []string{"--runner=universal", "--endpoint=" + runner, "--environment-type=EXTERNAL", "--environment-config=" + pool}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts a process that ends with the test.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v (make engines installs it)", err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		done := time.AfterFunc(2*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		done.Stop()
		if t.Failed() {
			t.Logf("%s said:\n%.4000s", filepath.Base(cmd.Path), output.String())
		}
	})
}

func waitFor(t *testing.T, address string) {
	t.Helper()
	for range 300 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("nobody listens at %s", address)
}

func (c *company) testKills(t *testing.T) {
	kills := 0
	// The moments: so many jobs done, and a while after that.
	for _, moment := range []struct {
		jobs int
		wait time.Duration
	}{
		{0, 0},
		{0, 150 * time.Millisecond},
		{0, 400 * time.Millisecond},
		{1, 0},
		{2, 30 * time.Millisecond},
		{3, 100 * time.Millisecond},
		{4, 0},
		{5, 60 * time.Millisecond},
		{6, 0},
		{7, 10 * time.Millisecond},
	} {
		out := filepath.Join(t.TempDir(), "out")
		if c.killAfter(t, out, moment.jobs, moment.wait) {
			kills++
			if _, err := os.Stat(filepath.Join(out, "CURRENT")); err == nil && moment.jobs < 7 {
				t.Errorf("killed after %d jobs: the run became the current one", moment.jobs)
			}
		}
		c.must(t, "run", "--config", c.config(), "--out", out)
		c.same(t, fmt.Sprintf("killed after %d jobs and %v", moment.jobs, moment.wait), out)
		if text := c.must(t, "run", "--config", c.config(), "--out", out); !strings.Contains(text, "nothing to do") {
			t.Errorf("a second run has something to do:\n%s", text)
		}
	}
	if kills < 8 {
		t.Errorf("only %d of 10 runs were killed before their end", kills)
	}
}

// killAfter starts a run, kills it when so many jobs are done and a while has passed, and
// tells whether it was still at work.
func (c *company) killAfter(t *testing.T, out string, jobs int, wait time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, c.program, "run", "--config", c.config(), "--out", out)
	cmd.Env = append(os.Environ(), "TRIBUTARY_SALT=a salt for tests")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	inputs := filepath.Join(out, "runs", "*", "inputs.json")
	manifests := filepath.Join(out, "runs", "*", "jobs", "*", "_manifest.json")
	for {
		select {
		case <-ended:
			return false
		case <-time.After(2 * time.Millisecond):
		}
		begun, _ := filepath.Glob(inputs)
		done, _ := filepath.Glob(manifests)
		if len(begun) > 0 && len(done) >= jobs {
			break
		}
	}
	time.Sleep(wait)
	cancel() // kill -9
	return (<-ended) != nil
}
