// Package identity finds out which source records are one customer.
//
// identity.score: records that share a piece of evidence meet and are linked. identity.cluster:
// links become clusters, clusters become stable customer ids.
package identity

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/pipelines/ingest"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/golden"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Names of the stage's jobs.
const (
	ScoreJob   = "identity.score"
	ClusterJob = "identity.cluster"
)

// Files that the cluster job leaves beside its manifest.
const (
	LookupFile  = "lookup.bin"  // reference -> customer
	OrdinalFile = "ordinal.bin" // customer index of every party, 4 bytes little endian each
)

type scoreParams struct {
	runs.Base
	Settings resolve.Settings `json:"settings"`
	AsOfEnd  int64            `json:"as_of_end"` // microseconds: consents stated later are not seen
	Reuse    bool             `json:"reuse"`     // scores of unchanged pairs are taken from the parent
}

// scoreWork is one part of the parties, or of the consents.
type scoreWork struct {
	Kind string `json:"kind"`
	Path string `json:"path"`
	Base uint32 `json:"base"` // ordinal of the part's first party
	Rows int64  `json:"rows"`
}

var scoreOp = shuffle.Define(shuffle.Op{Name: ScoreJob, Map: mapEvidence, Reduce: linkPartition, Finish: finishScore})

// Tags of the score job.
const (
	tagMember uint8 = iota + 1
	tagConsent
	tagBlock
)

var (
	memberCodec  = codec.For[resolve.Member]()
	consentCodec = codec.For[schemas.Consent]()
)

// evidenceColumns are the columns of a party that rules read.
var evidenceColumns = []string{
	"source", "namespace", "object", "key", "deleted", "merged_into", "kind", "role", "full_name", "given_name", "family_name",
	"phones", "emails", "customer_ref", "first_seen", "last_seen", "ids", "derived", "shown", "birth_date", "birth_date_raw",
}

// linkRow is a link between two records by ordinal, between the two jobs.
type linkRow struct {
	A    int64  `parquet:"a"`
	B    int64  `parquet:"b"`
	Rule string `parquet:"rule,dict"`
}

// borrowedRow is an account of a shop that has sent something to the holder of a phone number.
type borrowedRow struct {
	Ordinal int64 `parquet:"ordinal"`
}

// conflictRow is a link that was not made.
type conflictRow struct {
	A      int64  `parquet:"a"`
	B      int64  `parquet:"b"`
	Rule   string `parquet:"rule,dict"`
	Reason string `parquet:"reason,dict"`
	Left   string `parquet:"left,optional"`
	Right  string `parquet:"right,optional"`
}

// ConsentLink joins a consent to a party that has its identifier. Ordinal -1: nobody has it.
type ConsentLink struct {
	Ordinal int64 `parquet:"ordinal"`
	schemas.Consent
}

// Run runs both jobs.
func Run(ctx context.Context, env *runs.Env) error {
	defer dropFeatures()
	m, err := env.Manifest(ingest.JobName)
	if err != nil {
		return err
	}
	settings := resolve.Settings{MaxShared: env.Config.Identity.MaxShared, SingleValued: env.Config.Identity.SingleValued}
	for _, source := range env.Config.Sources {
		if source.Clean {
			settings.Clean = append(settings.Clean, source.Name)
		}
	}
	for _, spec := range env.Specs {
		settings.PhoneMD5 = settings.PhoneMD5 || strings.Contains(spec.Profile, "id.phone_md5")
	}
	if err := train(ctx, env, m); err != nil {
		return err
	}
	if !env.Done(ScoreJob) {
		if err := fit(env, m); err != nil {
			return err
		}
	}
	work, bytes := scoreWorks(env, m)
	p := scoreParams{Base: env.Base(ScoreJob), Settings: settings, AsOfEnd: env.Config.AsOfEnd()}
	if !env.Done(ScoreJob) {
		if p.Reuse, err = reusable(env); err != nil {
			return err
		}
	}
	if err := env.Run(ctx, runs.Job{
		Name: ScoreJob, Op: scoreOp, Params: p, Work: work,
		Partitions: env.Partitions(bytes * 4),
	}); err != nil {
		return err
	}
	return runCluster(ctx, env, settings)
}

