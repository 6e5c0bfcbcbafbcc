package resolve

// LivesTogether tells whether two persons are likelier of one household than one person, or
// than two who have nothing to do with each other: by their records, which have a phone number
// or street in common. A number on many records says little, since it is frequent.
func (m *Model) LivesTogether(a, b *Features, p *Pattern) bool {
	street, _, _ := placeParts(p[slotPlace])
	if a.Organization || b.Organization || p[slotPhone] != phoneEqual && street < streetNear || a.Borrowed || b.Borrowed {
		return false
	}
	var r [slots]float64
	family := m.rarities(a, b, p, &r)
	one, strangers, home := m.likelihoods(p, &r, family)
	return home > addLog2(one, strangers)
}
