package audiences

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/codec"
	"github.com/tributary-cdp/tributary/transforms/segment"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// reducer writes the tables and files of one partition.
type reducer struct {
	p         *params
	stamp     schemas.RunColumns
	rules     *segment.Rules
	tables    *runs.Outputs
	audiences *runs.Output[schemas.Audience]
	members   *runs.Output[schemas.AudienceMember]
	told      *runs.Output[Told]
	exposed   *runs.Output[customers.Exposed]
	files     []warehouse.FileInfo
	count     int64
}

// report is what one partition tells Finish.
type report struct {
	Files   map[string]runs.PartFile `json:"files"`
	Lists   []warehouse.FileInfo     `json:"lists"`
	Members int64                    `json:"members"`
}

func reducePartition(ctx context.Context, t *shuffle.ReduceTask) (err error) {
	var p params
	if err := json.Unmarshal(t.Params, &p); err != nil {
		return err
	}
	l, err := listsOf(&p)
	if err != nil {
		return err
	}
	o := runs.NewOutputs(p.Dir, t.Partition)
	r := &reducer{
		p: &p, stamp: p.Stamp(), rules: l.rules, tables: o,
		audiences: runs.NewOutput[schemas.Audience](o, "audience"),
		members:   runs.NewOutput[schemas.AudienceMember](o, "audience_member"),
		told:      runs.NewOutput[Told](o, ToldTable),
		exposed:   runs.NewOutput[customers.Exposed](o, customers.ExposedTable),
	}
	defer func() {
		if err != nil {
			o.Abort()
		}
	}()
	for t.Next() {
		g, err := groupOf(t)
		if err != nil {
			return err
		}
		if strings.HasPrefix(g.code, customers.PlayPrefix) {
			err = r.play(g)
		} else {
			err = r.audience(ctx, g)
		}
		if err != nil {
			return err
		}
	}
	if err := o.Close(); err != nil {
		return err
	}
	data, err := json.Marshal(report{Files: o.Files, Lists: r.files, Members: r.count})
	if err != nil {
		return err
	}
	t.Report(data)
	return nil
}

// group is everything of one audience or play. Candidates and actions stay packed, in order of
// the customers.
type group struct {
	code       string
	candidates [][]byte
	told       []Told
	records    []crmRecord
	exposed    []customers.Exposed
	actions    [][]byte
}

