package launch

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"

	fnpb "github.com/apache/beam/sdks/v2/go/pkg/beam/model/fnexecution_v1"
	"google.golang.org/grpc"
)

// ServeWorkers serves as an EXTERNAL worker pool until the context ends: a runner asks it for
// workers, and each is this very program in worker mode. Nothing is staged, so driver and pool
// must be the same build.
func ServeWorkers(ctx context.Context, listener net.Listener) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &pool{ctx: ctx, program: program, workers: map[string]context.CancelFunc{}}
	server := grpc.NewServer()
	fnpb.RegisterBeamFnExternalWorkerPoolServer(server, p)
	stopped := context.AfterFunc(ctx, server.Stop)
	defer stopped()
	err = server.Serve(listener)
	cancel()
	p.running.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// pool starts and stops worker processes.
type pool struct {
	fnpb.UnimplementedBeamFnExternalWorkerPoolServer
	ctx     context.Context // its end stops all workers
	program string
	mu      sync.Mutex
	workers map[string]context.CancelFunc
	running sync.WaitGroup
}

// StartWorker starts one worker process.
func (p *pool) StartWorker(_ context.Context, r *fnpb.StartWorkerRequest) (*fnpb.StartWorkerResponse, error) {
	id := r.GetWorkerId()
	refuse := func(format string, args ...any) (*fnpb.StartWorkerResponse, error) {
		return &fnpb.StartWorkerResponse{Error: fmt.Sprintf(format, args...)}, nil
	}
	logging, control := r.GetLoggingEndpoint().GetUrl(), r.GetControlEndpoint().GetUrl()
	if logging == "" || control == "" {
		return refuse("worker %s: the runner gave no endpoints", id)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.workers[id] != nil {
		return refuse("worker %s runs already", id)
	}
	ctx, cancel := context.WithCancel(p.ctx)
	cmd := exec.CommandContext(ctx, p.program, "--worker=true", "--id="+id, "--logging_endpoint="+logging, "--control_endpoint="+control)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.Env = withoutEnv(os.Environ(), "PIPELINE_OPTIONS_FILE")
	if err := cmd.Start(); err != nil {
		cancel()
		return refuse("worker %s: %v", id, err)
	}
	p.workers[id] = cancel
	p.running.Go(func() {
		_ = cmd.Wait() // a worker is ended by its runner or by us
		cancel()
		p.mu.Lock()
		delete(p.workers, id)
		p.mu.Unlock()
	})
	return &fnpb.StartWorkerResponse{}, nil
}

// StopWorker ends one worker process.
func (p *pool) StopWorker(_ context.Context, r *fnpb.StopWorkerRequest) (*fnpb.StopWorkerResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cancel := p.workers[r.GetWorkerId()]; cancel != nil {
		cancel()
	}
	return &fnpb.StopWorkerResponse{}, nil
}

func withoutEnv(env []string, name string) []string {
	var out []string
	for _, entry := range env {
		if !strings.HasPrefix(entry, name+"=") {
			out = append(out, entry)
		}
	}
	return out
}
