package identity

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Jobs that look at the records before they are scored.
const (
	ProfileJob = "identity.profile"
	TrainJob   = "identity.train"
)

// Files of the jobs.
const (
	sampleFile = "sample.bin"  // of ProfileJob: records by the hash of their reference
	blocksFile = "blocks.json" // of TrainJob: free columns, and keys that are split
	tallyFile  = "tallies.bin" // of TrainJob: counts of patterns
	ModelFile  = "model.json"  // of ScoreJob: what scores, in a form that people read
	planFile   = "plan.json"   // of ScoreJob: what each rule of blocks finds
)

var (
	profileOp = shuffle.Define(shuffle.Op{Name: ProfileJob, Map: sampleParties, Finish: finishProfile})
	trainOp   = shuffle.Define(shuffle.Op{Name: TrainJob, Map: mapTraining, Reduce: countPatterns, Finish: finishTraining})
)

// featureColumns are the columns of a party that are compared.
var featureColumns = []string{
	"namespace", "object", "key", "kind", "role", "full_name", "given_name", "family_name", "gender", "birth_date", "birth_date_raw", "phones", "emails",
	"street", "district", "city", "postcode", "company", "occupation", "ids", "texts", "derived", "shown",
}

type profileParams struct {
	runs.Base
	Records int64 `json:"records"`
	Pinned  bool  `json:"pinned"` // the model is there already: nothing is counted
}

// train leaves the sample and the counts that a model is estimated from.
func train(ctx context.Context, env *runs.Env, m *warehouse.Manifest) error {
	parties, ok := m.Table("records/" + schemas.KindParty)
	if !ok {
		return nil
	}
	work := partyWorks(env, parties)
	if err := env.Run(ctx, runs.Job{
		Name: ProfileJob, Op: profileOp, Params: profileParams{Base: env.Base(ProfileJob), Records: parties.Rows}, Work: work, Partitions: 1,
	}); err != nil {
		return err
	}
	p := profileParams{env.Base(TrainJob), parties.Rows, env.Config.Identity.Model != ""}
	if p.Pinned {
		return env.Run(ctx, runs.Job{Name: TrainJob, Op: trainOp, Params: p, Partitions: 1})
	}
	if !env.Done(TrainJob) {
		if err := writeBlocks(env, parties.Rows); err != nil {
			return err
		}
	}
	return env.Run(ctx, runs.Job{Name: TrainJob, Op: trainOp, Params: p, Work: work, Partitions: env.Partitions(parties.Bytes)})
}

// sampleParties brings the parties of a part into the form in which they are compared.
func sampleParties(ctx context.Context, t *shuffle.MapTask) error {
	var p profileParams
	var w scoreWork
	if err := errors.Join(json.Unmarshal(t.Params, &p), json.Unmarshal(t.Work, &w)); err != nil {
		return err
	}
	part, err := featurePart(w.Path)
	if err != nil {
		return err
	}
	features, err := createPack(p.Dir, featureTable, part)
	if err != nil {
		return err
	}
	var sample []byte
	err = warehouse.Read(ctx, w.Path, featureColumns, func(rows []schemas.Party) error {
		for i := range rows {
			f := resolve.FeaturesOf(&rows[i], 0, nil)
			if err := features.add(func(dst []byte) []byte {
				start := len(dst)
				dst = resolve.AppendFeatures(append(dst, make([]byte, featureLength)...), &f, rows[i].Texts)
				binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-featureLength))
				if resolve.Sampled(f.Rank, p.Records) {
					sample = appendBlock(sample, dst[start+featureLength:])
				}
				return dst
			}); err != nil {
				return err
			}
		}
		t.Progress(len(rows))
		return nil
	})
	if err != nil {
		features.abort()
		return err
	}
	info, err := features.close()
	if err != nil {
		return err
	}
	report, err := json.Marshal(info)
	if err != nil {
		return err
	}
	t.Report(append(appendBlock(nil, report), sample...))
	return nil
}

func appendBlock(dst, block []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(block))), block...)
}

// eachBlock walks what appendBlock wrote.
func eachBlock(data []byte, each func([]byte) error) error {
	for len(data) > 0 {
		size, n := binary.Uvarint(data)
		if n <= 0 || uint64(len(data)-n) < size {
			return codec.ErrCorrupt
		}
		if err := each(data[n : n+int(size)]); err != nil {
			return err
		}
		data = data[n+int(size):]
	}
	return nil
}

