// Command shuffle measures transforms/shuffle on the embedded runner: how long it takes to
// group records by key, and the memory that it needs. Each case runs in a process of its own,
// since the heap that one leaves behind would help or hinder the next.
//
//	go run ./bench/shuffle CASE    prints one JSON line
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/tributary-cdp/tributary/pipelines/launch"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

// recordBytes is the size of a record: a key of 8 bytes and the rest.
const recordBytes = 100

// work is one map task: records from First on.
type work struct{ First, Records uint64 }

var groupOp = shuffle.Define(shuffle.Op{
	Name: "bench.group",
	Map: func(_ context.Context, t *shuffle.MapTask) error {
		var w work
		if err := json.Unmarshal(t.Work, &w); err != nil {
			return err
		}
		keys, err := strconv.ParseUint(string(t.Params), 10, 64)
		if err != nil {
			return err
		}
		var record [recordBytes]byte
		for i := w.First; i < w.First+w.Records; i++ {
			fill(&record, i, keys)
			if err := t.Emit(record[:8], 0, record[8:]); err != nil {
				return err
			}
			t.Progress(1)
		}
		return nil
	},
	Reduce: func(_ context.Context, t *shuffle.ReduceTask) error {
		groups, records := 0, 0
		for t.Next() {
			groups++
			for _, _, ok := t.Record(); ok; _, _, ok = t.Record() {
				records++
			}
		}
		t.Report(fmt.Appendf(nil, "%d %d %d", t.Partition, groups, records))
		return nil
	},
	Finish: func(_ context.Context, _ []byte, results [][]byte) error {
		for _, result := range results {
			var partition, groups, records int
			if _, err := fmt.Sscan(string(result), &partition, &groups, &records); err != nil {
				return err
			}
			counted.Groups += groups
			counted.Records += records
		}
		return nil
	},
})

// counted is what the reducers saw: proof that the work was done.
var counted struct{ Groups, Records int }

// fill makes record i: its key by a multiplicative hash, and bytes that do not compress away.
func fill(record *[recordBytes]byte, i, keys uint64) {
	key := i * 0x9E3779B97F4A7C15 >> 20 % keys
	binary.BigEndian.PutUint64(record[:], key)
	x := 2*i + 1
	for j := 8; j+8 <= recordBytes; j += 8 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		binary.LittleEndian.PutUint64(record[j:], x)
	}
}

// The element-wise way, for comparison: every record is an element of GroupByKey.

type makeFn struct{ Keys uint64 }

// ProcessElement emits the records of one work item.
func (f *makeFn) ProcessElement(item []byte, emit func(int64, []byte)) error {
	var w work
	if err := json.Unmarshal(item, &w); err != nil {
		return err
	}
	var record [recordBytes]byte
	for i := w.First; i < w.First+w.Records; i++ {
		fill(&record, i, f.Keys)
		emit(int64(binary.BigEndian.Uint64(record[:])), append([]byte(nil), record[8:]...))
	}
	return nil
}

type countFn struct{}

// ProcessElement counts one group.
func (*countFn) ProcessElement(_ int64, records func(*[]byte) bool, emit func(int)) {
	n := 0
	var record []byte
	for records(&record) {
		n++
	}
	emit(n)
}

type totalFn struct{}

// ProcessElement adds all groups up.
func (*totalFn) ProcessElement(_ int, counts func(*int) bool, emit func(int)) {
	var n int
	for counts(&n) {
		counted.Groups++
		counted.Records += n
	}
	emit(counted.Records)
}

func init() {
	register.DoFn2x1[[]byte, func(int64, []byte), error](&makeFn{})
	register.DoFn3x0[int64, func(*[]byte) bool, func(int)](&countFn{})
	register.DoFn3x0[int, func(*int) bool, func(int)](&totalFn{})
	register.Emitter2[int64, []byte]()
	register.Emitter1[int]()
	register.Iter1[[]byte]()
	register.Iter1[int]()
}

type benchmark struct {
	records, keys  uint64
	carrier        string
	partitionBytes int64 // 0 = the default
	defaults       bool  // of the garbage collector
}

