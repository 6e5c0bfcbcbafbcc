package rfm

import "sort"

// rankAll ranks values in their own order.
func rankAll(values []int64, shares Shares) []Rank {
	order := make([]int, len(values))
	var counter Counter
	for i, v := range values {
		order[i] = i
		counter.Add(v)
	}
	sort.SliceStable(order, func(i, j int) bool { return values[order[i]] < values[order[j]] })
	prefixes := NewPrefixes(counter.Histogram())
	out := make([]Rank, len(values))
	for start := 0; start < len(order); {
		r := Range(values[order[start]])
		end := start
		var sorted []int64
		for end < len(order) && Range(values[order[end]]) == r {
			sorted = append(sorted, values[order[end]])
			end++
		}
		ranks, err := RankRange(&prefixes, r, sorted, shares)
		if err != nil {
			panic(err) // the histogram was made from these values
		}
		for i, rank := range ranks {
			out[order[start+i]] = rank
		}
		start = end
	}
	return out
}
