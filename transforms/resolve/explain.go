package resolve

import "math"

// Evidence of a pair beside its comparisons.
const (
	explainPrior     = "prior"
	explainRandom    = "random_pair" // its level
	explainHousehold = "household"
	explainBorrowed  = "recipient"
)

// Weight is what one comparison adds to the odds of a pair, in bits.
type Weight struct {
	Comparison string
	Level      string
	Log2       float64
}

// Finding is what comparing two records has shown.
type Finding struct {
	Pattern Pattern
	Odds    float64 // log2 odds that they are one customer

	rarity    [slots]float64
	family    float64
	unbounded float64 // odds if neither were known by somebody else's contact data
}

// Find compares two records and weighs what was found.
func (m *Model) Find(a, b *Features) (f Finding) {
	f.Pattern = Compare(a, b)
	f.family = m.rarities(a, b, &f.Pattern, &f.rarity)
	f.unbounded = m.odds(&f.Pattern, &f.rarity, f.family)
	f.Odds = bounded(a, b, &f.Pattern, f.unbounded)
	return f
}

// Evidence of a pair beside its comparisons, where a slot would stand.
const (
	codeHousehold = slots + iota
	codeBorrowed
	codes
)

// leastShown is the smallest weight, in bits, of what is shown beside the comparisons.
const leastShown = .005

// eachWeight visits the weights of a finding but for the prior, which is the same for all pairs.
func (m *Model) eachWeight(f *Finding, visit func(code int, level uint8, log2 float64)) {
	total := m.Match
	for s, l := range f.Pattern {
		if l != 0 {
			w := m.m[s][l] - m.u[s][l] + f.rarity[s]
			visit(s, l, w)
			total += w
		}
	}
	if d := f.unbounded - total; math.Abs(d) > leastShown {
		visit(codeHousehold, 0, d)
	}
	if f.Odds < f.unbounded {
		visit(codeBorrowed, 0, f.Odds-f.unbounded)
	}
}

// Explain is the waterfall of a pair: the prior, each comparison with its level, and what the
// dependence within households takes away. The weights add up to Score.
func (m *Model) Explain(a, b *Features) []Weight {
	f := m.Find(a, b)
	out := []Weight{{explainPrior, explainRandom, m.Match}}
	m.eachWeight(&f, func(code int, level uint8, log2 float64) {
		comparison, name := m.weightName(code, level)
		out = append(out, Weight{comparison, name, log2})
	})
	return out
}

func (m *Model) weightName(code int, level uint8) (comparison, name string) {
	switch code {
	case codeHousehold:
		return explainHousehold, "may_live_together"
	case codeBorrowed:
		return explainBorrowed, "may_be_somebody_else"
	}
	return m.SlotName(code), LevelName(code, level)
}

// weightBytes is the length of a weight: comparison, level, hundredths of a bit.
const weightBytes = 4

// AppendWeights appends the waterfall of a finding without the prior, so that what scores a pair
// and what writes tables need not both compare it.
func (m *Model) AppendWeights(dst []byte, f *Finding) []byte {
	m.eachWeight(f, func(code int, level uint8, log2 float64) {
		hundredths := int16(max(math.MinInt16, min(math.MaxInt16, math.Round(100*log2))))
		dst = append(dst, byte(code), level, byte(hundredths), byte(uint16(hundredths)>>8))
	})
	return dst
}

// WeightReader gives names to weights that AppendWeights wrote. Many may read at once.
type WeightReader struct {
	prior Weight
	names [codes][256]Weight
}

// NewWeightReader prepares the names of a model's comparisons and levels.
func NewWeightReader(m *Model) *WeightReader {
	r := &WeightReader{prior: Weight{explainPrior, explainRandom, m.Match}}
	for code := range r.names {
		levels := 1
		if code < slots {
			levels = levelCounts[code]
		}
		for l := range levels {
			w := &r.names[code][l]
			w.Comparison, w.Level = m.weightName(code, uint8(l))
		}
	}
	return r
}

// Read appends the whole waterfall.
func (r *WeightReader) Read(data []byte, out []Weight) []Weight {
	out = append(out, r.prior)
	for ; len(data) >= weightBytes; data = data[weightBytes:] {
		w := Weight{Log2: float64(int16(uint16(data[2])|uint16(data[3])<<8)) / 100}
		if int(data[0]) < len(r.names) {
			w.Comparison, w.Level = r.names[data[0]][data[1]].Comparison, r.names[data[0]][data[1]].Level
		}
		out = append(out, w)
	}
	return out
}
