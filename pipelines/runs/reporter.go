package runs

import (
	"time"

	"go.uber.org/zap"
)

// Progress is how far one job is.
type Progress struct {
	Job     string        // ingest, identity.score ...
	Records int64         // records read so far, or whatever Unit says
	Unit    string        // empty = records
	Elapsed time.Duration // since the job began
	Skipped bool          // the job had been done already
}

// Reporter shows people and log collectors what a run does.
type Reporter interface {
	Progress(Progress)
	Done(Progress)
	Info(message string, fields ...zap.Field)
	Warn(message string, fields ...zap.Field)
}

// Silent reports nothing; tests use it.
type Silent struct{}

// Progress does nothing.
func (Silent) Progress(Progress) {}

// Done does nothing.
func (Silent) Done(Progress) {}

// Info does nothing.
func (Silent) Info(string, ...zap.Field) {}

// Warn does nothing.
func (Silent) Warn(string, ...zap.Field) {}
