// Package shuffle groups records by key over blocks.
//
// Beam's GroupByKey costs kilobytes of memory and tens of microseconds for each element on
// the embedded runner, so records never go through it one by one. A map task packs its
// records by hash(key) % partitions into compressed blocks; GroupByKey groups the blocks, or
// only references to them where workers share a disk, by partition number; a reduce task
// unpacks one partition, sorts it and walks its groups. docs/format-shuffle.md draws the bytes.
//
// An operation is a package variable, so that driver and workers know it by the same name:
//
//	var countOp = shuffle.Define(shuffle.Op{Name: "count", Map: ..., Reduce: ..., Finish: ...})
//
// The order in which a reduce task sees records is (key, tag, hash of the record, record),
// whatever the number of branches, bundles and workers.
package shuffle

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"sort"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/zeebo/xxh3"
)

// Op is one named block map-reduce.
type Op struct {
	Name   string
	Map    func(context.Context, *MapTask) error    // reads one work item, emits records
	Reduce func(context.Context, *ReduceTask) error // optional: walks the groups of one partition
	// Finish gets every reported result, sorted by bytes, once, after all tasks. Optional.
	Finish func(ctx context.Context, params []byte, results [][]byte) error
	// Partition overrides hash partitioning. It must depend on its arguments alone.
	Partition func(key []byte, partitions int) int
}

var ops = map[string]*Op{}

// Define registers an operation. It panics on a second operation of the same name.
func Define(op Op) *Op {
	if op.Name == "" || op.Map == nil {
		panic("shuffle: an operation needs a name and a map function")
	}
	if ops[op.Name] != nil {
		panic("shuffle: operation " + op.Name + " is defined twice")
	}
	ops[op.Name] = &op
	return &op
}

func lookup(name string) (*Op, error) {
	if op := ops[name]; op != nil {
		return op, nil
	}
	return nil, fmt.Errorf("operation %q is not known to this worker: driver and worker are different builds", name)
}

// Job is one run of an operation.
type Job struct {
	Params     []byte   // the same for all tasks; JSON by convention
	Work       [][]byte // items of map tasks, the largest first
	Sizes      []int64  // of the items, in any unit, so that branches get as much; nil = alike
	Partitions int      // Required: at least 1; decides the output files, so it follows the input alone
	Branches   int      // copies of the graph that run side by side; 0 = 1. Never changes the output
	Scratch    string   // folder that all workers reach: blocks go there and only references travel. Empty = inline blocks
	Inline     int64    // bytes of one partition that each map task sends inline before Scratch is used; 0 = none, at most InlineBytes
	SortLimit  int64    // bytes of one partition that are sorted in memory; 0 = DefaultSortLimit
}

// DefaultSortLimit bounds the memory of one reduce task: a larger partition is sorted in runs.
const DefaultSortLimit = 256 << 20

// DefaultPartitionBytes is how many bytes of records one partition should hold.
const DefaultPartitionBytes = 32 << 20

// MaxPartitions bounds how many partitions a job has: parts are numbered with five digits.
const MaxPartitions = 1 << 16

// Partitions returns the number of partitions for that many bytes of records, so that one holds
// about size bytes; 0 = DefaultPartitionBytes.
func Partitions(bytes, size int64) int {
	if size <= 0 {
		size = DefaultPartitionBytes
	}
	return int(min(max(1, (bytes+size-1)/size), MaxPartitions))
}

// DefaultBranches is the number of branches for the embedded runner, which takes one source serially.
func DefaultBranches() int { return min(runtime.GOMAXPROCS(0), 8) }

