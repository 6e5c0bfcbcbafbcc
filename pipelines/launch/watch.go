package launch

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	jobpb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/jobmanagement_v1"
	pipepb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/pipeline_v1"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

// watcher follows one job through the job service's metrics, which works for any runner.
type watcher struct {
	name     string
	started  time.Time
	progress func(int64, time.Duration)
	client   jobpb.JobServiceClient
	jobID    string
}

// pollEvery is how often progress is asked for.
const pollEvery = 200 * time.Millisecond

// run polls until the job is finished, and once more then: a short job has no other poll.
func (w *watcher) run(ctx context.Context, finished <-chan struct{}) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	var conn *grpc.ClientConn
	defer func() {
		if conn != nil && ctx.Err() == nil {
			_ = conn.Close()
		}
	}()
	for last := false; !last; {
		select {
		case <-ctx.Done():
			return
		case <-finished:
			last = true
		case <-ticker.C:
		}
		if w.client == nil && *jobopts.Endpoint != "" {
			var err error
			conn, err = grpc.NewClient(*jobopts.Endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				continue
			}
			w.client = jobpb.NewJobServiceClient(conn)
		}
		w.poll(ctx)
	}
}

// pollTimeout bounds one question, so that a runner that is gone does not hold up the end.
const pollTimeout = 5 * time.Second

func (w *watcher) poll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	var records int64
	if w.client != nil && w.jobID == "" {
		jobs, err := w.client.GetJobs(ctx, &jobpb.GetJobsRequest{})
		if err == nil {
			for _, job := range jobs.GetJobInfo() {
				if job.GetJobName() == w.name {
					w.jobID = job.GetJobId()
				}
			}
		}
	}
	if w.jobID != "" {
		response, err := w.client.GetJobMetrics(ctx, &jobpb.GetJobMetricsRequest{JobId: w.jobID})
		if err == nil {
			records = max(sum(response.GetMetrics().GetAttempted()), sum(response.GetMetrics().GetCommitted()))
		}
	}
	if w.progress != nil && ctx.Err() == nil {
		w.progress(records, time.Since(w.started))
	}
}

// sum adds the record counters of all transforms.
func sum(infos []*pipepb.MonitoringInfo) int64 {
	var total int64
	for _, info := range infos {
		labels := info.GetLabels()
		if labels["NAMESPACE"] == shuffle.MetricNamespace && labels["NAME"] == shuffle.ProgressCounter {
			n, _ := binary.Uvarint(info.GetPayload())
			total += int64(n)
		}
	}
	return total
}

// cancelJob stops a job that would go on without its driver.
func (w *watcher) cancelJob() {
	if w.client == nil || w.jobID == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, _ = w.client.Cancel(ctx, &jobpb.CancelJobRequest{JobId: w.jobID})
}

// ErrUnreachable tells that a job service or worker pool does not answer.
var ErrUnreachable = errors.New("nobody listens")

// reachable dials an address first: a runner without workers waits for ever or panics.
func reachable(address string) error {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, address, err)
	}
	return conn.Close()
}

// TaskError is the failure of a task, freed of what the runner wrapped around it.
type TaskError struct {
	Code int // exit code that the task asked for; 0 = none
	Text string
}

func (e *TaskError) Error() string { return e.Text }

// ExitCode is the exit code that the task asked for.
func (e *TaskError) ExitCode() int { return e.Code }

var marked = regexp.MustCompile(`(?s)` + regexp.QuoteMeta(shuffle.ErrorOpen) + `(\d+) (.*?)` + regexp.QuoteMeta(shuffle.ErrorClose))

// rootCause finds the error of the task that failed within what the runner says.
func rootCause(err error) error {
	if err == nil {
		return nil
	}
	if m := marked.FindStringSubmatch(err.Error()); m != nil {
		code, _ := strconv.Atoi(m[1])
		return &TaskError{code, strings.TrimSpace(m[2])}
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return err
}

// quietLogger drops Beam's own messages: the user reads the run's progress and its errors.
type quietLogger struct{}

// Log drops a message.
func (quietLogger) Log(context.Context, log.Severity, int, string) {}
