package customers

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// exchange converts minor units of any currency into ten-thousandths of the reporting one.
type exchange struct {
	reporting string
	constant  map[string]float64
	dated     map[string][]rate // ascending days
}

type rate struct {
	day   int32
	units float64
}

func newExchange(p *params) (*exchange, error) {
	x := &exchange{reporting: p.Currency, constant: p.Rates}
	if p.RatesFile == "" {
		return x, nil
	}
	file, err := os.Open(p.RatesFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	x.dated = map[string][]rate{}
	reader := csv.NewReader(file)
	for line := 1; ; line++ {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, runs.ConfigError("fx: %w", err)
		}
		if len(row) < 3 || line == 1 && strings.EqualFold(row[0], "currency") {
			continue
		}
		day, dayErr := normalize.Day(row[1], "")
		units, rateErr := strconv.ParseFloat(strings.TrimSpace(row[2]), 64)
		if dayErr != nil || rateErr != nil || !(units > 0) {
			return nil, runs.ConfigError("fx line %d: expected currency, day (YYYY-MM-DD), rate above 0", line)
		}
		code := strings.ToUpper(strings.TrimSpace(row[0]))
		x.dated[code] = append(x.dated[code], rate{day, units})
	}
	for _, list := range x.dated {
		sort.SliceStable(list, func(i, j int) bool { return list[i].day < list[j].day })
	}
	return x, nil
}

// rateOf is the reporting units for one unit of a currency on a day: the latest rate that is
// not later, else the first.
func (x *exchange) rateOf(currency string, day int32) (float64, error) {
	if currency == x.reporting {
		return 1, nil
	}
	if list := x.dated[currency]; len(list) > 0 {
		n := sort.Search(len(list), func(i int) bool { return list[i].day > day })
		return list[max(0, n-1)].units, nil
	}
	if units, ok := x.constant[currency]; ok {
		return units, nil
	}
	return 0, runs.DataError("an amount in %s was met, and fx has no rate for it: add `fx: {%s: ...}` to the config", currency, currency)
}

var tenPowers = [...]int64{1, 10, 100, 1000, 10000}

// original is an amount in ten-thousandths of its own currency.
func original(minor *int64, currency string) *int64 {
	if minor == nil {
		return nil
	}
	v := *minor * tenPowers[4-normalize.Exponent(currency)]
	return &v
}

// convert is an amount in ten-thousandths of the reporting currency, rounded half away from zero.
func convert(v *int64, units float64) *int64 {
	if v == nil || units == 1 {
		return v
	}
	c := inReporting(*v, units)
	return &c
}

func inReporting(v int64, units float64) int64 { return int64(math.Round(float64(v) * units)) }
