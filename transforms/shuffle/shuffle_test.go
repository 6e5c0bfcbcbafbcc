package shuffle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"pgregory.net/rapid"

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
	out := t.TempDir() + "/out"
	var encoded [][]byte
	for _, item := range items {
		data, _ := json.Marshal(item)
		encoded = append(encoded, data)
	}
	err := launch.Run(t.Context(), launch.Options{JobName: "test"}, func(s beam.Scope) {
		shuffle.Build(s, groupOp, shuffle.Job{
			Params: []byte(out), Work: encoded, Partitions: partitions,
			Branches: branches, Scratch: scratch, SortLimit: limit,
		})
	})
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(out)
	return string(data), err
}

func TestGroupsAreThoseOfAPlainMapWhateverTheLayout(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
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
		limit := rapid.SampledFrom([]int64{0, 1, 40}).Draw(r, "limit")
		want := ""
		for i, branches := range []int{1, 3} {
			scratch := ""
			if i == 1 {
				scratch = t.TempDir()
			}
			got, err := run(t, items, partitions, branches, scratch, limit)
			if err != nil {
				r.Fatal(err)
			}
			if want == "" {
				want = got
			} else if got != want {
				r.Fatalf("branches and carrier changed the result:\n%s\n%s", want, got)
			}
		}
		for key, values := range groups {
			sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
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

func TestOneKeyLargerThanTheSortLimit(t *testing.T) {
	var w work
	for i := range 5000 {
		w.Lines = append(w.Lines, fmt.Sprintf("k=%04d", i))
	}
	whole, err := run(t, []work{w, w}, 1, 1, t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := run(t, []work{w, w}, 1, 1, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if whole != runs {
		t.Error("sorting in runs changed the result")
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
