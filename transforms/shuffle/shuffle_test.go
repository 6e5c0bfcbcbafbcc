package shuffle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/zeebo/xxh3"
	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/thorough"
	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

// work is the records of one map task: "key=value" lines.
type work struct{ Lines []string }

var groupOp = shuffle.Define(shuffle.Op{
	Name: "test.group",
	Map: func(_ context.Context, t *shuffle.MapTask) error {
		var w work
		if err := json.Unmarshal(t.Work, &w); err != nil {
			return err
		}
		for _, line := range w.Lines {
			key, value, _ := strings.Cut(line, "=")
			switch value {
			case "fail":
				return &coded{errors.New("this row is wrong")}
			case "panic":
				panic("boom")
			}
			if err := t.Emit([]byte(key), uint8(len(value)), []byte(value)); err != nil {
				return err
			}
			t.Progress(1)
		}
		t.Report(fmt.Appendf(nil, "mapped %d", len(w.Lines)))
		return nil
	},
	Reduce: func(_ context.Context, t *shuffle.ReduceTask) error {
		var out strings.Builder
		for t.Next() {
			fmt.Fprintf(&out, "%s:", t.Key())
			for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() {
				fmt.Fprintf(&out, " %d/%s", tag, rec)
				if string(rec) == "stop" {
					return errors.New("reducer stopped")
				}
			}
			out.WriteString("\n")
		}
		t.Report([]byte("partition " + fmt.Sprint(t.Partition) + "\n" + out.String()))
		return nil
	},
	Finish: func(_ context.Context, params []byte, results [][]byte) error {
		return os.WriteFile(string(params), []byte(join(results)), 0o644)
	},
})

type coded struct{ error }

func (coded) ExitCode() int { return 4 }

func join(parts [][]byte) string {
	var b strings.Builder
	for _, part := range parts {
		b.Write(part)
		b.WriteByte('\n')
	}
	return b.String()
}

func run(t testing.TB, items []work, partitions, branches int, scratch string, limit int64) (string, error) {
	return runJob(t, items, shuffle.Job{Partitions: partitions, Branches: branches, Scratch: scratch, SortLimit: limit})
}

// runJob runs the grouping operation and gives what it found out.
func runJob(t testing.TB, items []work, job shuffle.Job) (string, error) {
	out := t.TempDir() + "/out"
	var encoded [][]byte
	for _, item := range items {
		data, _ := json.Marshal(item)
		encoded = append(encoded, data)
	}
	err := launch.Run(t.Context(), launch.Options{JobName: "test"}, func(s beam.Scope) {
		job.Params, job.Work = []byte(out), encoded
		shuffle.Build(s, groupOp, job)
	})
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(out)
	return string(data), err
}

func TestGroupsAreThoseOfAPlainMapWhateverTheLayout(t *testing.T) {
	thorough.Check(t, 20, func(r *rapid.T) {
		var items []work
		groups := map[string][]string{}
		for range rapid.IntRange(0, 4).Draw(r, "items") {
			var w work
			for range rapid.IntRange(0, 30).Draw(r, "lines") {
				key := rapid.StringMatching(`[abc]{0,3}`).Draw(r, "key")
				value := rapid.StringMatching(`[xyz]{0,4}`).Draw(r, "value")
				w.Lines = append(w.Lines, key+"="+value)
				groups[key] = append(groups[key], fmt.Sprintf("%d/%s", len(value), value))
			}
			items = append(items, w)
		}
		partitions := rapid.IntRange(1, 5).Draw(r, "partitions")
		reference := shuffle.Job{Partitions: partitions, Branches: 1} // inline, sorted in memory
		other := shuffle.Job{
			Partitions: partitions, Branches: rapid.IntRange(1, 5).Draw(r, "branches"),
			SortLimit: rapid.SampledFrom([]int64{0, 1, 40}).Draw(r, "limit"),
			Inline:    rapid.SampledFrom([]int64{0, 30, shuffle.InlineBytes}).Draw(r, "inline"),
		}
		if rapid.IntRange(0, 3).Draw(r, "carrier") > 0 {
			other.Scratch = t.TempDir()
		}
		want, err := runJob(t, items, reference)
		if err != nil {
			r.Fatal(err)
		}
		// The order and the cut of the work may change as well: all of it in one task, backwards.
		dealt := items
		if rapid.Bool().Draw(r, "reversed") {
			dealt = slices.Clone(items)
			slices.Reverse(dealt)
		}
		got, err := runJob(t, dealt, other)
		if err != nil {
			r.Fatal(err)
		}
		if got != want {
			r.Fatalf("branches, carrier or order of work changed the result:\n%s\n%s", want, got)
		}
		for key, values := range groups {
			slices.SortFunc(values, func(a, b string) int { return strings.Compare(place(a), place(b)) })
			line := key + ": " + strings.Join(values, " ") + "\n"
			if !strings.Contains(want, line) {
				r.Fatalf("group %q is missing in\n%s", line, want)
			}
		}
		if got := strings.Count(want, "partition "); got != partitions {
			r.Fatalf("%d of %d partitions were reduced", got, partitions)
		}
	})
}

// place orders "tag/record" as a group has its records: by tag, hash of the record, record.
func place(text string) string {
	tag, record, _ := strings.Cut(text, "/")
	return fmt.Sprintf("%s %06x %s", tag, xxh3.HashString(record)>>40, record)
}

