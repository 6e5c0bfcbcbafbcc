package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/tributary-cdp/tributary/pipelines/runs"
)

// newReporter shows progress as one live line in a terminal, as JSON logs elsewhere.
func newReporter(w io.Writer) runs.Reporter {
	file, ok := w.(*os.File)
	if ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" {
			return &terminal{w: w, width: terminalWidth()}
		}
	}
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	core := zapcore.NewCore(encoder, zapcore.AddSync(w), zap.InfoLevel)
	return &jsonLog{log: zap.New(core)}
}

// terminalWidth is the width that lines are cut to: COLUMNS, else 80.
func terminalWidth() int {
	width := 80
	if text := os.Getenv("COLUMNS"); text != "" {
		var n int
		if _, err := fmt.Sscan(text, &n); err == nil && n >= 40 {
			width = n
		}
	}
	return width - 1 // the last column would wrap in some terminals
}

// terminal keeps one line up to date; finished stages stay above it.
type terminal struct {
	w     io.Writer
	width int
	live  bool
}

var spinner = []string{"⠋", "⠙", "⠸", "⠴", "⠦", "⠇"}

// Progress rewrites the live line in one write, so that nothing flickers.
func (t *terminal) Progress(p runs.Progress) {
	frame := spinner[int(p.Elapsed/(200*time.Millisecond))%len(spinner)]
	t.line(fmt.Sprintf("%s %-18s %12s records %10s/s %8s", frame, p.Job, thousands(p.Records), thousands(rate(p)), clock(p.Elapsed)))
	t.live = true
}

// Done replaces the live line by the finished stage.
func (t *terminal) Done(p runs.Progress) {
	mark := "✓"
	if p.Skipped {
		t.line(fmt.Sprintf("%s %-18s %s", mark, p.Job, "nothing changed"))
	} else {
		t.line(fmt.Sprintf("%s %-18s %12s records %10s/s %8s", mark, p.Job, thousands(p.Records), thousands(rate(p)), clock(p.Elapsed)))
	}
	fmt.Fprintln(t.w)
	t.live = false
}

// Info prints a line above the live one.
func (t *terminal) Info(message string, fields ...zap.Field) {
	t.line(message + fieldText(fields))
	fmt.Fprintln(t.w)
	t.live = false
}

// Warn prints a line above the live one.
func (t *terminal) Warn(message string, fields ...zap.Field) { t.Info("! "+message, fields...) }

func (t *terminal) line(text string) {
	runes := []rune(text)
	if len(runes) > t.width {
		runes = append(runes[:t.width-1], '…')
	}
	start := ""
	if t.live {
		start = "\r\x1b[K"
	}
	fmt.Fprint(t.w, start+string(runes))
}

func fieldText(fields []zap.Field) string {
	encoder := zapcore.NewMapObjectEncoder()
	var names []string
	for _, field := range fields {
		field.AddTo(encoder)
		names = append(names, field.Key)
	}
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%v", name, encoder.Fields[name])
	}
	return b.String()
}

// jsonLog writes one JSON object for each event.
type jsonLog struct {
	log  *zap.Logger
	last time.Duration
}

// logEvery bounds how often progress is logged.
const logEvery = 10 * time.Second

func (j *jsonLog) Progress(p runs.Progress) {
	if p.Elapsed < j.last {
		j.last = 0
	}
	if p.Elapsed-j.last < logEvery {
		return
	}
	j.last = p.Elapsed
	j.log.Info("progress", progressFields(p)...)
}

func (j *jsonLog) Done(p runs.Progress) {
	j.last = 0
	j.log.Info("done", append(progressFields(p), zap.Bool("skipped", p.Skipped))...)
}

func (j *jsonLog) Info(message string, fields ...zap.Field) { j.log.Info(message, fields...) }
func (j *jsonLog) Warn(message string, fields ...zap.Field) { j.log.Warn(message, fields...) }

func progressFields(p runs.Progress) []zap.Field {
	return []zap.Field{zap.String("job", p.Job), zap.Int64("records", p.Records), zap.Int64("per_second", rate(p)), zap.Duration("elapsed", p.Elapsed)}
}

func rate(p runs.Progress) int64 {
	if p.Elapsed <= 0 {
		return 0
	}
	return int64(float64(p.Records) / p.Elapsed.Seconds())
}

func clock(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// thousands writes a number with separators.
func thousands(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}