// Carriers.
const (
	references = "references" // as with --carrier=references
	inline     = "inline"     // as with --carrier=inline: a part of each partition, the rest as references
	runnerOnly = "runner"     // every block inline: no scratch
	elements   = "elements"   // no blocks: every record is an element
)

var cases = map[string]benchmark{
	"references-5m": {5_000_000, 1_000_000, references, 0, false},
	"inline-5m":     {5_000_000, 1_000_000, inline, 0, false},
	"runner-5m":     {5_000_000, 1_000_000, runnerOnly, 0, false},
	"references-1m": {1_000_000, 333_000, references, 0, true},
	"inline-1m":     {1_000_000, 333_000, inline, 0, true},
	"runner-1m":     {1_000_000, 333_000, runnerOnly, 0, true},
	"runner-8mb-1m": {1_000_000, 333_000, runnerOnly, 8 << 20, true},
	"elements-1m":   {1_000_000, 333_000, elements, 0, true},
}

func main() {
	launch.WorkerMode()
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: shuffle CASE")
		os.Exit(2)
	}
	b, ok := cases[os.Args[1]]
	if !ok {
		fmt.Fprintf(os.Stderr, "shuffle: no case %q\n", os.Args[1])
		os.Exit(2)
	}
	if err := measure(os.Args[1], b); err != nil {
		fmt.Fprintln(os.Stderr, "shuffle:", err)
		os.Exit(1)
	}
}

// limits are those of `tributary run` on a machine with 16 GB. The comparison with elements
// leaves the garbage collector at its defaults, so that the memory is what the work needs.
func (b *benchmark) limits() {
	if b.defaults {
		return
	}
	debug.SetMemoryLimit(2 << 30)
	debug.SetGCPercent(300)
}

func measure(name string, b benchmark) error {
	b.limits()
	scratch, err := os.MkdirTemp("", "shuffle-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	opts := launch.Options{JobName: "bench", Scratch: scratch, Carrier: b.carrier}
	items := workItems(b.records, 16)
	started := time.Now()
	err = launch.Run(context.Background(), opts, func(s beam.Scope) {
		if b.carrier == elements {
			elementwise(s, b, items)
			return
		}
		job := shuffle.Job{
			Params: fmt.Append(nil, b.keys), Work: items, Branches: opts.Branches(),
			Partitions: shuffle.Partitions(int64(b.records*recordBytes), b.partitionBytes),
		}
		if b.carrier != runnerOnly {
			job.Scratch, job.Inline = scratch, opts.InlineBytes()
		}
		shuffle.Build(s, groupOp, job)
	})
	if err != nil {
		return err
	}
	elapsed := time.Since(started)
	if counted.Records != int(b.records) {
		return fmt.Errorf("%d of %d records were reduced", counted.Records, b.records)
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"case": name, "records": b.records, "groups": counted.Groups, "seconds": elapsed.Seconds(),
		"cpu_seconds": float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6,
		"peak_mb":     usage.Maxrss / 1024,
		"scratch_mb":  spilled(scratch) >> 20,
	})
}

// spilled is how many bytes of blocks went to scratch.
func spilled(scratch string) (bytes int64) {
	files, _ := filepath.Glob(filepath.Join(scratch, "spill-*.blocks"))
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}

// workItems cuts the records into work items.
func workItems(records, items uint64) [][]byte {
	var out [][]byte
	for i := range items {
		first, end := records*i/items, records*(i+1)/items
		item, _ := json.Marshal(work{first, end - first}) // of two integers: cannot fail
		out = append(out, item)
	}
	return out
}

func elementwise(s beam.Scope, b benchmark, items [][]byte) {
	made := beam.ParDo(s, &makeFn{b.keys}, beam.CreateList(s, items))
	groups := beam.ParDo(s, &countFn{}, beam.GroupByKey(s, made))
	beam.ParDo(s, &totalFn{}, beam.GroupByKey(s, beam.AddFixedKey(s, groups)))
}
