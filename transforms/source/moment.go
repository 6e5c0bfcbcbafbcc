package source

import (
	"errors"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// time reads a moment, or a duration after another column's moment.
func (m *mapper) time(f *fieldPlan, text string, c *cells) (int64, error) {
	if f.after < 0 {
		return m.moment(f, text)
	}
	start, err := normalize.Time(c.values[f.after], "", m.source.location)
	if err != nil {
		return 0, err
	}
	length, err := duration(text, f.spec.Format)
	return start + length, err
}

// moment tries the field's formats in turn. Several fields of a row often share a time.
func (m *mapper) moment(f *fieldPlan, text string) (micros int64, err error) {
	if m.lastTime.is(text, f.spec.Format) {
		return m.lastTime.micros, nil
	}
	for _, format := range f.formats {
		if micros, err = normalize.Time(text, format, m.source.location); err == nil || errors.Is(err, normalize.ErrNoTime) {
			break
		}
	}
	if err == nil {
		m.lastTime.keep(text, f.spec.Format, micros)
	}
	return micros, err
}

// timeMemo is the time that was read last.
type timeMemo struct {
	text   []byte
	format string
	micros int64
}

func (t *timeMemo) is(text, format string) bool {
	return len(text) > 0 && string(t.text) == text && t.format == format
}

func (t *timeMemo) keep(text, format string, micros int64) {
	t.text, t.format, t.micros = append(t.text[:0], text...), format, micros
}

func (f *fieldPlan) day(text string) (day int32, err error) {
	for _, format := range f.formats {
		if day, err = normalize.Day(text, format); err == nil || errors.Is(err, normalize.ErrNoTime) {
			break
		}
	}
	return day, err
}

// errDuration tells that a text is no duration.
var errDuration = errors.New("is not a duration (expected a number, or HH:MM:SS with format: hms)")

// duration reads seconds, minutes (the default), hours or HH:MM:SS, which may pass 24 hours,
// in microseconds.
func duration(text, format string) (int64, error) {
	if format == "hms" {
		parts := strings.Split(text, ":")
		if len(parts) < 2 || len(parts) > 3 {
			return 0, errDuration
		}
		var seconds int64
		for i, part := range parts {
			n, err := strconv.ParseInt(part, 10, 32)
			if err != nil || n < 0 || i > 0 && n > 59 {
				return 0, errDuration
			}
			seconds = seconds*60 + n
		}
		if len(parts) == 2 {
			seconds *= 60
		}
		return seconds * 1e6, nil
	}
	v, err := normalize.Decimal(text, '.', 6)
	if err != nil {
		return 0, err
	}
	switch format {
	case "seconds":
		return v, nil
	case "hours":
		return v * 3600, nil
	}
	return v * 60, nil
}
