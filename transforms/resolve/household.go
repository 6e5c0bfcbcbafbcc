package resolve

// LivesTogether tells whether two persons are likelier of one household than one person, or
// than two who have nothing to do with each other: by their records, which have a phone number
// or street in common. A number on many records says little, since it is frequent.
func (m *Model) LivesTogether(a, b *Features, f *Finding) bool {
	street, _, _ := placeParts(f.Pattern[slotPlace])
	if a.Organization || b.Organization || f.Pattern[slotPhone] != phoneEqual && street < streetNear || a.Borrowed || b.Borrowed {
		return false
	}
	one, strangers, home := m.likelihoods(&f.Pattern, &f.rarity, f.family)
	return home > addLog2(one, strangers)
}
