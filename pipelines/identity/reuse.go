package identity

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// What a pair of unchanged records scored is taken from the parent run. Which pairs are scored is
// found out anew: a block may have become too full by a record that is new, or not be too full any
// more. So a run that compares new and changed records alone has the pairs of one that compares all.

// partialFile of ScoreJob holds the keys of blocks not all of whose pairs were scored: what is
// missing among the pairs of other blocks was scored and not worth keeping.
const partialFile = "partial.bin"

// partialBytes is the length of a key there: hash, rule, as in the shuffle.
const partialBytes = hashBytes + 1

// previous is what the parent run knows of this run's records.
type previous struct {
	old        []uint32 // ordinal in the parent + 1 of records that are the same there, 0 of others
	pairs      *pairs
	first      []uint32 // index of the first pair of each of the parent's records
	households map[uint64]bool
	partial    map[[partialBytes]byte]bool
}

// reusable tells whether the pairs of the parent run hold in this one: scored by the same program
// with the same model, and still there.
func reusable(env *runs.Env) (bool, error) {
	parent, ok := env.Parent()
	if !ok || !holdsPairs(parent, env.Inputs.Code) {
		return false, nil
	}
	before, _ := scoringModel(parent) // it may be of another version, or gone: then it is another one
	now, err := scoringModel(env.Layout)
	return err == nil && bytes.Equal(before, now), err
}

// holdsPairs tells whether a run has what this program needs of it.
func holdsPairs(l runs.Layout, code string) bool {
	inputs, err := runs.ReadInputs(l)
	if err != nil || inputs.Code != code {
		return false
	}
	for job, want := range map[string]struct{ table, schema string }{
		ProfileJob: {featureTable, warehouse.SchemaHash[resolve.Features]()}, ScoreJob: {pairTable, warehouse.SchemaHash[scoredPair]()},
	} {
		m, err := warehouse.ReadManifest(l.Manifest(job))
		if err != nil || m.Verify(l.Dir()) != nil {
			return false
		}
		if t, ok := m.Table(want.table); !ok || t.Schema != want.schema {
			return false
		}
	}
	_, err = os.Stat(jobFile(l, ScoreJob, partialFile))
	return err == nil
}

// scoringModel is what of a run's model decides about scores, as bytes.
func scoringModel(l runs.Layout) ([]byte, error) {
	model, plan, err := loadModel(l)
	if err != nil {
		return nil, err
	}
	scoring := *model
	scoring.Accept = nil
	return resolve.MarshalModel(&scoring, plan)
}

// heldPrevious is what the process holds of a run's parent.
var heldPrevious struct {
	sync.Mutex
	run      string
	previous *previous
}

// loadPrevious reads what the parent of a run knows, once in a process.
func loadPrevious(ctx context.Context, p *scoreParams) (*previous, error) {
	if !p.Reuse {
		return nil, nil
	}
	heldPrevious.Lock()
	defer heldPrevious.Unlock()
	if run := p.Layout().Dir(); heldPrevious.previous == nil || heldPrevious.run != run {
		found, err := readPrevious(ctx, p.Layout(), runs.Layout{Out: p.Out, RunID: p.Parent})
		if err != nil {
			return nil, fmt.Errorf("pairs of the parent run: %w", err)
		}
		heldPrevious.run, heldPrevious.previous = run, found
	}
	return heldPrevious.previous, nil
}

func dropPrevious() {
	heldPrevious.Lock()
	heldPrevious.run, heldPrevious.previous = "", nil
	heldPrevious.Unlock()
}

