package runs

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// bench is a small company on disk.
type bench struct {
	t   *testing.T
	dir string
}

func newBench(t *testing.T) *bench {
	b := &bench{t, t.TempDir()}
	b.write("people.csv", "id,name\n1,Lin Mei\n")
	b.write("orders/2026.csv", "no,at,amount\n1,2026-01-02,10\n")
	b.write("tributary.yaml", benchConfig)
	return b
}

const benchConfig = `project: p
as_of: 2026-01-31
currency: EUR
sources:
  - {name: people, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name}}}
  - {name: shop, path: orders/*.csv, mapping: {record: order, key: no, fields: {time: at, net: amount, status: {const: paid}}}}
identity: {decisions: decisions.csv}
output: {path: out}
`

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) write(name, text string) {
	b.t.Helper()
	if err := os.MkdirAll(filepath.Dir(b.path(name)), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(b.path(name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) load(asOf string) *config.Config {
	b.t.Helper()
	c, err := config.Load(b.path("tributary.yaml"), config.Options{AsOf: asOf, Now: time.Unix(0, 0), Lookup: func(string) (string, bool) { return "", false }})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) plan(r Request) (*Plan, error) {
	b.t.Helper()
	return Prepare(b.load(""), r)
}

func (b *bench) must(r Request) *Plan {
	b.t.Helper()
	p, err := b.plan(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// finish does what a run does at its beginning and its end.
func (b *bench) finish(p *Plan) {
	b.t.Helper()
	if err := errors.Join(p.Env.Inputs.Write(p.Env.Layout), SetCurrent(p.Env.Layout.Out, p.Env.Layout.RunID)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) id() string { b.t.Helper(); return b.must(Request{}).Env.Layout.RunID }

func code(err error) int {
	var coded *CodedError
	if errors.As(err, &coded) {
		return coded.Code
	}
	return 0
}

func TestARunIDIsAsOfAndTenCharactersOfBase32(t *testing.T) {
	id := newBench(t).id()
	if !regexp.MustCompile(`^2026-01-31-[a-z2-7]{10}$`).MatchString(id) {
		t.Errorf("run id %s", id)
	}
}

func TestARunIDFollowsEverythingThatDecidesTheOutput(t *testing.T) {
	first := newBench(t).id()
	for name, change := range map[string]func(*bench){
		"content of a file":   func(b *bench) { b.write("people.csv", "id,name\n1,Li Mei\n") },
		"name of a file":      func(b *bench) { os.Rename(b.path("orders/2026.csv"), b.path("orders/2025.csv")) },
		"one file more":       func(b *bench) { b.write("orders/2027.csv", "no,at,amount\n") },
		"a key of the config": func(b *bench) { b.write("tributary.yaml", strings.Replace(benchConfig, "EUR", "USD", 1)) },
		"size of partitions":  func(b *bench) { b.write("tributary.yaml", benchConfig+"shuffle: {partition_mb: 0.5}\n") },
		"a mapping":           func(b *bench) { b.write("tributary.yaml", strings.Replace(benchConfig, "key: id", "key: name", 1)) },
		"manual decisions":    func(b *bench) { b.write("decisions.csv", "left,right,decision\n") },
		"the project's salt": func(b *bench) {
			b.write("salt", "a salt of many letters")
			b.write("tributary.yaml", "salt_file: salt\n"+benchConfig)
		},
		"the ledger, a folder": func(b *bench) { b.write("out/ledger/2026.csv", "x\n") },
		"as_of":                func(b *bench) { b.write("tributary.yaml", strings.Replace(benchConfig, "2026-01-31", "2026-01-30", 1)) },
		"the program": func(b *bench) {
			before := CodeVersion
			CodeVersion = "another"
			b.t.Cleanup(func() { CodeVersion = before })
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			change(b)
			if b.id() == first {
				t.Error("the run id stayed the same")
			}
		})
	}
}

func TestARunIDDoesNotFollowPathsOutputAndTimes(t *testing.T) {
	first := newBench(t).id() // in another folder than all below
	for name, change := range map[string]func(*bench){
		"another folder": func(*bench) {},
		"another time":   func(b *bench) { os.Chtimes(b.path("people.csv"), time.Unix(1, 0), time.Unix(1, 0)) },
		"another output": func(b *bench) {
			b.write("tributary.yaml", strings.Replace(benchConfig, "path: out}", "path: elsewhere}", 1))
		},
		"shared disk": func(b *bench) { b.write("tributary.yaml", benchConfig+"shared: true\n") },
		"a warehouse": func(b *bench) {
			b.write("tributary.yaml", strings.Replace(benchConfig, "path: out}", "path: out, bigquery: {project: p, dataset: d}}", 1))
		},
		"as_of as an option": func(b *bench) { b.write("tributary.yaml", strings.Replace(benchConfig, "as_of: 2026-01-31\n", "", 1)) },
		"source's own folder": func(b *bench) {
			os.Rename(b.path("orders"), b.path("moved"))
			b.write("tributary.yaml", strings.Replace(benchConfig, "orders/", "moved/", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			change(b)
			p, err := Prepare(b.load("2026-01-31"), Request{})
			if err != nil {
				t.Fatal(err)
			}
			if id := p.Env.Layout.RunID; id != first {
				t.Errorf("the run id changed: %s, was %s", id, first)
			}
		})
	}
}

func TestAnUnchangedRunHasNothingToDoAndKeepsItsID(t *testing.T) {
	b := newBench(t)
	first := b.must(Request{})
	b.finish(first)
	again := b.must(Request{})
	if !again.Same || again.Env.Layout.RunID != first.Env.Layout.RunID || again.Env.Inputs.Parent != "" || again.Env.Fresh {
		t.Errorf("got %+v of run %s", again, again.Env.Layout.RunID)
	}
	forced := b.must(Request{Force: true})
	if !forced.Env.Fresh || forced.Env.Layout.RunID != first.Env.Layout.RunID {
		t.Error("a forced run is to be done again under its own id")
	}
}

func TestAChangedInputMakesANewRunWhoseParentIsTheCurrentOne(t *testing.T) {
	b := newBench(t)
	first := b.must(Request{})
	b.finish(first)
	b.write("people.csv", "id,name\n1,Lin Mei\n2,Tom Roe\n")
	second := b.must(Request{})
	if second.Same || second.Env.Inputs.Parent != first.Env.Layout.RunID || second.Env.Layout.RunID == first.Env.Layout.RunID {
		t.Errorf("got run %s with parent %q", second.Env.Layout.RunID, second.Env.Inputs.Parent)
	}
	if lines := strings.Join(Changes(second), "\n"); !strings.Contains(lines, "changed file people/people.csv") {
		t.Errorf("the changes do not name the file:\n%s", lines)
	}
}

func TestAnAsOfBeforeTheParentsIsRefused(t *testing.T) {
	b := newBench(t)
	b.finish(b.must(Request{}))
	_, err := Prepare(b.load("2026-01-30"), Request{})
	if code(err) != ExitConfig || !strings.Contains(err.Error(), "fresh --out") {
		t.Errorf("got %v", err)
	}
}

func TestAnotherRunIDThanTheInputsMakeIsRefused(t *testing.T) {
	b := newBench(t)
	if _, err := b.plan(Request{RunID: "2026-01-31-aaaaaaaaaa"}); code(err) != ExitConfig {
		t.Errorf("got %v", err)
	}
	if _, err := b.plan(Request{RunID: b.id()}); err != nil {
		t.Error(err)
	}
}

func TestInputsOfARunFixItsParent(t *testing.T) {
	b := newBench(t)
	first := b.must(Request{})
	b.finish(first)
	b.write("people.csv", "id,name\n1,Lin Mei\n2,Tom Roe\n")
	second := b.must(Request{})
	b.finish(second)
	again := b.must(Request{RunID: second.Env.Layout.RunID})
	if again.Env.Inputs.Parent != first.Env.Layout.RunID {
		t.Errorf("parent %q, want %s", again.Env.Inputs.Parent, first.Env.Layout.RunID)
	}
}

func TestARunThatBuildsUponAnOldOneIsRefused(t *testing.T) {
	b := newBench(t)
	planned := b.must(Request{})
	if err := planned.Env.CheckCurrent(); err != nil {
		t.Fatal(err)
	}
	if err := SetCurrent(planned.Env.Layout.Out, "2026-01-31-another234"); err != nil {
		t.Fatal(err)
	}
	if err := planned.Env.CheckCurrent(); code(err) != ExitConfig {
		t.Errorf("got %v", err)
	}
}

func TestOneRunAtATimeOnOneOutput(t *testing.T) {
	out := t.TempDir()
	lock, err := Acquire(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire(out); !errors.Is(err, ErrLocked) {
		t.Errorf("a second run got %v", err)
	}
	if other, err := Acquire(t.TempDir()); err != nil {
		t.Errorf("another output folder: %v", err)
	} else {
		other.Release()
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := Acquire(out)
	if err != nil {
		t.Fatalf("the lock was given back, but %v", err)
	}
	again.Release()
}

func TestCurrentAndLatestFlipTogether(t *testing.T) {
	out := t.TempDir()
	if id, err := Current(out); id != "" || err != nil {
		t.Errorf("an empty folder has the current run %q, %v", id, err)
	}
	for _, id := range []string{"2026-01-30-aaaaaaaaaa", "2026-01-31-bbbbbbbbbb"} {
		if err := os.MkdirAll(Layout{out, id}.Dir(), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := SetCurrent(out, id); err != nil {
			t.Fatal(err)
		}
		if got, _ := Current(out); got != id {
			t.Errorf("current run %q, want %q", got, id)
		}
		if target, _ := os.Readlink(filepath.Join(out, "latest")); target != filepath.Join("runs", id) {
			t.Errorf("latest leads to %q", target)
		}
	}
	if err := os.WriteFile(filepath.Join(out, "CURRENT"), []byte("../elsewhere\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Current(out); err == nil {
		t.Error("a pointer out of the folder was read")
	}
}

func TestInputsAreReadBackAsWritten(t *testing.T) {
	b := newBench(t)
	p := b.must(Request{})
	b.finish(p)
	in, err := ReadInputs(p.Env.Layout)
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Files) != 2 || in.Files[0].Source != "people" || in.Files[1].Name != "2026.csv" || len(in.Files[0].SHA256) != 64 || in.Fingerprint != p.Env.Inputs.Fingerprint {
		t.Errorf("read back %+v", in)
	}
}

func TestWorkersOnOtherMachinesNeedASharedDisk(t *testing.T) {
	remote := launch.Options{Runner: launch.Universal, Endpoint: "x", EnvironmentType: "EXTERNAL"}
	b := newBench(t)
	if _, err := b.plan(Request{Launch: remote}); code(err) != ExitConfig || !strings.Contains(err.Error(), "shared: true") {
		t.Errorf("got %v", err)
	}
	loopback := remote
	loopback.EnvironmentType = "LOOPBACK"
	if _, err := b.plan(Request{Launch: loopback}); err != nil {
		t.Errorf("workers within this process see all paths: %v", err)
	}
	b.write("tributary.yaml", benchConfig+"shared: true\n")
	if _, err := b.plan(Request{Launch: remote}); err != nil {
		t.Errorf("shared: true: %v", err)
	}
	b.write("tributary.yaml", strings.Replace(benchConfig, "path: out}", "path: gs://bucket/out}", 1))
	if _, err := b.plan(Request{}); code(err) != ExitConfig || !strings.Contains(err.Error(), "output.path") {
		t.Errorf("an object store: got %v", err)
	}
}

func TestScratchOfAKilledRunIsRemoved(t *testing.T) {
	b := newBench(t)
	p := b.must(Request{})
	left := filepath.Join(p.Env.Layout.Out, "scratch", "2026-01-01-deadbeef22", "ingest", "spill-1.blocks")
	if err := os.MkdirAll(filepath.Dir(left), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := p.Env.CleanScratch(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(p.Env.Layout.Out, "scratch")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("scratch is still there: %v", err)
	}
}

func TestAJobIsDoneOnlyWithAllItsFilesInPlace(t *testing.T) {
	b := newBench(t)
	p := b.must(Request{})
	env := p.Env
	base := env.Base("j")
	m := &warehouse.Manifest{Job: "j", RunID: base.RunID}
	if err := AddSmall(&base, m, "model.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if env.Done("j") {
		t.Error("a job without a manifest is not done")
	}
	if err := warehouse.WriteManifest(env.Layout.Manifest("j"), m); err != nil {
		t.Fatal(err)
	}
	if !env.Done("j") || env.Requires("j") != nil {
		t.Error("the job is done")
	}
	if err := os.Truncate(filepath.Join(env.Layout.Job("j"), "model.json"), 1); err != nil {
		t.Fatal(err)
	}
	if env.Done("j") {
		t.Error("a job of which a file is damaged is not done")
	}
	if err := env.Requires("j"); code(err) != ExitConfig || !strings.Contains(err.Error(), "job j") {
		t.Errorf("got %v", err)
	}
	if err := env.Forget("j"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(env.Layout.Manifest("j")); !errors.Is(err, os.ErrNotExist) {
		t.Error("a forgotten job has a manifest")
	}
}
