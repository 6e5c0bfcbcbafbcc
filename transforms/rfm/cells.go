// Package rfm scores customers by recency, frequency and monetary value, places them in the
// ten-cell and the Chinese eight-cell grid, and classes them by their share of value (ABC).
//
// Signs: a high score is always good. Recency is counted in days, so few days give a high R;
// 近 (near) in the Chinese grid is a high R score. Only buyers are scored, persons and
// organizations apart.
package rfm

// Customer is what is scored.
type Customer struct {
	RecencyDays int64 // days from the last order day to as_of
	Frequency   int64 // orders
	Monetary    int64 // revenue, ten-thousandths
}

// Scores are R, F and M from 1 to 5, 5 the best.
type Scores struct {
	R, F, M int8
}

// RecencyScore turns the quintile of the recency days, in which few days are low, into R.
func RecencyScore(quintile int8) int8 { return 6 - quintile }

// FrequencyScore is F: the quintile, but 1 for customers with one order whatever the quintile.
func FrequencyScore(quintile int8, orders int64) int8 {
	if orders <= 1 {
		return 1
	}
	return quintile
}

// Cell is one cell of a grid.
type Cell struct {
	Code string
	EN   string
	ZH   string
}

// The ten cells over R and F: complete and disjoint over the 25 pairs of scores.
var (
	Champions          = Cell{"champions", "Champions", "冠军客户"}
	Loyal              = Cell{"loyal", "Loyal", "忠诚客户"}
	PotentialLoyalists = Cell{"potential_loyalists", "Potential loyalists", "潜在忠诚客户"}
	New                = Cell{"new", "New", "新客户"}
	Promising          = Cell{"promising", "Promising", "有希望的客户"}
	NeedAttention      = Cell{"need_attention", "Need attention", "需要关注的客户"}
	AboutToSleep       = Cell{"about_to_sleep", "About to sleep", "即将沉睡客户"}
	CantLose           = Cell{"cant_lose", "Can't lose them", "不能流失的客户"}
	AtRisk             = Cell{"at_risk", "At risk", "有流失风险的客户"}
	Hibernating        = Cell{"hibernating", "Hibernating", "沉睡客户"}
)

// grid is by R-1, then F-1.
var grid = [5][5]*Cell{
	{&Hibernating, &Hibernating, &AtRisk, &AtRisk, &CantLose},
	{&Hibernating, &Hibernating, &AtRisk, &AtRisk, &CantLose},
	{&AboutToSleep, &AboutToSleep, &NeedAttention, &Loyal, &Loyal},
	{&Promising, &PotentialLoyalists, &PotentialLoyalists, &Loyal, &Loyal},
	{&New, &PotentialLoyalists, &PotentialLoyalists, &Champions, &Champions},
}

// TenCell is the cell of the R and F scores, which must be 1 to 5.
func TenCell(s Scores) Cell { return *grid[s.R-1][s.F-1] }

// TenCells lists the ten cells, best first.
func TenCells() []Cell {
	return []Cell{Champions, Loyal, PotentialLoyalists, New, Promising, NeedAttention, AboutToSleep, CantLose, AtRisk, Hibernating}
}

// HighScore is the score from which the eight-cell grid calls a measure near or high.
const HighScore = 4

// eight is by the bits R near, F high, M high.
var eight = [8]Cell{
	0b111: {"key_value", "Key: value", "重要价值客户"},
	0b101: {"key_develop", "Key: develop", "重要发展客户"},
	0b011: {"key_keep", "Key: keep", "重要保持客户"},
	0b001: {"key_win_back", "Key: win back", "重要挽留客户"},
	0b110: {"general_value", "General: value", "一般价值客户"},
	0b100: {"general_develop", "General: develop", "一般发展客户"},
	0b010: {"general_keep", "General: keep", "一般保持客户"},
	0b000: {"general_win_back", "General: win back", "一般挽留客户"},
}

// EightCell is the cell of the common Chinese grid: R near (score of HighScore or more), F
// high, M high. 近高高 is 重要价值, 远低低 is 一般挽留.
func EightCell(s Scores) Cell {
	index := 0
	for bit, score := range [3]int8{s.M, s.F, s.R} {
		if score >= HighScore {
			index |= 1 << bit
		}
	}
	return eight[index]
}

// EightCells lists the eight cells, best first.
func EightCells() []Cell {
	order := []int{0b111, 0b101, 0b011, 0b001, 0b110, 0b100, 0b010, 0b000}
	out := make([]Cell, len(order))
	for i, bits := range order {
		out[i] = eight[bits]
	}
	return out
}

// All scores and classes customers held in memory: the plain form of what Counter, Prefixes
// and RankRange do in pieces. values are what the ABC classes follow (margin or revenue).
func All(customers []Customer, values []int64, shares Shares) ([]Scores, []Rank) {
	r := quintiles(customers, func(c Customer) int64 { return c.RecencyDays })
	f := quintiles(customers, func(c Customer) int64 { return c.Frequency })
	m := quintiles(customers, func(c Customer) int64 { return c.Monetary })
	scores := make([]Scores, len(customers))
	for i, c := range customers {
		scores[i] = Scores{
			R: RecencyScore(r[c.RecencyDays]),
			F: FrequencyScore(f[c.Frequency], c.Frequency),
			M: m[c.Monetary],
		}
	}
	return scores, rankAll(values, shares)
}

func quintiles(customers []Customer, of func(Customer) int64) map[int64]int8 {
	values := make(Values, len(customers))
	for i, c := range customers {
		values[i] = ValueCount{of(c), 1}
	}
	return NewValues(values).Scores()
}
