package resolve

import "sort"

// IndexOf returns the index of a customer; false when this run does not know the id. Ids
// ascend with their index.
func (l *Lookup) IndexOf(customer string) (uint32, bool) {
	n := len(l.ids) / idBytes
	at := sort.Search(n, func(i int) bool { return l.Customer(uint32(i)) >= customer })
	if at == n || l.Customer(uint32(at)) != customer {
		return 0, false
	}
	return uint32(at), true
}