func scoreWorks(env *runs.Env, m *warehouse.Manifest) (work []any, bytes int64) {
	if parties, ok := m.Table("records/" + schemas.KindParty); ok {
		work = partyWorks(env, parties)
		bytes += parties.Bytes
	}
	if consents, ok := m.Table("records/" + schemas.KindConsent); ok {
		for _, file := range consents.Files {
			work = append(work, scoreWork{Kind: schemas.KindConsent, Path: filepath.Join(env.Layout.Dir(), file.Name)})
		}
		bytes += consents.Bytes
	}
	return work, bytes
}

// partyWorks are the parts of the parties.
func partyWorks(env *runs.Env, parties *warehouse.TableFiles) (work []any) {
	base := int64(0)
	for _, file := range parties.Files {
		work = append(work, scoreWork{schemas.KindParty, filepath.Join(env.Layout.Dir(), file.Name), uint32(base), file.Rows})
		base += file.Rows
	}
	return work
}

func mapEvidence(ctx context.Context, t *shuffle.MapTask) error {
	var p scoreParams
	var w scoreWork
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	if err := json.Unmarshal(t.Work, &w); err != nil {
		return err
	}
	var key, rec []byte
	if w.Kind == schemas.KindConsent {
		return warehouse.Read(ctx, w.Path, nil, func(rows []schemas.Consent) error {
			for i := range rows {
				rec = consentCodec.Append(rec[:0], &rows[i])
				if rows[i].Identifier != "" {
					key = identifierKey(key[:0], &rows[i])
					if err := t.Emit(key, tagConsent, rec); err != nil {
						return err
					}
				}
				if rows[i].CustomerRef != "" {
					key = evidenceKey(key[:0], refEvidence, rows[i].CustomerRef)
					if err := t.Emit(key, tagConsent, rec); err != nil {
						return err
					}
				}
			}
			t.Progress(len(rows))
			return nil
		})
	}
	model, plan, err := loadModel(p.Layout())
	if err != nil {
		return err
	}
	store, err := loadFeatures(p.Layout())
	if err != nil {
		return err
	}
	ordinal := w.Base
	blocker := resolve.NewBlocker(plan)
	var f resolve.Features
	var keys []resolve.BlockKey
	return warehouse.Read(ctx, w.Path, evidenceColumns, func(rows []schemas.Party) error {
		for i := range rows {
			member := resolve.MemberOf(&rows[i], ordinal, p.Settings)
			ordinal++
			for _, e := range resolve.EvidenceOf(&rows[i], p.Settings) {
				key = evidenceKey(key[:0], e.Type, e.Value)
				if e.Owner { // who owns a reference is asked for nothing else
					rec = memberCodec.Append(rec[:0], &resolve.Member{Owner: true, Ordinal: member.Ordinal, Rank: member.Rank, Kind: member.Kind})
				} else {
					rec = memberCodec.Append(rec[:0], &member)
				}
				if err := t.Emit(key, tagMember, rec); err != nil {
					return err
				}
			}
			if rows[i].Role == schemas.RoleOneTime {
				continue
			}
			if err := store.decode(member.Ordinal, model.Texts, &f); err != nil {
				return err
			}
			keys = blocker.Keys(&f, keys[:0])
			for _, k := range keys {
				key = blockKey(key[:0], k)
				rec = resolve.AppendLower(binary.LittleEndian.AppendUint32(rec[:0], member.Ordinal), keys, k)
				if err := t.Emit(key, tagBlock, rec); err != nil {
					return err
				}
			}
		}
		t.Progress(len(rows))
		return nil
	})
}

// blockKey is where records with one key of a rule meet: hash, rule. Rules are fewer than the
// letters with which other evidence goes on behind the hash.
func blockKey(key []byte, k resolve.BlockKey) []byte {
	return append(binary.BigEndian.AppendUint64(key, k.Hash), k.Rule)
}

func isBlockKey(key []byte) bool { return len(key) == hashBytes+1 }

// hashBytes is the length of the hash that a key begins with: without it all phone numbers of
// one country would begin alike, and sorting would compare whole keys.
const hashBytes = 8