func finishProfile(_ context.Context, raw []byte, results [][]byte) error {
	var files []warehouse.FileInfo
	var sample []byte
	for _, result := range results {
		var info warehouse.FileInfo
		size, n := binary.Uvarint(result)
		if n <= 0 || size > uint64(len(result)-n) {
			return codec.ErrCorrupt
		}
		if err := json.Unmarshal(result[n:n+int(size)], &info); err != nil {
			return err
		}
		files, sample = append(files, info), append(sample, result[n+int(size):]...)
	}
	return finishWith(raw, ProfileJob, sampleFile, sample, files...)
}

// finishWith leaves one small file and the manifest of a job, and names the features it wrote.
func finishWith(raw []byte, job, name string, data []byte, features ...warehouse.FileInfo) error {
	var p profileParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	m := &warehouse.Manifest{Job: job, RunID: p.RunID, Inputs: []string{"jobs/" + ingest.JobName}}
	if len(features) > 0 {
		m.Add(featureTable, warehouse.SchemaHash[resolve.Features](), features...)
	}
	if err := runs.AddSmall(&p.Base, m, name, data); err != nil {
		return err
	}
	return warehouse.WriteManifest(p.Layout().Manifest(job), m)
}

// jobFile is the path of a job's small file.
func jobFile(l runs.Layout, job, name string) string { return filepath.Join(l.Job(job), name) }

// readSample reads the sample, in order of the ranks, and chooses the free columns. The driver
// reads it twice, before the training job and after it.
func readSample(l runs.Layout) (sample []resolve.Features, texts []string, err error) {
	if s := heldSample.Load(); s != nil && s.dir == l.Dir() {
		return s.sample, s.texts, nil
	}
	data, err := os.ReadFile(jobFile(l, ProfileJob, sampleFile))
	if err != nil {
		return nil, nil, err
	}
	counts := map[string]map[string]int{}
	records := 0
	if err := eachBlock(data, func(block []byte) error {
		records++
		return resolve.FreeColumns(block, func(name, value string) {
			if counts[name] == nil {
				counts[name] = map[string]int{}
			}
			counts[name][value]++
		})
	}); err != nil {
		return nil, nil, err
	}
	texts = resolve.TextColumns(counts, records)
	sample = make([]resolve.Features, 0, records)
	if err := eachBlock(data, func(block []byte) error {
		sample = append(sample, resolve.Features{})
		return resolve.DecodeFeatures(block, texts, &sample[len(sample)-1])
	}); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(sample, func(a, b resolve.Features) int { return cmp.Compare(a.Rank, b.Rank) })
	heldSample.Store(&loadedSample{l.Dir(), sample, texts})
	return sample, texts, nil
}

// loadedSample is the sample of a run.
type loadedSample struct {
	dir    string
	sample []resolve.Features
	texts  []string
}

var heldSample atomic.Pointer[loadedSample]

// blocks are the free columns that are compared and the keys that are split.
type blocks struct {
	Texts []string `json:"texts"`
	Heavy []uint64 `json:"heavy"`
}

func (b *blocks) heavy() map[uint64]bool {
	heavy := make(map[uint64]bool, len(b.Heavy))
	for _, hash := range b.Heavy {
		heavy[hash] = true
	}
	return heavy
}

func writeBlocks(env *runs.Env, records int64) error {
	sample, texts, err := readSample(env.Layout)
	if err != nil {
		return err
	}
	heavy := slices.Sorted(maps.Keys(resolve.HeavyKeys(sample, float64(records))))
	data, err := json.Marshal(blocks{texts, heavy})
	if err != nil {
		return err
	}
	return runs.WriteFile(jobFile(env.Layout, TrainJob, blocksFile), data)
}

