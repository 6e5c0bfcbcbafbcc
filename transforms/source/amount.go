package source

import (
	"errors"
	"math"
	"math/bits"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

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
