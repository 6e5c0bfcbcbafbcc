package shuffle

import "context"

// MapTask is what a map function works with.
type MapTask struct {
	Params []byte // of the job
	Work   []byte // this work item
	State  any    // of the operation's own, kept from one work item of the task to the next

	op       *Op
	ctx      context.Context
	packer   *packer
	report   func([]byte)
	progress func(int64)
	pending  int64
	emitted  int
}

// checkEvery is how many records pass between looks at the context.
const checkEvery = 1024

// Emit sends a record to the reduce task of its key. Key and record are copied.
func (t *MapTask) Emit(key []byte, tag uint8, record []byte) error {
	if t.emitted++; t.emitted%checkEvery == 0 {
		if err := t.ctx.Err(); err != nil {
			return err
		}
	}
	return t.packer.add(t.op.partitionOf(key, t.packer.partitions), key, tag, record)
}

// Report sends a small result to Finish.
func (t *MapTask) Report(result []byte) { t.report(result) }

// Progress counts records read.
func (t *MapTask) Progress(n int) {
	if t.pending += int64(n); t.pending >= checkEvery {
		t.flushProgress()
	}
}

func (t *MapTask) flushProgress() {
	if t.pending > 0 {
		t.progress(t.pending)
		t.pending = 0
	}
}

// ReduceTask is what a reduce function works with:
//
//	for t.Next() {
//		key := t.Key()
//		for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() { ... }
//	}
type ReduceTask struct {
	Params     []byte // of the job
	Partition  int
	Partitions int

	ctx      context.Context
	records  records
	report   func([]byte)
	progress func(int64)
	current  entry
	key      []byte
	started  bool // current holds a record
	seen     int
	err      error
}

// Next moves to the next group, over what is left of this one. It returns false at the end
// or after an error, which the surrounding DoFn reports.
func (t *ReduceTask) Next() bool {
	if !t.started {
		t.started = true
		if !t.advance() {
			return false
		}
	}
	for t.current.valid() && (t.key != nil && string(t.current.key) == string(t.key)) {
		if !t.advance() {
			return false
		}
	}
	if !t.current.valid() {
		return false
	}
	t.key = t.current.key
	return true
}

// Key is the key of the group. It stays unchanged as long as the task runs.
func (t *ReduceTask) Key() []byte { return t.key }

// Record returns the next record of the group. Its bytes stay unchanged as long as the task
// runs, so that decoded strings may alias them.
func (t *ReduceTask) Record() (tag uint8, record []byte, ok bool) {
	if !t.current.valid() || string(t.current.key) != string(t.key) {
		return 0, nil, false
	}
	tag, record = t.current.tag, t.current.record
	t.advance()
	return tag, record, true
}

// Report sends a small result to Finish.
func (t *ReduceTask) Report(result []byte) { t.report(result) }

// Progress counts records that a reduce task reads besides those it is handed, which their
// map tasks have counted.
func (t *ReduceTask) Progress(n int) { t.progress(int64(n)) }

func (t *ReduceTask) advance() bool {
	if t.seen++; t.seen%checkEvery == 0 && t.err == nil {
		t.err = t.ctx.Err()
	}
	if t.err != nil {
		t.current = entry{}
		return false
	}
	t.current, t.err = t.records.next()
	return t.current.valid()
}
