package audiences

import (
	"context"
	"encoding/json"
	"path/filepath"

	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/pipelines/value"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/audience"
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
	sent      *runs.Output[value.Sent]
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
		sent:      runs.NewOutput[value.Sent](o, value.SentTable),
	}
	defer func() {
		if err != nil {
			o.Abort()
		}
	}()
	for t.Next() {
		var candidates [][]byte
		for tag, rec, ok := t.Record(); ok; tag, rec, ok = t.Record() {
			if tag == tagCandidate {
				candidates = append(candidates, rec)
			}
		}
		if err := r.audience(ctx, string(t.Key()), candidates); err != nil {
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

// ruleOf is the rule of an audience, or what stands for one that has none any more.
func (r *reducer) ruleOf(code string) (rule *segment.Audience, retired bool) {
	for i := range r.rules.Audiences {
		if r.rules.Audiences[i].Code == code {
			return &r.rules.Audiences[i], false
		}
	}
	return audience.Retired(code), true
}

// audience writes one audience. Its candidates stay packed: they are decoded once to decide
// and once to write.
func (r *reducer) audience(ctx context.Context, code string, candidates [][]byte) (err error) {
	rule, retired := r.ruleOf(code)
	selector := audience.NewSelector(rule)
	var c audience.Candidate
	for _, rec := range candidates {
		if err := candidateCodec.Decode(rec, &c); err != nil {
			return err
		}
		selector.Look(&c)
	}
	selector.Decide()
	lists := make([]*platformFiles, len(rule.Platforms))
	defer func() {
		for _, list := range lists {
			if list != nil && err != nil {
				list.abort()
			}
		}
	}()
	for i, platform := range selector.Platforms() {
		lists[i] = newPlatformFiles(r.p.Dir, filepath.Join("files", code, platform.Name), platform)
		if !retired && !selector.TooSmall(i) {
			if err := lists[i].begin(fullList); err != nil {
				return err
			}
		}
	}
	var deliveries []audience.Delivery
	for i, rec := range candidates {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := candidateCodec.Decode(rec, &c); err != nil {
			return err
		}
		var row schemas.AudienceMember
		row, deliveries = selector.Place(&c, deliveries)
		row.RunColumns = r.stamp
		if row.Status == audience.StatusMember {
			r.count++
		}
		if err := r.members.Add(&row); err != nil {
			return err
		}
		for p := range deliveries {
			if err := r.deliver(code, rule.Platforms[p], row.CustomerID, lists[p], &deliveries[p]); err != nil {
				return err
			}
		}
	}
	for p, row := range selector.Rows() {
		infos, err := lists[p].close()
		if err != nil {
			return err
		}
		if retired && row.Removed == 0 {
			continue
		}
		r.files = append(r.files, infos...)
		row.RunColumns, row.Files = r.stamp, int64(len(infos))
		if err := r.audiences.Add(&row); err != nil {
			return err
		}
	}
	return nil
}

// checkEvery is how many candidates pass between looks at the context.
const checkEvery = 1024

func (r *reducer) deliver(code, platform, customerID string, list *platformFiles, d *audience.Delivery) error {
	if d.Member {
		if err := r.sent.Add(&value.Sent{CustomerID: customerID, Audience: code, Platform: platform}); err != nil {
			return err
		}
		if err := list.add(fullList, &d.Person); err != nil {
			return err
		}
	}
	if d.Added {
		return list.add(addList, &d.Person)
	}
	if d.Removed {
		return list.add(removeList, &d.Person)
	}
	return nil
}

func finish(_ context.Context, raw []byte, results [][]byte) error {
	var p params
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	m := &warehouse.Manifest{Job: JobName, RunID: p.RunID, Inputs: []string{"jobs/" + customers.JobName, "jobs/" + value.ApplyJob}, Counters: map[string]int64{}}
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