// Build adds the operation to a pipeline and returns the collection of its final marker.
func Build(s beam.Scope, op *Op, job Job) beam.PCollection {
	s = s.Scope("shuffle." + op.Name)
	if job.Partitions < 1 {
		panic("shuffle: a job needs at least one partition")
	}
	branches := max(1, job.Branches)
	groups := job.groups(branches)
	params := taskParams{Op: op.Name, Params: job.Params, Partitions: job.Partitions, Groups: groups, Scratch: job.Scratch, Inline: job.Inline, SortLimit: job.SortLimit}

	blocks := make([][]beam.PCollection, groups) // by the group that reduces them
	var results []beam.PCollection
	add := func(packed beam.PCollection) {
		if groups == 1 {
			blocks[0] = append(blocks[0], packed)
			return
		}
		for g, part := range beam.Partition(s, groups, groupOf, packed) {
			blocks[g] = append(blocks[g], part)
		}
	}
	for _, work := range deal(job.Work, job.Sizes, branches) {
		if branches > 1 {
			work = bundle(work, 1) // the runner takes a source serially: one task packs for all of it
		} else {
			work = bundle(work, maxTasks)
		}
		packed, reports := beam.ParDo2(s, &mapFn{params}, beam.CreateList(s, work))
		add(packed)
		results = append(results, reports)
	}
	add(beam.ParDo(s, &seedFn{params}, beam.Impulse(s)))
	var ends []beam.PCollection // of the groups: empty, but complete only when a group is reduced
	for g, parts := range blocks {
		if g >= branches {
			parts = append(parts, ends[g-branches])
		}
		reports, end := beam.ParDo2(s, &reduceFn{params}, beam.GroupByKey(s, beam.Flatten(s, parts...)))
		results, ends = append(results, reports), append(ends, end)
	}
	one := beam.AddFixedKey(s, beam.Flatten(s, results...))
	return beam.ParDo(s, &finishFn{params}, beam.GroupByKey(s, one))
}

// maxGroups bounds the graph of a job with very many partitions.
const maxGroups = 32

// groups is the number of GroupByKeys that the partitions are dealt to. On their way through
// GroupByKey to the worker, inline blocks are copied about eight times, all partitions of one
// GroupByKey together. So there are more of these than branches: as many as branches at a time,
// each waiting until the one before it in its branch is reduced.
func (j *Job) groups(branches int) int {
	if inline := j.Scratch == "" || j.Inline > 0; branches == 1 || !inline {
		return branches
	}
	return max(branches, min(j.Partitions, maxGroups))
}

// maxTasks bounds the map tasks of a runner with workers: tasks that pack few records make
// many small blocks.
const maxTasks = 128

// deal gives each work item, the largest first, to the branch that has the least to do. Items of
// no known size go in turn, to and fro, so that none gets all the larger ones.
func deal(work [][]byte, sizes []int64, branches int) [][][]byte {
	out := make([][][]byte, min(branches, len(work)))
	load := make([]int64, len(out))
	for i, item := range work {
		branch := i % len(out)
		if i/len(out)%2 == 1 {
			branch = len(out) - 1 - branch
		}
		if len(sizes) == len(work) {
			for b := range load {
				if load[b] < load[branch] {
					branch = b
				}
			}
			load[branch] += sizes[i]
		}
		out[branch] = append(out[branch], item)
	}
	return out
}

// bundle puts work items together into at most so many tasks, each item behind its length.
func bundle(items [][]byte, tasks int) [][]byte {
	out := make([][]byte, min(tasks, len(items)))
	for i, item := range items {
		task := i % len(out)
		out[task] = append(binary.AppendUvarint(out[task], uint64(len(item))), item...)
	}
	return out
}

// unbundle gives the work items of one task.
func unbundle(task []byte) (items [][]byte, err error) {
	for len(task) > 0 {
		item, rest, ok := takeBytes(task)
		if !ok {
			return nil, fmt.Errorf("%w: a task's list of work", ErrCorruptBlock)
		}
		items, task = append(items, item), rest
	}
	return items, nil
}

// partitionOf is the partition of a key.
func (op *Op) partitionOf(key []byte, partitions int) int {
	if op.Partition != nil {
		return op.Partition(key, partitions)
	}
	return int(xxh3.Hash(key) % uint64(partitions))
}

// sortResults brings results of tasks into an order that does not depend on arrival.
func sortResults(results [][]byte) {
	sort.Slice(results, func(i, j int) bool { return string(results[i]) < string(results[j]) })
}