// evidenceKey is where records with one value of a type meet: hash, type, 0, value.
func evidenceKey(key []byte, kind, value string) []byte {
	key = append(append(append(append(key, make([]byte, hashBytes)...), kind...), 0), value...)
	binary.BigEndian.PutUint64(key, xxh3.Hash(key[hashBytes:]))
	return key
}

// refEvidence is the type under which a record's own reference is evidence.
const refEvidence = "ref"

// identifierKey leads a consent to the parties with its identifier.
func identifierKey(key []byte, c *schemas.Consent) []byte {
	if resolve.IsContact(c.IdentifierType) {
		return evidenceKey(key, c.IdentifierType, c.Identifier)
	}
	return evidenceKey(key, "id."+c.IdentifierType, resolve.IDValue(c.Namespace, c.IdentifierType, c.Identifier))
}

// scoreReport is what one partition of the score job wrote.
type scoreReport struct {
	Links, Conflicts, Consents, Pairs, Borrowed, Households warehouse.FileInfo

	Scored   int64  // pairs
	Reused   int64  // pairs whose score is that of the parent run
	Overfull int64  // blocks that were compared in a window
	Partial  []byte // keys of blocks not all of whose pairs were scored
}

// scoreFiles are the files of one partition of the score job.
type scoreFiles struct {
	links     *warehouse.Writer[linkRow]
	conflicts *warehouse.Writer[conflictRow]
	consents  *warehouse.Writer[ConsentLink]
	pairs     *packWriter
	borrowed  *warehouse.Writer[borrowedRow]

	households *warehouse.Writer[householdRow]
}

// create opens one of them; after an error nothing more is opened.
func create[T any](p *scoreParams, table string, part int, w **warehouse.Writer[T], err *error) {
	if *err == nil {
		*w, *err = warehouse.Create[T](p.Dir, table, part)
	}
}

func (f *scoreFiles) open(p *scoreParams, part int) (err error) {
	create(p, "records/link", part, &f.links, &err)
	create(p, "records/conflict", part, &f.conflicts, &err)
	create(p, "records/consent_link", part, &f.consents, &err)
	if err == nil {
		f.pairs, err = createPack(p.Dir, pairTable, part)
	}
	create(p, "records/borrowed", part, &f.borrowed, &err)
	create(p, "records/household", part, &f.households, &err)
	return err
}

func (f *scoreFiles) abort() {
	abort(f.links)
	abort(f.conflicts)
	abort(f.consents)
	if f.pairs != nil {
		f.pairs.abort()
	}
	abort(f.borrowed)
	abort(f.households)
}

func abort[T any](w *warehouse.Writer[T]) {
	if w != nil {
		w.Abort()
	}
}

func closeInto[T any](w *warehouse.Writer[T], info *warehouse.FileInfo, err *error) {
	if *err == nil {
		*info, *err = w.Close()
	}
}

func (f *scoreFiles) close(r *scoreReport) (err error) {
	closeInto(f.links, &r.Links, &err)
	closeInto(f.conflicts, &r.Conflicts, &err)
	closeInto(f.consents, &r.Consents, &err)
	if err == nil {
		r.Pairs, err = f.pairs.close()
	}
	closeInto(f.borrowed, &r.Borrowed, &err)
	closeInto(f.households, &r.Households, &err)
	return err
}

