package normalize

import "strings"

// MayBeMisspelt tells whether two Latin names whose given names contradict can be one name
// with typing mistakes, or with given and family name exchanged. It is for evidence that is
// personal by itself, such as an e-mail address; a phone number needs names that agree.
func MayBeMisspelt(a, b Name) bool {
	if a.Han || b.Han {
		return false
	}
	ga, _, _ := strings.Cut(a.Given, " ")
	gb, _, _ := strings.Cut(b.Given, " ")
	switch {
	case ga == "" || gb == "":
		return closeWords(a.Family, b.Family)
	case closeWords(ga, gb):
		return true
	case a.Family == "":
		return closeWords(ga, b.Family)
	case b.Family == "":
		return closeWords(gb, a.Family)
	}
	return closeWords(ga, b.Family) && closeWords(a.Family, gb)
}

// closeWords: one edit apart, two from six letters on; but not in a last vowel alone, which
// tells Mario from Maria.
func closeWords(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 3 {
		return false
	}
	if a == b {
		return true
	}
	if differInLastVowel(a, b) {
		return false
	}
	limit := 1
	if len(b) >= 6 {
		limit = 2
	}
	return len(b)-len(a) <= limit && edits(a, b) <= limit
}

func differInLastVowel(a, b string) bool {
	stem := b[:len(b)-1]
	return strings.IndexByte("aeiou", b[len(b)-1]) >= 0 && (a == stem || len(a) == len(b) && a[:len(a)-1] == stem)
}

// edits is the number of insertions, deletions, substitutions and exchanges of neighbours
// between two words (optimal string alignment).
func edits(a, b string) int {
	before := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	next := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
