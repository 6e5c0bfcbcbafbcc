package warehouse

import "strings"

// dictionary numbers the texts of a column in the order in which they come.
type dictionary struct {
	indexed bool // the column has one
	entries []string
	bytes   int
	numbers map[string]int32
	last    string // the text of the last lookup, and its number
	number  int32
	recent  [recentTexts]recent
}

type recent struct {
	text   string
	number int32
}

const (
	// recentTexts is how many texts are found without the map, a power of two.
	recentTexts = 64
	// dictionaryBytes is how large a dictionary may grow; after that, pages hold the texts
	// themselves. Readers keep it in memory.
	dictionaryBytes = 1 << 19
)

func (d *dictionary) reset() {
	clear(d.entries)
	clear(d.numbers)
	d.entries, d.bytes, d.last, d.number, d.recent = d.entries[:0], 0, "", -1, [recentTexts]recent{}
}

func (d *dictionary) full() bool { return d.bytes >= dictionaryBytes }

// lookup gives the number of a text.
func (d *dictionary) lookup(text string) int32 {
	if text == d.last && d.number >= 0 {
		return d.number
	}
	r := &d.recent[slot(text)]
	if r.text != text || text == "" {
		r.number = d.find(text)
		r.text = d.entries[r.number]
	}
	d.last, d.number = r.text, r.number
	return r.number
}

// slot deals texts by what most often tells them apart: length, last and middle character.
func slot(text string) int {
	n := len(text)
	if n == 0 {
		return 0
	}
	return (n*7 + int(text[n-1])*5 + int(text[n/2])*3 + int(text[0])) & (recentTexts - 1)
}

func (d *dictionary) find(text string) int32 {
	if number, ok := d.numbers[text]; ok {
		return number
	}
	if d.numbers == nil {
		d.numbers = map[string]int32{}
	}
	number := int32(len(d.entries))
	text = strings.Clone(text) // it may be cut out of something large
	d.numbers[text] = number
	d.entries = append(d.entries, text)
	d.bytes += len(text) + 4
	return number
}