func groupOf(t *shuffle.ReduceTask) (*group, error) {
	g := &group{code: string(t.Key())}
	for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() {
		var err error
		switch tag {
		case tagCandidate:
			g.candidates = append(g.candidates, rec)
		case tagTold:
			g.told, err = decoded(g.told, toldCodec, rec)
		case tagRecord:
			g.records, err = decoded(g.records, recordCodec, rec)
		case tagExposed:
			g.exposed, err = decoded(g.exposed, exposedCodec, rec)
		case tagAction:
			g.actions = append(g.actions, rec)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(g.candidates, bytes.Compare)
	slices.SortFunc(g.actions, bytes.Compare)
	slices.SortFunc(g.records, func(a, b crmRecord) int {
		return slices.Compare([]string{a.CustomerID, a.System, a.Object, a.ID}, []string{b.CustomerID, b.System, b.Object, b.ID})
	})
	return g, nil
}

func decoded[T any](list []T, c *codec.Codec[T], rec []byte) ([]T, error) {
	var v T
	err := c.Decode(rec, &v)
	return append(list, v), err
}

// ruleOf is the rule of an audience. One that has none any more takes nobody: all platforms
// are told to forget whom they got.
func (r *reducer) ruleOf(code string) *segment.Audience {
	for i := range r.rules.Audiences {
		if r.rules.Audiences[i].Code == code {
			return &r.rules.Audiences[i]
		}
	}
	return &segment.Audience{Code: code}
}

// listWriter writes the files and rows of one audience.
type listWriter struct {
	r        *reducer
	code     string
	selector *audience.Selector
	memory   *memory
	now      []shownSet       // by platform of the rule
	files    []*platformFiles // by platform of the rule; then those that the rule does not name any more
	exposure exposure
}

// audience writes one audience. Its candidates stay packed: they are decoded once to decide
// and once to write.
func (r *reducer) audience(ctx context.Context, g *group) (err error) {
	rule := r.ruleOf(g.code)
	w := &listWriter{r: r, code: g.code, selector: audience.NewSelector(rule), memory: newMemory(g.told), exposure: newExposure(g.code, r.p.AsOf, g.exposed)}
	w.exposure.wanted = rule.Control > 0
	if err := eachCandidate(ctx, g, w.selector.Platforms(), func(c *audience.Candidate) error {
		w.selector.Look(c)
		return nil
	}); err != nil {
		return err
	}
	w.selector.Decide()
	defer func() {
		for _, list := range w.files {
			if err != nil {
				list.abort()
			}
		}
	}()
	w.now = make([]shownSet, len(rule.Platforms))
	for i, platform := range w.selector.Platforms() {
		w.files = append(w.files, newPlatformFiles(r.p.Dir, g.code, platform))
		if !w.selector.TooSmall(i) {
			if err := w.files[i].begin(audience.ListFull, 0); err != nil {
				return err
			}
		}
	}
	var deliveries []audience.Delivery
	if err := eachCandidate(ctx, g, w.selector.Platforms(), func(c *audience.Candidate) error {
		deliveries, err = w.place(c, deliveries)
		return err
	}); err != nil {
		return err
	}
	if _, err := w.memory.upTo("", w.left); err != nil {
		return err
	}
	if err := w.forget(); err != nil {
		return err
	}
	if err := w.exposure.write(r.exposed); err != nil {
		return err
	}
	return w.close()
}

// checkEvery is how many candidates pass between looks at the context.
const checkEvery = 1024

// eachCandidate decodes the candidates in order of the customers, with the records of CRMs.
func eachCandidate(ctx context.Context, g *group, platforms []*audience.Platform, do func(*audience.Candidate) error) error {
	var c audience.Candidate
	at := 0
	var records []audience.Identifier
	for i, rec := range g.candidates {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := candidateCodec.Decode(rec, &c); err != nil {
			return err
		}
		for at < len(g.records) && g.records[at].CustomerID < c.CustomerID {
			at++
		}
		for _, platform := range platforms {
			if platform == nil || !platform.CRM {
				continue
			}
			records = records[:0]
			for k := at; k < len(g.records) && g.records[k].CustomerID == c.CustomerID; k++ {
				if g.records[k].System == platform.Name {
					records = append(records, audience.Identifier{Type: g.records[k].Object, Value: g.records[k].ID})
				}
			}
			c.AddRecords(platforms, platform.Name, records)
		}
		if err := do(&c); err != nil {
			return err
		}
	}
	return nil
}

// place writes one candidate: its row, and its lines in the lists of platforms that get it.
func (w *listWriter) place(c *audience.Candidate, deliveries []audience.Delivery) ([]audience.Delivery, error) {
	before, err := w.memory.upTo(c.CustomerID, w.left)
	if err != nil {
		return nil, err
	}
	row, deliveries := w.selector.Place(c, w.bits(before), deliveries)
	row.RunColumns = w.r.stamp
	if row.Status == audience.StatusMember {
		w.r.count++
	}
	w.exposure.see(c.CustomerID, &row)
	if err := w.r.members.Add(&row); err != nil {
		return nil, err
	}
	for p := range deliveries {
		if deliveries[p].Member {
			if err := w.deliver(p, &deliveries[p].Person); err != nil {
				return nil, err
			}
		}
	}
	return deliveries, nil
}

// deliver writes a member of one platform. Who shows an identifier that the platform was not
// told in the parent run is added.
func (w *listWriter) deliver(p int, person *audience.Person) error {
	name := w.selector.Platforms()[p].Name
	told := toldOf(w.code, name, person)
	if err := w.r.told.Add(&told); err != nil {
		return err
	}
	before, fresh := w.memory.set(name), false
	for _, id := range person.Shown {
		w.now[p].add(id)
		fresh = fresh || !before.has(id)
	}
	if err := w.files[p].add(audience.ListFull, person); err != nil || !fresh {
		return err
	}
	return w.files[p].add(audience.ListAdd, person)
}

// bits are the platforms of the rule that had a customer.
func (w *listWriter) bits(before []Told) (bits uint64) {
	for i := range before {
		for p, platform := range w.selector.Platforms() {
			if platform != nil && platform.Name == before[i].Platform {
				bits |= 1 << p
			}
		}
	}
	return bits
}

// left writes the row of a customer of the parent run whom the rule takes no more.
func (w *listWriter) left(before []Told) error {
	row := w.selector.Left(before[0].CustomerID, w.bits(before))
	row.RunColumns = w.r.stamp
	return w.r.members.Add(&row)
}

// forget tells every platform which identifiers it must forget: those that it was told in the
// parent run and that no member shows now, whoever has them.
func (w *listWriter) forget() error {
	nobody := &shownSet{}
	for i := range w.memory.rows {
		row := &w.memory.rows[i]
		at, now := w.filesOf(row.Platform), nobody
		if at < 0 {
			continue // a platform that this program does not know any more
		}
		if at < len(w.now) {
			now = &w.now[at]
		}
		if gone := forgotten(row, now); len(gone) > 0 {
			if err := w.files[at].add(audience.ListRemove, &audience.Person{CustomerID: row.CustomerID, Shown: gone}); err != nil {
				return err
			}
		}
	}
	return nil
}

// filesOf finds the files of a platform by its name, also of one that the rule does not name
// any more; -1 for one that nobody knows.
func (w *listWriter) filesOf(name string) int {
	for i, files := range w.files {
		if files.platform.Name == name {
			return i
		}
	}
	platform, ok := audience.PlatformNamed(name)
	if !ok {
		return -1
	}
	w.files = append(w.files, newPlatformFiles(w.r.p.Dir, w.code, platform))
	return len(w.files) - 1
}

// close finishes the files and writes the rows of table audience.
func (w *listWriter) close() error {
	rows := w.selector.Rows()
	for i, files := range w.files {
		infos, err := files.close()
		if err != nil {
			return err
		}
		w.r.files = append(w.r.files, infos...)
		row := schemas.Audience{Audience: w.code, Platform: files.platform.Name}
		if i < len(rows) {
			row = rows[i]
		} else {
			row.Removed = w.memory.customers(files.platform.Name)
		}
		row.RunColumns, row.Files = w.r.stamp, int64(len(infos))
		if err := w.r.audiences.Add(&row); err != nil {
			return err
		}
	}
	return nil
}

func finish(_ context.Context, raw []byte, results [][]byte) error {
	var p params
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	m := &warehouse.Manifest{Job: JobName, RunID: p.RunID, Inputs: p.Inputs, Counters: map[string]int64{}}
	for _, result := range results {
		var r report
		if err := json.Unmarshal(result, &r); err != nil {
			return err
		}
		runs.AddTo(m, r.Files)
		m.Small = append(m.Small, r.Lists...)
		m.Counters[MembersCounter] += r.Members
	}
	sortFiles(m.Small)
	shared.Delete(p.Dir)
	return warehouse.WriteManifest(p.Layout().Manifest(JobName), m)
}