// readBlocks reads what the driver has found in the sample, and the plan of all rules, once in a
// process.
func readBlocks(l runs.Layout) (*trainingBlocks, error) {
	path := jobFile(l, TrainJob, blocksFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	known := fmt.Sprint(path, info.ModTime().UnixNano(), info.Size())
	if b := heldBlocks.Load(); b != nil && b.known == known {
		return b, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b := &trainingBlocks{known: known}
	if err := json.Unmarshal(data, &b.blocks); err != nil {
		return nil, err
	}
	b.plan = resolve.AllRules(b.heavy())
	b.plan.Prepare()
	heldBlocks.Store(b)
	return b, nil
}

type trainingBlocks struct {
	blocks
	plan  resolve.Plan
	known string // file that it was read from
}

var heldBlocks atomic.Pointer[trainingBlocks]

func mapTraining(_ context.Context, t *shuffle.MapTask) error {
	var p profileParams
	var w scoreWork
	if err := errors.Join(json.Unmarshal(t.Params, &p), json.Unmarshal(t.Work, &w)); err != nil {
		return err
	}
	b, err := readBlocks(p.Layout())
	if err != nil {
		return err
	}
	store, err := loadFeatures(p.Layout())
	if err != nil {
		return err
	}
	scale := resolve.TrainingScale(p.Records)
	blocker := resolve.NewBlocker(&b.plan)
	var f resolve.Features
	var keys []resolve.BlockKey
	var key, rec []byte
	t.Report(nil) // records that share no key leave no counts, but the job must finish
	for i := range w.Rows {
		ordinal := w.Base + uint32(i)
		if err := store.decode(ordinal, b.Texts, &f); err != nil {
			return err
		}
		keys = blocker.Keys(&f, keys[:0])
		rec = binary.LittleEndian.AppendUint32(rec[:0], ordinal)
		for _, k := range keys {
			if k.Hash%scale != 0 {
				continue
			}
			key = append(binary.BigEndian.AppendUint64(key[:0], k.Hash), k.Rule)
			if err := t.Emit(key, tagMember, rec); err != nil {
				return err
			}
		}
	}
	t.Progress(int(w.Rows))
	return nil
}

// blockHeld bounds the records of one block that are held.
const blockHeld = 20_000

func countPatterns(_ context.Context, t *shuffle.ReduceTask) error {
	var p profileParams
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	if p.Pinned {
		t.Report(nil)
		return nil
	}
	b, err := readBlocks(p.Layout())
	if err != nil {
		return err
	}
	store, err := loadFeatures(p.Layout())
	if err != nil {
		return err
	}
	counter := resolve.NewCounter(&b.plan)
	var members []resolve.BlockMember
	var records []resolve.Features
	for t.Next() {
		key := resolve.BlockKey{Hash: binary.BigEndian.Uint64(t.Key()), Rule: t.Key()[8]}
		if members, err = readMembers(t, members[:0]); err != nil {
			return err
		}
		if len(members) < 2 {
			continue
		}
		members = store.inOrder(members)
		if cap(records) < len(members) {
			records = make([]resolve.Features, 2*len(members))
		}
		records = records[:len(members)]
		for i := range members {
			if err := store.decode(members[i].Ordinal, b.Texts, &records[i]); err != nil {
				return err
			}
		}
		counter.Block(records, key)
	}
	var out []byte
	for _, tally := range resolve.Tallies(counter.Counts) {
		out = appendTally(out, &tally)
	}
	t.Report(out)
	return nil
}

// readMembers reads the ordinals of a group's records, and what follows each.
func readMembers(t *shuffle.ReduceTask, members []resolve.BlockMember) ([]resolve.BlockMember, error) {
	for _, rec, ok := t.Record(); ok; _, rec, ok = t.Record() {
		if len(rec) < ordinalBytes {
			return nil, codec.ErrCorrupt
		}
		members = append(members, resolve.BlockMember{Ordinal: binary.LittleEndian.Uint32(rec), Lower: rec[ordinalBytes:]})
	}
	return members, nil
}

const ordinalBytes = 4

// inOrder brings records into the order of their ranks. Beyond blockHeld they are left out.
func (s *featureStore) inOrder(members []resolve.BlockMember) []resolve.BlockMember {
	for i := range members {
		members[i].Rank = resolve.RankIn(s.bytes(members[i].Ordinal))
	}
	members = resolve.SortMembers(members)
	return members[:min(len(members), blockHeld)]
}

func appendTally(dst []byte, t *resolve.Tally) []byte {
	dst = append(append(dst, t.Pattern[:]...), t.Rule)
	dst = binary.LittleEndian.AppendUint32(dst, t.Shared)
	return binary.LittleEndian.AppendUint32(dst, uint32(t.Count))
}

const tallyBytes = len(resolve.Pattern{}) + 9

func readTallies(data []byte) ([]resolve.Tally, error) {
	if len(data)%tallyBytes != 0 {
		return nil, codec.ErrCorrupt
	}
	counts := map[resolve.TallyKey]uint32{}
	for ; len(data) > 0; data = data[tallyBytes:] {
		var k resolve.TallyKey
		rest := data[copy(k.Pattern[:], data):]
		k.Rule, k.Shared = rest[0], binary.LittleEndian.Uint32(rest[1:])
		counts[k] += binary.LittleEndian.Uint32(rest[5:])
	}
	return resolve.Tallies(counts), nil
}

func finishTraining(_ context.Context, raw []byte, results [][]byte) error {
	return finishWith(raw, TrainJob, tallyFile, bytes.Join(results, nil))
}

// fit estimates the model and plans the blocks, unless they are there. A pinned model is taken as it is.
func fit(env *runs.Env, m *warehouse.Manifest) error {
	records := int64(0)
	if parties, ok := m.Table("records/" + schemas.KindParty); ok {
		records = parties.Rows
	}
	path := jobFile(env.Layout, ScoreJob, ModelFile)
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if pinned := env.Config.Identity.Model; pinned != "" {
		data, err := os.ReadFile(pinned)
		if err != nil {
			return runs.ConfigError("identity.model: %w", err)
		}
		if _, _, err := resolve.UnmarshalModel(data); err != nil {
			return runs.ConfigError("identity.model: %s: %w", filepath.Base(pinned), err)
		}
		return runs.WriteFile(path, data)
	}
	t, err := readTraining(env.Layout, records)
	if err != nil {
		return err
	}
	heldSample.Store(nil)
	model := resolve.Train(t)
	plan, rules, recall := resolve.PlanBlocks(t, model)
	report, err := json.MarshalIndent(BlockPlan{rules, recall}, "", " ")
	if err != nil {
		return err
	}
	if err := runs.WriteFile(jobFile(env.Layout, ScoreJob, planFile), report); err != nil {
		return err
	}
	data, err := resolve.MarshalModel(model, &plan)
	if err != nil {
		return err
	}
	return runs.WriteFile(path, data)
}

// BlockPlan is what the plan of blocks expects.
type BlockPlan struct {
	Rules  []resolve.PlannedRule `json:"rules"`
	Recall float64               `json:"expected_recall"`
}

// ReadBlockPlan reads the plan that a run's scores were made with.
func ReadBlockPlan(l runs.Layout) (*BlockPlan, error) {
	var p BlockPlan
	data, err := os.ReadFile(jobFile(l, ScoreJob, planFile))
	if err != nil {
		return nil, err
	}
	return &p, json.Unmarshal(data, &p)
}

func readTraining(l runs.Layout, records int64) (*resolve.Training, error) {
	if records == 0 {
		return &resolve.Training{Scale: 1}, nil // no party, no sample
	}
	sample, texts, err := readSample(l)
	if err != nil {
		return nil, err
	}
	b, err := readBlocks(l)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(jobFile(l, TrainJob, tallyFile))
	if err != nil {
		return nil, err
	}
	tallies, err := readTallies(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tallyFile, err)
	}
	return &resolve.Training{
		Records: float64(records), Sample: sample, Tallies: tallies, Scale: float64(resolve.TrainingScale(records)), Texts: texts, Heavy: b.plan.Heavy,
	}, nil
}

// models keeps models that this process has read: every task of a job needs the same one.
var models sync.Map

type loadedModel struct {
	model *resolve.Model
	plan  *resolve.Plan
}

func loadModel(l runs.Layout) (*resolve.Model, *resolve.Plan, error) {
	path := jobFile(l, ScoreJob, ModelFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	known := fmt.Sprint(path, info.ModTime().UnixNano(), info.Size())
	if m, ok := models.Load(known); ok {
		loaded := m.(loadedModel)
		return loaded.model, loaded.plan, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	model, plan, err := resolve.UnmarshalModel(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", strings.TrimPrefix(path, l.Out), err)
	}
	models.Store(known, loadedModel{model, plan.Prepare()})
	return model, plan, nil
}