// skewed is three tasks of which one key has almost all records.
func skewed() []work {
	var items []work
	for task := range 3 {
		var w work
		for i := range 4000 {
			key := "big"
			if i%400 == 0 {
				key = fmt.Sprintf("small%02d", i/400)
			}
			w.Lines = append(w.Lines, fmt.Sprintf("%s=%04d-%d", key, (i*7919)%4000, task))
		}
		items = append(items, w)
	}
	return items
}

func TestAKeyLargerThanAPartitionIsReducedFromSortedRuns(t *testing.T) {
	items := skewed()
	want, err := run(t, items, 4, 1, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(want, " 6/") != 3*4000 {
		t.Fatalf("records are missing: %d", strings.Count(want, " 6/"))
	}
	for _, inline := range []int64{0, 1 << 10} {
		scratch := t.TempDir()
		got, err := runJob(t, items, shuffle.Job{Partitions: 4, Branches: 2, Scratch: scratch, SortLimit: 1 << 12, Inline: inline})
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("inline %d: sorting in runs changed the result", inline)
		}
		if left, _ := filepath.Glob(filepath.Join(scratch, "run-*")); len(left) > 0 {
			t.Errorf("sorted runs were left behind: %v", left)
		}
	}
}

func TestPartitionsReducedOneGroupAfterAnotherAreThoseReducedAtOnce(t *testing.T) {
	var items []work
	for task := range 3 {
		var w work
		for i := range 500 {
			w.Lines = append(w.Lines, fmt.Sprintf("key%d=%d-%d", i%90, i, task))
		}
		items = append(items, w)
	}
	const partitions = 70 // more than there are groups
	want, err := run(t, items, partitions, 1, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, inline := range []int64{0, 100} {
		scratch := ""
		if inline > 0 {
			scratch = t.TempDir()
		}
		got, err := runJob(t, items, shuffle.Job{Partitions: partitions, Branches: 3, Scratch: scratch, Inline: inline})
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("inline %d: groups changed the result", inline)
		}
	}
}

func TestBlocksBeyondTheInlineLimitTravelAsReferences(t *testing.T) {
	items := skewed()
	spilled := func(inline int64) (bytes int64) {
		scratch := t.TempDir()
		if _, err := runJob(t, items, shuffle.Job{Partitions: 1, Branches: 1, Scratch: scratch, Inline: inline}); err != nil {
			t.Fatal(err)
		}
		files, _ := filepath.Glob(filepath.Join(scratch, "spill-*.blocks"))
		for _, file := range files {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			bytes += info.Size()
		}
		return bytes
	}
	if n := spilled(0); n == 0 {
		t.Error("without a limit of inline bytes every block goes to scratch, but none did")
	}
	if n := spilled(shuffle.InlineBytes); n != 0 {
		t.Errorf("%d bytes went to scratch although all fit inline", n)
	}
}

func TestACancelledRunEndsSoonAndSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	blocked = make(chan struct{})
	defer close(blocked)
	began := make(chan struct{})
	started = func() { close(began) }
	done := make(chan error, 1)
	go func() {
		done <- launch.Run(ctx, launch.Options{JobName: "test"}, func(s beam.Scope) {
			shuffle.Build(s, endlessOp, shuffle.Job{Work: [][]byte{[]byte("x")}, Partitions: 1, Scratch: t.TempDir()})
		})
	}()
	<-began
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want a cancelled context", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("a cancelled run goes on")
	}
}

// The endless operation emits records until its context ends or the test does.
var (
	blocked chan struct{}
	started func()
)

var endlessOp = shuffle.Define(shuffle.Op{
	Name: "test.endless",
	Map: func(_ context.Context, t *shuffle.MapTask) error {
		started()
		for {
			select {
			case <-blocked:
				return nil
			default:
			}
			if err := t.Emit([]byte("k"), 0, []byte("v")); err != nil {
				return err
			}
		}
	},
})

func TestAFailedTaskLeavesNoSpillFile(t *testing.T) {
	scratch := t.TempDir()
	lines := make([]string, 40_000)
	for i := range lines {
		lines[i] = fmt.Sprintf("k%d=%032d", i, i*7919)
	}
	lines = append(lines, "a=fail")
	if _, err := run(t, []work{{Lines: lines}}, 1, 1, scratch, 0); err == nil {
		t.Fatal("the task did not fail")
	}
	if left, _ := filepath.Glob(filepath.Join(scratch, "*")); len(left) > 0 {
		t.Errorf("left in scratch: %v", left)
	}
}

func TestErrorsAndPanicsReachTheCaller(t *testing.T) {
	for line, want := range map[string]string{
		"a=fail":  "test.group: map: this row is wrong",
		"a=panic": "test.group: map: panic: boom",
		"a=stop":  "reducer stopped",
	} {
		_, err := run(t, []work{{Lines: []string{line}}}, 2, 2, t.TempDir(), 0)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", line, err, want)
		}
		var code interface{ ExitCode() int }
		if line == "a=fail" && (!errors.As(err, &code) || code.ExitCode() != 4) {
			t.Errorf("the exit code of the task is lost: %#v", err)
		}
	}
}
