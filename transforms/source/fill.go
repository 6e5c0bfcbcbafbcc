package source

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// fill reads one field into its place.
func (m *mapper) fill(f *fieldPlan, at unsafe.Pointer, c *cells, currency string) *fault {
	switch {
	case f.kind == fieldPhones || f.kind == fieldEmails:
		return m.contacts(f, (*[]schemas.Contact)(at), c)
	case f.kind == fieldID || f.kind == fieldTextPart:
		return m.named(f, (*[]schemas.NameValue)(at), c)
	case f.multiply != nil:
		return m.product(f, (**int64)(at), c, currency)
	}
	text, problem := m.text(f, c)
	if problem != nil {
		return problem
	}
	if text == "" {
		return m.otherwise(f, at, c, currency, "is empty")
	}
	var err error
	switch f.kind {
	case fieldText:
		if f.upper {
			text = strings.ToUpper(text)
		}
		if f.words != nil {
			if text = f.word(text); text == "" {
				return &fault{CodeBadValue, m.columnName(f), "is none of " + strings.Join(f.words, ", ")}
			}
		}
		if strings.IndexByte(text, listSeparator[0]) >= 0 {
			text = strings.ReplaceAll(text, listSeparator, ", ")
		}
		*(*string)(at) = text
		return nil
	case fieldRef:
		*(*string)(at) = m.reference(f, text)
		return nil
	case fieldTime:
		*(*int64)(at), err = m.time(f, text, c)
	case fieldDay:
		*(*int32)(at), err = f.day(text)
		if err != nil && !errors.Is(err, normalize.ErrNoTime) && f.name == "birth_date" {
			*(*string)(unsafe.Add(at, birthRaw)) = text // still evidence
		}
	case fieldMoney:
		err = m.amount(f, (**int64)(at), text, c, currency)
	case fieldCount:
		err = m.count((**int64)(at), text)
	case fieldNumber:
		err = m.number(f, (**float64)(at), text)
	case fieldBool:
		*(*bool)(at) = truth(text)
	case fieldMaybe:
		*(**bool)(at) = keep(&m.arena.flags, truth(text))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, normalize.ErrNoTime) || errors.Is(err, normalize.ErrNoAmount):
		return m.otherwise(f, at, c, currency, err.Error())
	}
	return &fault{CodeBadValue, m.columnName(f), err.Error()}
}

// amount reads money, less another column where the field says so.
func (m *mapper) amount(f *fieldPlan, at **int64, text string, c *cells, currency string) error {
	v, err := m.money(f, text, currency)
	if err == nil && f.minus >= 0 {
		v, err = m.minus(f, v, c, currency)
	}
	if err == nil {
		*at = keep(&m.arena.amounts, v)
	}
	return err
}

func (m *mapper) count(at **int64, text string) error {
	v, err := whole(text)
	if err == nil {
		*at = keep(&m.arena.amounts, v)
	}
	return err
}

func (m *mapper) number(f *fieldPlan, at **float64, text string) error {
	v, err := normalize.Quantity(text, m.mark)
	if err != nil {
		return err
	}
	if f.percent && v > 1 {
		v /= 100
	}
	if f.spec.Abs && v < 0 {
		v = -v
	}
	*at = keep(&m.arena.numbers, v)
	return nil
}

// otherwise is what becomes of a field whose columns give nothing: its alternative, null, or a
// fault where the record needs it.
func (m *mapper) otherwise(f *fieldPlan, at unsafe.Pointer, c *cells, currency, reason string) *fault {
	for or := f.or; or != nil; or = or.or {
		if or.when.holds(c.values) {
			return m.fill(or, at, c, currency)
		}
	}
	if f.required && len(f.cases) > 0 {
		return &fault{CodeBadValue, f.caseColumn(m.layout), "fits none of the cases that the profile knows"}
	}
	if f.required {
		return &fault{CodeMissing, m.columnName(f), reason}
	}
	return nil
}

// caseColumn is the column that a field's last case looks at.
func (f *fieldPlan) caseColumn(l *layout) string {
	if when := f.cases[len(f.cases)-1].when; len(when) > 0 {
		return strings.TrimPrefix(l.columns[when[0].column], "~")
	}
	return f.name
}

// birthRaw is the way from Party.BirthDate to Party.BirthDateRaw.
var birthRaw = unsafe.Offsetof(schemas.Party{}.BirthDateRaw) - unsafe.Offsetof(schemas.Party{}.BirthDate)

func truth(text string) bool {
	switch strings.ToLower(text) {
	case "1", "true", "yes", "y", "x", "是", "t":
		return true
	}
	return false
}

// whole reads a count; a fraction is cut off only where it is zero.
func whole(text string) (int64, error) {
	v, err := normalize.Decimal(text, '.', 2)
	if err == nil && v%100 != 0 {
		return 0, normalize.ErrBadAmount
	}
	return v / 100, err
}

