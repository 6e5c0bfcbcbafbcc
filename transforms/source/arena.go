package source

// arena holds what the records of one row point to. It is emptied with every row, so that rows
// cost no memory of their own.
type arena struct {
	text    []byte
	amounts []int64
	numbers []float64
	flags   []bool
}

func (a *arena) reset() {
	a.text, a.amounts, a.numbers, a.flags = a.text[:0], a.amounts[:0], a.numbers[:0], a.flags[:0]
}

// arenaItems is how many values are made room for at once.
const arenaItems = 64

// keep appends a value and returns its place. Where the list is full a new one begins, so that
// earlier places stay valid.
func keep[T any](list *[]T, v T) *T {
	if len(*list) == cap(*list) {
		*list = make([]T, 0, arenaItems)
	}
	*list = append(*list, v)
	return &(*list)[len(*list)-1]
}

// join is the text of two parts. A text that outgrows the arena leaves the earlier ones where
// they are.
func (a *arena) join(prefix, rest string) string {
	start := len(a.text)
	a.text = append(append(a.text, prefix...), rest...)
	return alias(a.text[start:])
}
