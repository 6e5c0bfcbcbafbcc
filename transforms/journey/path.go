package journey

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
)

// MaxStages bounds the stages of a path; what comes between them and the purchase shows as More.
const MaxStages = 6

// Parts of a path beside stages.
const (
	Direct    = "direct" // the first touch is the purchase
	More      = "..."
	separator = " > "
)

type pathKey struct{ Path string }

type path struct {
	Steps     int64 // the same for all of a path
	Customers int64
	Converted int64
	Days      dayCounts // from first touch to first purchase
}

func (p *path) Add(o *path) {
	p.Steps = max(p.Steps, o.Steps)
	p.Customers += o.Customers
	p.Converted += o.Converted
	for _, d := range o.Days {
		p.Days.add(d.Days, d.N)
	}
}

// Ledger counts paths. Not for use by two goroutines at a time.
type Ledger struct {
	paths *aggregate.Sums[pathKey, path, *path]
	text  []byte
}

// NewLedger returns an empty ledger.
func NewLedger() *Ledger {
	return &Ledger{paths: aggregate.New[pathKey, path, *path](func(a, b pathKey) int { return strings.Compare(a.Path, b.Path) })}
}

// Customer counts a customer with all touches, as Steps gave them. Who was never touched takes
// no path.
func (l *Ledger) Customer(steps []schemas.Touchpoint) {
	if len(steps) == 0 {
		return
	}
	text, last, stages := l.text[:0], "", int64(0)
	bought := -1
	for i := range steps {
		stage := steps[i].Stage
		if stage == Purchase {
			bought = i
			break
		}
		if stage == last {
			continue
		}
		last = stage
		switch stages++; {
		case stages <= MaxStages:
			if stages > 1 {
				text = append(text, separator...)
			}
			text = append(text, stage...)
		case stages == MaxStages+1:
			text = append(append(text, separator...), More...)
		}
	}
	l.text = text
	if len(text) == 0 {
		text = append(text, Direct...)
	}
	p := l.paths.At(pathKey{string(text)})
	p.Steps = min(stages, MaxStages+1)
	p.Customers++
	if bought >= 0 {
		p.Converted++
		p.Days.add(steps[bought].DaysSince, 1)
	}
}

// Bytes are the counts of a part: equal counts give equal bytes.
func (l *Ledger) Bytes() []byte { return l.paths.Bytes() }

// Merge adds the counts of another part, as Bytes gave them. data must not change afterwards.
func (l *Ledger) Merge(data []byte) error { return l.paths.Merge(data) }

// Rows are the rows of table journey_path, but for the run's columns.
func (l *Ledger) Rows() []schemas.JourneyPath {
	var out []schemas.JourneyPath
	for _, row := range l.paths.Rows() {
		p := &row.Value
		out = append(out, schemas.JourneyPath{
			Path: row.Key.Path, Steps: p.Steps, Customers: p.Customers, Converted: p.Converted,
			Conversion: aggregate.Share(p.Converted, p.Customers), MedianDays: p.Days.median(),
		})
	}
	return out
}