func (m *mapper) money(f *fieldPlan, text, currency string) (int64, error) {
	var v int64
	var err error
	if f.spec.ImpliedDecimals != nil {
		v, err = normalize.Decimal(text, m.mark, *f.spec.ImpliedDecimals)
	} else {
		v, err = normalize.Money(text, m.mark, currency)
	}
	if f.spec.Abs && v < 0 || f.spec.Negative && v > 0 {
		v = -v
	}
	return v, err
}

// minus takes another amount of the row off.
func (m *mapper) minus(f *fieldPlan, v int64, c *cells, currency string) (int64, error) {
	off, err := m.money(f, c.values[f.minus], currency)
	if errors.Is(err, normalize.ErrNoAmount) {
		return v, nil
	}
	return v - off, err
}

// product multiplies quantity and price exactly: 10^-6 pieces times 10^-6 currency units,
// rounded half away from zero to the currency's minor unit.
func (m *mapper) product(f *fieldPlan, at **int64, c *cells, currency string) *fault {
	var factors [2]int64
	for i, column := range f.multiply {
		v, err := normalize.Decimal(c.values[column], m.mark, 6)
		if errors.Is(err, normalize.ErrNoAmount) {
			return nil
		}
		if err != nil {
			return &fault{CodeBadValue, m.layout.columns[column], err.Error()}
		}
		factors[i] = v
	}
	v, ok := mulRound(factors[0], factors[1], 12-normalize.Exponent(currency))
	if !ok {
		return &fault{CodeBadValue, m.layout.columns[f.multiply[0]], "is too large an amount"}
	}
	if f.minus >= 0 {
		var err error
		if v, err = m.minus(f, v, c, currency); err != nil {
			return &fault{CodeBadValue, m.layout.columns[f.minus], err.Error()}
		}
	}
	if f.spec.Abs && v < 0 || f.spec.Negative && v > 0 {
		v = -v
	}
	*at = keep(&m.arena.amounts, v)
	return nil
}

// mulRound is a*b / 10^digits, rounded half away from zero; false when it does not fit.
func mulRound(a, b int64, digits int) (int64, bool) {
	divisor := uint64(1)
	for range digits {
		divisor *= 10
	}
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	lo, carry := bits.Add64(lo, divisor/2, 0)
	hi += carry
	if hi >= divisor {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, divisor)
	if q > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(q), true
	}
	return int64(q), true
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

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

// reference makes namespace:object:key of a key, with the namespace of this source unless the
// field names another.
func (m *mapper) reference(f *fieldPlan, key string) string {
	if f.spec.Party != "" {
		return key
	}
	return m.arena.join(f.prefix, key)
}

// contacts reads phones or e-mail addresses out of one or several cells.
func (m *mapper) contacts(f *fieldPlan, at *[]schemas.Contact, c *cells) *fault {
	for _, column := range f.columns {
		if c.bad[column] != "" {
			m.issue(m.layout.columns[column], c.bad[column])
			continue
		}
		for _, part := range m.parts(f, c.values[column]) {
			text, problem := f.cell.refine(part)
			if problem != nil || text == "" {
				continue
			}
			contact := schemas.Contact{Raw: text}
			if f.kind == fieldPhones {
				contact.Value, contact.Status = normalize.Phone(text, m.regionsOf(f, text, c))
			} else {
				contact.Value, contact.Status = normalize.Email(text)
			}
			if contact.Status == schemas.ContactInvalid {
				m.issue(m.layout.columns[column], "not_a_"+f.name)
			}
			if !hasContact(*at, contact) {
				*at = append(*at, contact)
			}
		}
	}
	return nil
}

// regionsOf are the regions that a phone number may be of: first of all the country that the
// record itself is of, where it is written without a country code.
func (m *mapper) regionsOf(f *fieldPlan, text string, c *cells) []string {
	if f.country == nil || text[0] == '+' || !f.country.when.holds(c.values) {
		return m.regions
	}
	name, problem := m.text(f.country, c)
	if problem != nil || name == "" {
		return m.regions
	}
	code := normalize.Country(name)
	if code == "" || len(m.regions) > 0 && m.regions[0] == code {
		return m.regions
	}
	m.local = append(append(m.local[:0], code), m.regions...)
	return m.local
}

func hasContact(list []schemas.Contact, c schemas.Contact) bool {
	for i := range list {
		if list[i].Raw == c.Raw || (c.Value != "" && list[i].Value == c.Value) {
			return true
		}
	}
	return false
}

// named reads id.NAME and text.NAME.
func (m *mapper) named(f *fieldPlan, at *[]schemas.NameValue, c *cells) *fault {
	text, problem := m.text(f, c)
	if problem != nil {
		return problem
	}
	if text == "" || normalize.IsMasked(text) {
		return nil
	}
	_, name, _ := strings.Cut(f.name, ".")
	for _, part := range m.parts(f, text) {
		if part != "" {
			*at = append(*at, schemas.NameValue{Name: name, Value: part})
		}
	}
	return nil
}
