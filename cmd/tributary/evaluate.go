package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/evaluate"
	measures "github.com/tributary-cdp/tributary/transforms/evaluate"
)

// evaluateCommand holds results against what is known to be true.
type evaluateCommand struct {
	Identity evaluateIdentityCommand `cmd:"" help:"Who is who, against labels: precision, recall, threshold curve, errors by cause."`
	Churn    evaluateChurnCommand    `cmd:"" help:"Who leaves, on any table with a label: each model against held-out rows."`
	CLV      evaluateCLVCommand      `cmd:"" name:"clv" help:"Value models on any file of orders, against a holdout: every model, the simple methods, and the choice."`
}

type evaluateIdentityCommand struct {
	Out    string `help:"Output folder of the run." required:"" type:"path"`
	Labels string `help:"CSV: source,source_id,entity_id[,object], or labelled pairs source_a,id_a,source_b,id_b,same." required:"" type:"path"`
	RunID  string `help:"The run; default: the current one." name:"run-id"`
	Leave  bool   `help:"Leave records out whose labels contradict each other." name:"leave-out-contradictions"`
	Tags   string `help:"CSV: source,source_id,tags[,object], tags separated by bars: how well records with each tag are found." type:"path"`
	JSON   bool   `help:"As JSON." name:"json"`
}

// Run evaluates.
func (c *evaluateIdentityCommand) Run(io *streams) error {
	result, err := evaluate.Identity(io.ctx, evaluate.Request{Out: c.Out, RunID: c.RunID, Labels: c.Labels, LeaveOut: c.Leave, Tags: c.Tags})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, result)
	}
	printEvaluation(io.out, result)
	return nil
}

func printEvaluation(w io.Writer, r *measures.Result) {
	fmt.Fprintf(w, "identity of run %s\n", r.RunID)
	printLabels(w, r)
	fmt.Fprintf(w, "\n%-22s %9s %9s %9s\n", "", "precision", "recall", "F1")
	printQuality(w, "pairs", r.Pairwise)
	if r.BCubed == nil {
		fmt.Fprintln(w, "  labelled pairs say nothing about whole customers: no B-cubed measures, no counts of customers")
	} else {
		printQuality(w, "records (B-cubed)", *r.BCubed)
	}
	fmt.Fprintf(w, "\npairs                  %s of one entity, %s brought together, %s rightly\n", thousands(r.Pairs.True), thousands(r.Pairs.Together), thousands(r.Pairs.Right))
	if r.BCubed != nil {
		fmt.Fprintf(w, "customers              %s for %s entities; %s are exactly one entity\n", thousands(int64(*r.Clusters)), thousands(int64(*r.Entities)), thousands(int64(*r.Exact)))
		fmt.Fprintf(w, "largest customer       %s records; the largest entity has %s\n", thousands(int64(*r.Largest)), thousands(int64(*r.LargestTruth)))
		fmt.Fprintf(w, "false merges           %s: %.2f per 10,000 labelled records\n", thousands(int64(*r.FalseMerges)), *r.FalseMergesRate)
	}
	fmt.Fprintf(w, "candidate recall       %.4f of true pairs were compared, or are together\n", r.CandidateRecall)
	if r.ReachableRecall != nil {
		fmt.Fprintf(w, "reachable recall       %.4f if all compared pairs of one entity had been accepted\n", *r.ReachableRecall)
	}
	printCauses(w, "false pairs by the rule that joined them", r.FalsePairs, r.Pairs.Together-r.Pairs.Right)
	printCauses(w, "lost pairs by what kept them apart", r.LostPairs, r.Pairs.True-r.Pairs.Right)
	printTags(w, r.Tags)
	printCurve(w, r)
}

func printTags(w io.Writer, tags []measures.TagQuality) {
	if len(tags) == 0 {
		return
	}
	fmt.Fprintf(w, "\npairs of which a record has a tag\n%-22s %9s %9s %9s %12s %12s\n", "  tag", "precision", "recall", "F1", "records", "true pairs")
	for _, t := range tags {
		fmt.Fprintf(w, "  %-20s %9.4f %9.4f %9.4f %12s %12s\n", t.Tag, t.Precision, t.Recall, t.F1, thousands(int64(t.Records)), thousands(t.Pairs.True))
	}
}

func printLabels(w io.Writer, r *measures.Result) {
	l := &r.Labels
	if l.Layout == measures.LayoutPairs {
		fmt.Fprintf(w, "labels                 %s pairs of %s records", thousands(int64(l.Pairs)), thousands(int64(l.Records)))
	} else {
		fmt.Fprintf(w, "labels                 %s records", thousands(int64(l.Records)))
	}
	fmt.Fprintf(w, "; %s records of the run have none and are left out\n", thousands(int64(l.Unlabelled)))
	if l.LeftOut > 0 {
		fmt.Fprintf(w, "left out               %s whose labels contradict each other\n", thousands(int64(l.LeftOut)))
	}
	unmatched := 0
	var where []string
	for _, u := range l.Unmatched {
		unmatched += u.Labels
		where = append(where, fmt.Sprintf("%s %s", strings.TrimSuffix(u.Source+"/"+u.Object, "/"), thousands(int64(u.Labels))))
	}
	if unmatched > 0 {
		fmt.Fprintf(w, "labels without record  %s (%s)\n", thousands(int64(unmatched)), strings.Join(where, ", "))
	}
}

func printQuality(w io.Writer, name string, q measures.Quality) {
	fmt.Fprintf(w, "%-22s %9.4f %9.4f %9.4f\n", name, q.Precision, q.Recall, q.F1)
}

func printCauses(w io.Writer, title string, causes []measures.Cause, all int64) {
	if all == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, c := range causes {
		links := ""
		if c.Links > 0 {
			links = fmt.Sprintf("  by %s links", thousands(c.Links))
		}
		name := c.Cause
		if c.Evidence != "" {
			name += ", most by " + c.Evidence
		}
		fmt.Fprintf(w, "  %-34s %12s %6.1f %%%s\n", name, thousands(c.Pairs), 100*float64(c.Pairs)/float64(all), links)
	}
}

func printCurve(w io.Writer, r *measures.Result) {
	if alike := !slices.ContainsFunc(r.Curve, func(p measures.Point) bool { return p.Quality != r.Curve[0].Quality }); alike {
		fmt.Fprintf(w, "\nat every threshold the pairs are the same: no link has a probability that would make a difference\n")
		return
	}
	accepted := ""
	if r.Threshold != nil {
		accepted = fmt.Sprintf("; the run accepted links from %.4g on", *r.Threshold)
	}
	fmt.Fprintf(w, "\npairs if links of at least a threshold joined records, without vetoes and repair%s\n", accepted)
	fmt.Fprintf(w, "%-22s %9s %9s %9s\n", "  threshold", "precision", "recall", "F1")
	for _, p := range r.Curve {
		printQuality(w, fmt.Sprintf("  %.4g", p.Threshold), p.Quality)
	}
}
