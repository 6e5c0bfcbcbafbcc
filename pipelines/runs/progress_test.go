package runs

import (
	"strings"
	"testing"
)

// told keeps what a reporter is told.
type told struct {
	Silent
	progress, done []Progress
}

func (r *told) Progress(p Progress) { r.progress = append(r.progress, p) }
func (r *told) Done(p Progress)     { r.done = append(r.done, p) }

// Hashing what a run reads takes its time before the first job: it is reported like a job, in
// megabytes, and its time goes into run.json.
func TestHashingTheInputsIsReportedAndTimed(t *testing.T) {
	b := newBench(t)
	b.write("orders/large.csv", "no,at,amount\n"+strings.Repeat("2,2026-01-02,10\n", 200_000))
	reporter := &told{}
	env := b.must(Request{Reporter: reporter}).Env
	if len(reporter.done) != 1 || reporter.done[0].Job != InputsPhase || reporter.done[0].Records != 4 || reporter.done[0].Unit != "MB" {
		t.Errorf("told at its end: %+v, want 3.2 MB as 4", reporter.done)
	}
	if len(reporter.progress) == 0 || reporter.progress[len(reporter.progress)-1].Records != 4 {
		t.Errorf("told in between: %+v", reporter.progress)
	}
	if len(env.Times) != 1 || env.Times[0].Job != InputsPhase || env.Times[0].Seconds <= 0 || env.Times[0].Unit != "MB" {
		t.Errorf("times for run.json: %+v", env.Times)
	}
}
