package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/text/width"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/report"
)

// newReporter shows progress as one live line in a terminal, as JSON logs elsewhere.
func newReporter(w io.Writer) runs.Reporter {
	file, ok := w.(*os.File)
	if ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" {
			return newTerminal(w, os.Getenv)
		}
	}
	encoding := zap.NewProductionEncoderConfig()
	encoding.EncodeTime = zapcore.RFC3339TimeEncoder
	encoding.TimeKey, encoding.EncodeDuration = "time", zapcore.SecondsDurationEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(encoding), zapcore.AddSync(w), zap.InfoLevel)
	return &jsonLog{log: zap.New(core)}
}

// endLive gives the live line, if there is one, its end, so that what is written next stands alone.
func endLive(r runs.Reporter) {
	if t, ok := r.(*terminal); ok && t.live {
		fmt.Fprintln(t.w)
		t.live = false
	}
}

// terminal keeps one line up to date; lines of finished jobs stay above it.
type terminal struct {
	w     io.Writer
	width int // columns that a line may take
	signs signs
	live  bool // the cursor stands in the live line
}

// signs are what a terminal can show.
type signs struct {
	spinner          []string
	done, cut, alarm string
}

var (
	unicodeSigns = signs{[]string{"⠋", "⠙", "⠸", "⠴", "⠦", "⠇"}, "✓", "…", "!"}
	asciiSigns   = signs{[]string{"-", "\\", "|", "/"}, "+", "~", "!"}
)

// newTerminal reads from the environment what the terminal can show: COLUMNS, and UTF-8 from
// the locale.
func newTerminal(w io.Writer, env func(string) string) *terminal {
	t := &terminal{w: w, width: 80, signs: asciiSigns}
	var n int
	if _, err := fmt.Sscan(env("COLUMNS"), &n); err == nil && n >= 40 {
		t.width = n
	}
	t.width-- // the last column would wrap in some terminals
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(env(name)); locale != "" {
			if strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8") {
				t.signs = unicodeSigns
			}
			break // the first that is set counts
		}
	}
	return t
}

// Progress rewrites the live line.
func (t *terminal) Progress(p runs.Progress) {
	frame := t.signs.spinner[int(p.Elapsed/(200*time.Millisecond))%len(t.signs.spinner)]
	t.show(jobLine(frame, p), false)
}

// Done replaces the live line by the finished job.
func (t *terminal) Done(p runs.Progress) {
	if p.Skipped {
		t.show(fmt.Sprintf("%s %-18s %12s", t.signs.done, p.Job, "done before"), true)
		return
	}
	t.show(jobLine(t.signs.done, p), true)
}

// jobLine is 63 columns wide for any count that occurs.
func jobLine(mark string, p runs.Progress) string {
	unit := p.Unit
	if unit == "" {
		unit = "records"
	}
	return fmt.Sprintf("%s %-18s %12s %-7s %10s/s %8s", mark, p.Job, thousands(p.Records), unit, thousands(rate(p)), clock(p.Elapsed))
}

// Info prints a line above the live one.
func (t *terminal) Info(message string, fields ...zap.Field) { t.show(message+fieldText(fields), true) }

// Warn prints a line above the live one.
func (t *terminal) Warn(message string, fields ...zap.Field) {
	t.show(t.signs.alarm+" "+message+fieldText(fields), true)
}

// show writes a line over the live one, in one write and erasing behind the text only, so that
// nothing flickers. A line that stays is not cut: the terminal wraps it.
func (t *terminal) show(text string, stays bool) {
	text = strings.NewReplacer("\n", " ", "\r", " ", "\x1b", "").Replace(text)
	start := ""
	if t.live {
		start = "\r"
	}
	if stays {
		fmt.Fprint(t.w, start+text+"\x1b[K\n")
	} else {
		fmt.Fprint(t.w, start+t.cut(text)+"\x1b[K")
	}
	t.live = !stays
}

// cut shortens a text to the terminal's width. Chinese characters take two columns.
func (t *terminal) cut(text string) string {
	if columns(text) <= t.width {
		return text
	}
	used := 0
	for i, r := range text {
		if used += columns(string(r)); used >= t.width {
			return text[:i] + t.signs.cut
		}
	}
	return text
}

// columns is how many columns a text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
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
	count := zap.Int64("records", p.Records)
	if p.Unit != "" {
		count = zap.Int64(p.Unit, p.Records)
	}
	return []zap.Field{zap.String("job", p.Job), count, zap.Int64("per_second", rate(p)), zap.Duration("elapsed", p.Elapsed)}
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
func thousands(n int64) string { return report.Count(n) }