func readPrevious(ctx context.Context, l, parent runs.Layout) (*previous, error) {
	store, err := loadFeatures(l)
	if err != nil {
		return nil, err
	}
	m, err := warehouse.ReadManifest(parent.Manifest(ProfileJob))
	if err != nil {
		return nil, err
	}
	before, err := readFeatures(parent, m)
	if err != nil {
		return nil, err
	}
	p := &previous{old: unchanged(store, before), households: map[uint64]bool{}, partial: map[[partialBytes]byte]bool{}}
	records := len(before.starts) - 1
	if m, err = warehouse.ReadManifest(parent.Manifest(ScoreJob)); err != nil {
		return nil, err
	}
	if p.pairs, err = readPairs(filesOf(parent, m, pairTable)); err != nil {
		return nil, err
	}
	p.first = make([]uint32, records+1)
	for i := range p.pairs.scored {
		p.first[p.pairs.scored[i].A+1]++
	}
	for i := range records {
		p.first[i+1] += p.first[i]
	}
	if err := eachRow(ctx, filesOf(parent, m, "records/household"), func(r *householdRow) {
		p.households[uint64(r.A)<<32|uint64(r.B)] = true
	}); err != nil {
		return nil, err
	}
	partial, err := os.ReadFile(jobFile(parent, ScoreJob, partialFile))
	if err != nil {
		return nil, err
	}
	if len(partial)%partialBytes != 0 {
		return nil, codec.ErrCorrupt
	}
	for key := range slices.Chunk(partial, partialBytes) {
		p.partial[[partialBytes]byte(key)] = true
	}
	return p, nil
}

// unchanged finds the records that were the same before, all that is compared of them: ordinals
// there + 1.
func unchanged(store, before *featureStore) []uint32 {
	type known struct {
		rank    uint64
		ordinal uint32
	}
	records := make([]known, len(before.starts)-1)
	for i := range records {
		records[i] = known{resolve.RankIn(before.bytes(uint32(i))), uint32(i)}
	}
	slices.SortFunc(records, func(a, b known) int { return cmp.Compare(a.rank, b.rank) })
	old := make([]uint32, len(store.starts)-1)
	for i := range old {
		data := store.bytes(uint32(i))
		at, found := slices.BinarySearchFunc(records, resolve.RankIn(data), func(r known, rank uint64) int { return cmp.Compare(r.rank, rank) })
		if found && bytes.Equal(before.bytes(records[at].ordinal), data) {
			old[i] = records[at].ordinal + 1
		}
	}
	return old
}

// complete tells whether all pairs of a block were scored in the parent.
func (p *previous) complete(key []byte) bool {
	return p != nil && !p.partial[[partialBytes]byte(key)]
}

// pair is what the parent knows of a pair of unchanged records; known is false if one of them
// is new or changed. A pair that was not worth keeping has odds below leastOdds.
func (p *previous) pair(a, b uint32) (pair scoredPair, household, known bool) {
	x, y := p.old[a], p.old[b]
	if x == 0 || y == 0 {
		return pair, false, false
	}
	x, y = min(x, y)-1, max(x, y)-1
	household = p.households[uint64(x)<<32|uint64(y)]
	mine := p.pairs.scored[p.first[x]:p.first[x+1]]
	at, found := slices.BinarySearchFunc(mine, y, func(s resolve.Scored, y uint32) int { return cmp.Compare(s.B, y) })
	if !found {
		return scoredPair{Odds: float32(math.Inf(-1))}, household, true
	}
	return scoredPair{A: min(a, b), B: max(a, b), Odds: mine[at].Odds, Weights: p.pairs.weightsOf(int(p.first[x]) + at)}, household, true
}

// appendPartial notes a block not all of whose pairs are scored.
func (r *scoreReport) appendPartial(key []byte) { r.Partial = append(r.Partial, key...) }

// sortedPartial are the keys of all partitions in order.
func sortedPartial(keys []byte) []byte {
	list := slices.Collect(slices.Chunk(keys, partialBytes))
	slices.SortFunc(list, func(a, b []byte) int {
		return cmp.Or(cmp.Compare(binary.BigEndian.Uint64(a), binary.BigEndian.Uint64(b)), cmp.Compare(a[hashBytes], b[hashBytes]))
	})
	return bytes.Join(list, nil)
}
