package shuffle

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

func init() {
	register.DoFn4x1[context.Context, []byte, func(int, []byte), func([]byte), error](&mapFn{})
	register.DoFn2x0[[]byte, func(int, []byte)](&seedFn{})
	register.DoFn5x1[context.Context, int, func(*[]byte) bool, func([]byte), func(int, []byte), error](&reduceFn{})
	register.DoFn4x1[context.Context, int, func(*[]byte) bool, func([]byte), error](&finishFn{})
	register.Function2x1(groupOf)
	register.Emitter2[int, []byte]()
	register.Emitter1[[]byte]()
	register.Iter1[[]byte]()
}

// ProgressCounter is the metric that tells how many records an operation has read.
const ProgressCounter = "records"

// MetricNamespace holds the counters of this package.
const MetricNamespace = "tributary"

// taskParams is what every DoFn of an operation knows. Exported fields only: they travel as JSON.
type taskParams struct {
	Op         string
	Params     []byte
	Partitions int
	Groups     int // of partitions: partition mod Groups
	Scratch    string
	Inline     int64
	SortLimit  int64
}

// groupOf reads the group from a block's key: a function of beam.Partition cannot close
// over the number of groups, so the key carries the group in its high bits.
func groupOf(key int, _ []byte) int { return key >> groupShift }

// groupShift leaves room for 2^32 partitions.
const groupShift = 32

func (p *taskParams) key(partition int) int {
	return (partition%p.Groups)<<groupShift | partition
}

func partitionOf(key int) int { return key & (1<<groupShift - 1) }

// Marks around the error of a task, so that a driver can find it in what a runner makes of
// it. The exit code that the error asks for (ExitCode() int) follows the opening mark.
const (
	ErrorOpen  = "[[tributary "
	ErrorClose = " tributary]]"
)

// guard turns errors and panics of user functions into errors that name the operation.
func guard(what string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
	}
	if *err == nil {
		return
	}
	code := 0
	var coded interface{ ExitCode() int }
	if errors.As(*err, &coded) {
		code = coded.ExitCode()
	}
	*err = fmt.Errorf("%s%d %s: %w%s", ErrorOpen, code, what, *err, ErrorClose)
}

// mapFn runs one map task over a list of work items.
type mapFn struct{ taskParams }

// ProcessElement packs the records of the task's work items into blocks.
func (f *mapFn) ProcessElement(ctx context.Context, work []byte, emit func(int, []byte), report func([]byte)) (err error) {
	defer guard(f.Op+": map", &err)
	op, err := lookup(f.Op)
	if err != nil {
		return err
	}
	counter := beam.NewCounter(MetricNamespace, ProgressCounter)
	p := newPacker(&f.taskParams, func(partition int, block []byte) { emit(f.key(partition), block) })
	defer p.abandon()
	items, err := unbundle(work)
	if err != nil {
		return err
	}
	task := &MapTask{
		Params: f.Params, op: op, ctx: ctx, packer: p, report: report,
		progress: func(n int64) { counter.Inc(ctx, n) },
	}
	for _, item := range items {
		if err := ctx.Err(); err != nil {
			return err
		}
		task.Work = item
		if err := op.Map(ctx, task); err != nil {
			return err
		}
	}
	task.flushProgress()
	return p.flush()
}

// seedFn makes every partition known to its reducer, also when no record reaches it.
type seedFn struct{ taskParams }

// ProcessElement emits one empty block for each partition.
func (f *seedFn) ProcessElement(_ []byte, emit func(int, []byte)) {
	for partition := range f.Partitions {
		emit(f.key(partition), nil)
	}
}

// reduceFn runs one reduce task for each partition.
type reduceFn struct{ taskParams }

// ProcessElement sorts the blocks of one partition and lets the operation walk its groups. The
// last output stays empty: it tells the next group of partitions that this one is done.
func (f *reduceFn) ProcessElement(ctx context.Context, key int, blocks func(*[]byte) bool, report func([]byte), _ func(int, []byte)) (err error) {
	partition := partitionOf(key)
	defer guard(fmt.Sprintf("%s: reduce partition %d", f.Op, partition), &err)
	op, err := lookup(f.Op)
	if err != nil {
		return err
	}
	records, err := loadPartition(ctx, &f.taskParams, blocks)
	if err != nil {
		return err
	}
	defer records.close()
	if op.Reduce == nil {
		return nil
	}
	counter := beam.NewCounter(MetricNamespace, ProgressCounter)
	task := &ReduceTask{Params: f.Params, Partition: partition, Partitions: f.Partitions, ctx: ctx, records: records, report: report, progress: func(n int64) { counter.Inc(ctx, n) }}
	if err := op.Reduce(ctx, task); err != nil {
		return err
	}
	return task.err
}

// finishFn closes an operation.
type finishFn struct{ taskParams }

// ProcessElement hands all results, in a fixed order, to the operation.
func (f *finishFn) ProcessElement(ctx context.Context, _ int, results func(*[]byte) bool, emit func([]byte)) (err error) {
	defer guard(f.Op+": finish", &err)
	op, err := lookup(f.Op)
	if err != nil {
		return err
	}
	var all [][]byte
	var result []byte
	for results(&result) {
		if len(result) > 0 {
			all = append(all, append([]byte(nil), result...))
		}
	}
	sortResults(all)
	if op.Finish != nil {
		if err := op.Finish(ctx, f.Params, all); err != nil {
			return err
		}
	}
	emit([]byte("done"))
	return nil
}
