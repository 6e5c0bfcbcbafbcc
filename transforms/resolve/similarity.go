package resolve

import (
	"math/bits"
	"unicode/utf8"
)

// longest is how many letters of a word or text are compared.
const longest = 64

// letters are the runes of a text, at most longest of them, in a buffer of the caller.
func letters(s string, buffer *[longest]rune) []rune {
	out := buffer[:0]
	for _, r := range s {
		if len(out) == longest {
			break
		}
		out = append(out, r)
	}
	return out
}

// within tells whether two texts differ by at most bound insertions, deletions, replacements
// or exchanges of neighbouring letters (restricted Damerau-Levenshtein distance, Boytsov 2011,
// section 2.1). Only cells within bound of the diagonal are computed.
func within(a, b string, bound int) bool {
	if a == b {
		return true
	}
	if bound == 0 {
		return false
	}
	var bufferA, bufferB [longest]rune
	x, y := letters(a, &bufferA), letters(b, &bufferB)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > bound {
		return false
	}
	if len(x) == 0 {
		return true
	}
	if bound == 1 {
		return len(x) == 1 && len(y) == 1 || len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
	}
	return distance(x, y, bound) <= bound
}

func distance(x, y []rune, bound int) int {
	var rows [3][longest + 1]int8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(y) + 1 {
		last[j] = int8(j)
	}
	for i := 1; i <= len(x); i++ {
		row[0] = int8(i)
		least := int8(i)
		for j := 1; j <= len(y); j++ {
			cost := int8(1)
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cell := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cell = min(cell, before[j-2]+1)
			}
			row[j] = cell
			least = min(least, cell)
		}
		if int(least) > bound {
			return bound + 1
		}
		before, last, row = last, row, before
	}
	return int(last[len(y)])
}

// alike tells whether the Jaro-Winkler similarity of two texts (Winkler 1990) is at least some value. Letters
// that only one of them has bound it, so that most pairs are answered without it.
func alike(a, b string, least float64) bool {
	var bufferA, bufferB [longest]rune
	x, y := letters(a, &bufferA), letters(b, &bufferB)
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	inX, inY := letterSet(x), letterSet(y)
	common := float64(min(len(x)-outside(x, inY), len(y)-outside(y, inX)))
	jaro := (common/float64(len(x)) + common/float64(len(y)) + 1) / 3
	prefix := 0
	for prefix < 4 && prefix < len(x) && prefix < len(y) && x[prefix] == y[prefix] {
		prefix++
	}
	return jaro+float64(prefix)/10*(1-jaro) >= least && jaroWinkler(x, y) >= least
}

// letterSet has a bit for the last six bits of each letter.
func letterSet(x []rune) (set uint64) {
	for _, r := range x {
		set |= 1 << (r & 63)
	}
	return set
}

// outside counts the letters that are not in a set.
func outside(x []rune, set uint64) (n int) {
	for _, r := range x {
		if set&(1<<(r&63)) == 0 {
			n++
		}
	}
	return n
}

// jaroWinkler is Jaro's similarity between 0 and 1, raised by a tenth of what is missing to 1 for
// each of up to four equal first letters.
func jaroWinkler(x, y []rune) float64 {
	reach := max(0, max(len(x), len(y))/2-1)
	var usedX, usedY uint64
	common := 0
	for i, r := range x {
		for j := max(0, i-reach); j < min(len(y), i+reach+1); j++ {
			if usedY&(1<<j) == 0 && y[j] == r {
				usedX, usedY = usedX|1<<i, usedY|1<<j
				common++
				break
			}
		}
	}
	if common == 0 {
		return 0
	}
	moved, j := 0, 0
	for i := range x {
		if usedX&(1<<i) == 0 {
			continue
		}
		for usedY&(1<<j) == 0 {
			j++
		}
		if x[i] != y[j] {
			moved++
		}
		j++
	}
	c := float64(common)
	jaro := (c/float64(len(x)) + c/float64(len(y)) + (c-float64(moved)/2)/c) / 3
	prefix := 0
	for prefix < 4 && prefix < len(x) && prefix < len(y) && x[prefix] == y[prefix] {
		prefix++
	}
	return jaro + float64(prefix)/10*(1-jaro)
}

// bigrams is the set of pairs of neighbouring letters of a text, by their hashes.
type bigrams [4]uint64

func bigramsOf(s string) (set bigrams) {
	last := rune(-1)
	for _, r := range s {
		if last >= 0 {
			h := (uint32(last)*31 + uint32(r)) * 2654435761
			set[h>>30] |= 1 << (h >> 24 & 63)
		}
		last = r
	}
	return set
}

// dice is the share of pairs of neighbouring letters that two texts have in common (Dice 1945),
// of different ones by their hashes.
func dice(a, b string) float64 {
	x, y := bigramsOf(a), bigramsOf(b)
	common, all := 0, 0
	for i := range x {
		common += bits.OnesCount64(x[i] & y[i])
		all += bits.OnesCount64(x[i]) + bits.OnesCount64(y[i])
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(common) / float64(all)
}

// size is the number of letters of a text.
func size(s string) int { return utf8.RuneCountInString(s) }