func linkPartition(ctx context.Context, t *shuffle.ReduceTask) error {
	var p scoreParams
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	var files scoreFiles
	var r scoreReport
	if err := files.open(&p, t.Partition); err != nil {
		files.abort()
		return err
	}
	if err := linkGroups(ctx, t, &p, &files, &r); err != nil {
		files.abort()
		return err
	}
	if err := files.close(&r); err != nil {
		return err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	t.Report(data)
	return nil
}

// groupLimit bounds how many records of one phone number or e-mail address are held: beyond it
// the value is shared by far too many to link anybody. References and identifiers have no limit.
const groupLimit = 100_000

func linkGroups(ctx context.Context, t *shuffle.ReduceTask, p *scoreParams, files *scoreFiles, r *scoreReport) error {
	model, _, err := loadModel(p.Layout())
	if err != nil {
		return err
	}
	scorer := pairScorer{params: p, model: model, files: files, report: r}
	var members []resolve.Member
	var stated []schemas.Consent
	for t.Next() {
		if isBlockKey(t.Key()) {
			if err := scorer.score(ctx, t); err != nil {
				return err
			}
			continue
		}
		kind, value, _ := bytes.Cut(t.Key()[hashBytes:], []byte{0})
		members, stated = members[:0], stated[:0]
		contact := resolve.IsContact(string(kind))
		for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() {
			if tag == tagConsent {
				var c schemas.Consent
				if err := consentCodec.Decode(rec, &c); err != nil {
					return err
				}
				stated = append(stated, c)
				continue
			}
			if contact && len(members) >= groupLimit {
				continue
			}
			var m resolve.Member
			if err := memberCodec.Decode(rec, &m); err != nil {
				return err
			}
			members = append(members, m)
		}
		if err := writeConsents(golden.LatestConsents(stated, p.AsOfEnd), members, string(kind) == refEvidence, files.consents); err != nil {
			return err
		}
		found, refused, senders := resolve.LinkGroup(string(kind), string(value), members, p.Settings)
		for _, ordinal := range senders {
			if err := files.borrowed.Add(&borrowedRow{int64(ordinal)}); err != nil {
				return err
			}
		}
		for _, l := range found {
			if err := files.links.Add(&linkRow{int64(l.A), int64(l.B), l.Rule}); err != nil {
				return err
			}
		}
		for _, c := range refused {
			if err := files.conflicts.Add(&conflictRow{int64(c.A), int64(c.B), c.Rule, c.Reason, strings.Clone(c.Left), strings.Clone(c.Right)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeConsents hands every consent to each party that has its identifier or is its customer.
// Only what holds is handed on: an identifier of thousands of parties may be spoken of as often.
// byReference says that the consents are here for their customer reference; one that has an
// identifier, too, is known to be nobody's there.
func writeConsents(stated []schemas.Consent, members []resolve.Member, byReference bool, out *warehouse.Writer[ConsentLink]) error {
	for i := range stated {
		if len(members) == 0 && (byReference || stated[i].CustomerRef == "") {
			if err := out.Add(&ConsentLink{-1, stated[i]}); err != nil {
				return err
			}
		}
		for _, m := range members {
			if err := out.Add(&ConsentLink{int64(m.Ordinal), stated[i]}); err != nil {
				return err
			}
		}
	}
	return nil
}

func finishScore(_ context.Context, raw []byte, results [][]byte) error {
	var p scoreParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	m := &warehouse.Manifest{Job: ScoreJob, RunID: p.RunID, Inputs: []string{"jobs/" + ingest.JobName}, Counters: map[string]int64{}}
	var partial []byte
	for _, result := range results {
		var r scoreReport
		if err := json.Unmarshal(result, &r); err != nil {
			return err
		}
		m.Add("records/link", warehouse.SchemaHash[linkRow](), r.Links)
		m.Add("records/conflict", warehouse.SchemaHash[conflictRow](), r.Conflicts)
		m.Add("records/consent_link", warehouse.SchemaHash[ConsentLink](), r.Consents)
		m.Add(pairTable, warehouse.SchemaHash[scoredPair](), r.Pairs)
		m.Add("records/borrowed", warehouse.SchemaHash[borrowedRow](), r.Borrowed)
		m.Add("records/household", warehouse.SchemaHash[householdRow](), r.Households)
		m.Counters["pairs_scored"] += r.Scored
		m.Counters["pairs_reused"] += r.Reused
		m.Counters["blocks_overfull"] += r.Overfull
		partial = append(partial, r.Partial...)
	}
	if err := runs.AddSmall(&p.Base, m, partialFile, sortedPartial(partial)); err != nil {
		return err
	}
	model, err := os.ReadFile(jobFile(p.Layout(), ScoreJob, ModelFile))
	if err != nil {
		return err
	}
	m.Small = append(m.Small, runs.SmallInfo(filepath.ToSlash(filepath.Join("jobs", ScoreJob, ModelFile)), model))
	return warehouse.WriteManifest(p.Layout().Manifest(ScoreJob), m)
}
