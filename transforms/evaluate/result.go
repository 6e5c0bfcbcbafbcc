package evaluate

// Result is what `evaluate identity` prints. What labelled pairs cannot tell is null.
type Result struct {
	RunID           string       `json:"run_id"`
	Threshold       *float64     `json:"threshold"` // probability from which links were accepted; null for rules alone
	Pairwise        Quality      `json:"pairwise"`
	BCubed          *Quality     `json:"bcubed"`
	Clusters        *int         `json:"clusters"`      // customers that hold labelled records
	Entities        *int         `json:"entities"`      // entities of labelled records
	Exact           *int         `json:"exact"`         // customers that hold all of one entity and nothing else
	Largest         *int         `json:"largest"`       // labelled records of the largest customer
	LargestTruth    *int         `json:"largest_truth"` // and of the largest entity
	FalseMerges     *int         `json:"false_merges"`  // sum over customers of entities in it minus one
	FalseMergesRate *float64     `json:"false_merges_per_10k"`
	CandidateRecall float64      `json:"candidate_recall"` // share of true pairs that were compared, or are together
	ReachableRecall *float64     `json:"reachable_recall"` // recall if all compared pairs of one entity had been accepted
	Pairs           Pairs        `json:"pairs"`
	Tags            []TagQuality `json:"tags,omitempty"` // where tags are given
	FalsePairs      []Cause      `json:"false_pairs"`    // by the rule that joined them
	LostPairs       []Cause      `json:"lost_pairs"`     // by what kept them apart
	Curve           []Point      `json:"curve"`
	Labels          Coverage     `json:"labels"`
}

// Pairs counts pairs of labelled records, or labelled pairs.
type Pairs struct {
	True     int64 `json:"true"`     // of one entity
	Together int64 `json:"together"` // of one customer
	Right    int64 `json:"right"`    // both
}

// Coverage tells what became of the labels.
type Coverage struct {
	Layout     string      `json:"layout"`  // entities or pairs
	Records    int         `json:"records"` // labelled records that were found
	Pairs      int         `json:"pairs"`   // layout pairs: pairs both of whose records were found
	Duplicates int         `json:"duplicates"`
	LeftOut    int         `json:"left_out"`  // records or pairs whose labels contradict each other
	Unmatched  []Unmatched `json:"unmatched"` // labelled records that the run does not have
	Unlabelled int         `json:"unlabelled"`
}

// Layouts of labels.
const (
	LayoutEntities = "entities"
	LayoutPairs    = "pairs"
)

// Evaluate holds a run against labels whose records have been matched.
func Evaluate(l *Labels, r *Run) (Result, error) {
	found, missing := l.Missing()
	if missing == nil {
		missing = []Unmatched{}
	}
	out := Result{Labels: Coverage{Layout: LayoutEntities, Records: found, Duplicates: l.Duplicates, LeftOut: l.LeftOut, Unmatched: missing, Unlabelled: len(r.Cluster) - found}}
	if l.ByPair() {
		return out, r.evaluatePairs(l, &out)
	}
	return out, r.evaluateEntities(&out)
}

func (r *Run) evaluateEntities(out *Result) (err error) {
	c := Count(r.Cluster, r.Entity)
	bcubed, rate := c.BCubed(), 0.0
	if c.Records > 0 {
		rate = float64(c.FalseMerges) * 10_000 / float64(c.Records)
	}
	out.Pairwise, out.BCubed = c.Pairwise(), &bcubed
	out.Clusters, out.Entities, out.Exact, out.Largest, out.LargestTruth = &c.Clusters, &c.Entities, &c.Exact, &c.Largest, &c.LargestTruth
	out.FalseMerges, out.FalseMergesRate = &c.FalseMerges, &rate
	out.Pairs = Pairs{c.True, c.Together, c.Right}
	candidates := r.Candidates(c.Right)
	reachable := share(candidates.Reachable, c.True)
	out.CandidateRecall, out.ReachableRecall = share(candidates.Pairs, c.True), &reachable
	if out.FalsePairs, err = r.FalsePairs(c.Together - c.Right); err != nil {
		return err
	}
	out.LostPairs = r.LostPairs(c.True - c.Right)
	out.Curve = Curve(r.Entity, r.Links, c.True)
	out.Labels.Records, out.Labels.Unlabelled = c.Records, len(r.Cluster)-c.Records
	return nil
}

func (r *Run) evaluatePairs(l *Labels, out *Result) error {
	states, at, err := pairsOfLabels(l, r)
	if err != nil {
		return err
	}
	r.noteRows(states, at)
	out.Pairwise = pairQuality(states, func(s *pairState) bool { return s.together })
	candidates := int64(0)
	for i := range states {
		s := &states[i]
		if s.same {
			out.Pairs.True++
			if s.candidate || s.together {
				candidates++
			}
		}
		if s.together {
			out.Pairs.Together++
			if s.same {
				out.Pairs.Right++
			}
		}
	}
	out.CandidateRecall = share(candidates, out.Pairs.True)
	out.FalsePairs, out.LostPairs = r.causesOfPairs(states)
	out.Curve = r.pairCurve(states)
	out.Labels.Layout, out.Labels.Pairs = LayoutPairs, len(states)
	return nil
}

func share(n, of int64) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}
