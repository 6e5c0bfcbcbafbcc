package resolve

import "math"

// levelCounts is the number of levels of each comparison, level 0 (missing) included.
var levelCounts = func() (n [slots]int) {
	n = [slots]int{
		slotName: nameLevels, slotExtra: extraLevels, slotBirth: birthLevels, slotPlace: placeLevels, slotPhone: phoneLevels, slotEmail: emailLevels,
		slotGender: genderLevels, slotCompany: textLevels, slotOccupation: textLevels,
	}
	for i := range freeColumns {
		n[slotText+i] = textLevels
	}
	return n
}()

// Model is a Fellegi-Sunter model with three kinds of pairs: of one customer, of one household,
// and of two strangers. Households make the dependence between phone, address and family name:
// who shares them need not be one person (Winkler 1993 fits interactions for it).
type Model struct {
	Match     float64 // log2 odds that two random records are one customer
	Household float64 // log2 of the share of random pairs that live together
	Twins     float64 // share of the pairs of a household that were born on one day
	M, U      [slots][]float64
	Frequency *Frequencies
	Texts     []string // free columns that are compared
	Accept    *float64 // log2 odds from which clusters are merged; nil: chosen from the data

	m, u, h [slots][]float64 // log2 of the probability of a level in the three kinds of pairs
}

// How often two persons of a household are born on one day, at least and at most: about one
// person in fifty is a twin, and of the customers of a household many are.
const (
	leastTwins = .02
	mostTwins  = .2
)

// familyShared is how often two persons of a household have one family name: children and most
// Western couples do, Chinese couples do not.
const familyShared = .6

// Prepare computes what scoring needs.
func (m *Model) Prepare() {
	for s := range slots {
		n := levelCounts[s]
		m.m[s], m.u[s], m.h[s] = make([]float64, n), make([]float64, n), make([]float64, n)
		for l := 1; l < n; l++ {
			m.m[s][l], m.u[s][l] = math.Log2(m.M[s][l]), math.Log2(m.U[s][l])
			m.h[s][l] = m.u[s][l]
		}
	}
	for _, s := range []int{slotPlace, slotPhone} {
		copy(m.h[s], m.m[s])
	}
	for l := 1; l < birthLevels; l++ {
		m.h[slotBirth][l] = math.Log2((1-m.Twins)*m.U[slotBirth][l] + m.Twins*m.M[slotBirth][l])
	}
	strangers, same := marginals(m.U[slotName]), marginals(m.M[slotName])
	for l := 1; l < nameLevels; l++ {
		g, f, exchanged := nameParts(uint8(l))
		if !exchanged {
			m.h[slotName][l] = math.Log2(strangers[0][g] * (familyShared*same[1][f] + (1-familyShared)*strangers[1][f]))
			continue
		}
		// That names are exchanged says nothing about whose they are: the weight is that of the
		// same names in order.
		ordered := nameLevel(g, f, false)
		m.u[slotName][l] = m.m[slotName][l] - (m.m[slotName][ordered] - m.u[slotName][ordered])
		m.h[slotName][l] = m.u[slotName][l]
	}
}

// marginals are the probabilities of the levels of given and family names.
func marginals(name []float64) (p [2][wordLevels]float64) {
	total := 0.0
	for l := 1; l < len(name); l++ {
		g, f, _ := nameParts(uint8(l))
		p[0][g] += name[l]
		p[1][f] += name[l]
		total += name[l]
	}
	for i := range p {
		for j := range p[i] {
			p[i][j] = max(p[i][j]/total, 1e-9)
		}
	}
	return p
}

// together tells whether a pattern looks like a household at all: a phone number, a street or
// a postcode is the same.
func together(p *Pattern) bool {
	street, _, code := placeParts(p[slotPlace])
	return p[slotPhone] == phoneEqual || street >= streetNear || code == codeEqual
}

// rarities is what the pair's values say beyond their levels, in bits, per comparison; family
// is the part of the name's that is the family name's.
func (m *Model) rarities(a, b *Features, p *Pattern, r *[slots]float64) (family float64) {
	if m.Frequency == nil {
		return 0
	}
	f := m.Frequency
	if l := p[slotName]; l != 0 {
		g, fam, exchanged := nameParts(l)
		if exchanged {
			r[slotName] = m.exchangedRarity(a, b, g, fam)
		} else {
			family = f.nameRarity(kindFamily, kindHanFamily, a.Family, b.Family, a.HanFamily, fam)
			r[slotName] = family + f.nameRarity(kindGiven, kindHanGiven, a.Given, b.Given, a.HanGiven, g)
		}
		if g >= wordSound && fam >= wordSound {
			// Given and family name do not go together at random.
			if share := max(f.namesakes(a.fullName()), f.namesakes(b.fullName())); share > 0 {
				r[slotName] = min(r[slotName], m.u[slotName][nameLevel(g, fam, false)]-math.Log2(share))
			}
		}
	}
	if p[slotExtra] == extraEqual {
		_, shared := compareExtra(a, b)
		r[slotExtra] = f.rarity(kindExtra, shared)
	}
	if p[slotBirth] == birthEqual {
		r[slotBirth] = f.rarity(kindBirth, a.Birth)
	}
	switch street, city, code := placeParts(p[slotPlace]); {
	case street == streetEqual:
		r[slotPlace] = f.rarity(kindStreet, a.Street)
	case code == codeEqual:
		r[slotPlace] = f.rarity(kindPostcode, a.Postcode)
	case city == cityEqual:
		r[slotPlace] = min(f.rarity(kindCity, a.City), f.rarity(kindCity, b.City)) // of two scripts
	}
	if p[slotPhone] == phoneEqual {
		_, shared := comparePhones(a.Phones, b.Phones)
		r[slotPhone] = f.rarity(kindPhone, shared)
	}
	switch p[slotEmail] {
	case emailEqual:
		_, shared := compareEmails(a.Emails, b.Emails)
		r[slotEmail] = f.rarity(kindEmail, shared)
	case emailLocal:
		_, shared := compareEmails(a.Emails, b.Emails)
		r[slotEmail] = f.rarity(kindLocal, shared)
	}
	if p[slotCompany] == textEqual {
		r[slotCompany] = f.rarity(kindCompany, a.Company)
	}
	if p[slotOccupation] == textEqual {
		r[slotOccupation] = f.rarity(kindOccupation, a.Occupation)
	}
	for i := range a.Texts {
		if p[slotText+i] == textEqual {
			r[slotText+i] = f.rarity(kindText+i, a.Texts[i])
		}
	}
	return family
}

// nameRarity is the rarity of a given or family name that agrees.
func (f *Frequencies) nameRarity(kind, hanKind int, a, b, han string, level int) float64 {
	switch {
	case level == wordEqual && han != "":
		return f.rarity(hanKind, han)
	case level == wordEqual:
		return f.rarity(kind, a)
	case level == wordSound:
		return min(f.rarity(kind, a), f.rarity(kind, b)) // of several readings
	case level == wordVariant || level == wordNear:
		return min(f.rarity(kind, a), f.rarity(kind, b)) / 2
	}
	return 0
}

// exchangedRarity is the rarity of names that are exchanged: the lowest of what it is either way
// round, whichever of the two words is as alike as given and family say.
func (m *Model) exchangedRarity(a, b *Features, given, family int) float64 {
	f := m.Frequency
	least := math.Inf(1)
	for _, r := range [2]*Features{a, b} {
		for _, levels := range [2][2]int{{given, family}, {family, given}} {
			least = min(least, f.nameRarity(kindGiven, kindHanGiven, r.Given, r.Given, r.HanGiven, levels[0])+
				f.nameRarity(kindFamily, kindHanFamily, r.Family, r.Family, r.HanFamily, levels[1]))
		}
	}
	return least
}

// Score is the log2 odds that two records are one customer.
func (m *Model) Score(a, b *Features, p *Pattern) float64 {
	var r [slots]float64
	family := m.rarities(a, b, p, &r)
	odds := m.odds(p, &r, family)
	return bounded(a, b, p, odds)
}

// bounded are the odds of a pair of which one may be known by somebody else's contact data.
func bounded(a, b *Features, p *Pattern, odds float64) float64 {
	if (a.Borrowed || b.Borrowed) && p[slotEmail] != emailEqual {
		return min(odds, borrowedOdds)
	}
	return odds
}

// borrowedOdds bounds what can be said of an account by the recipient of its only order: one
// order in a dozen goes to somebody else.
const borrowedOdds = 3.5

// likelihoods are the log2 likelihoods of a pattern and the priors, if the two are one customer,
// strangers, or of one household. r is the rarity of what agrees, family the part of it that the
// family name has.
func (m *Model) likelihoods(p *Pattern, r *[slots]float64, family float64) (one, strangers, home float64) {
	one, home = m.Match, m.Household
	for s, l := range p {
		if l == 0 {
			continue
		}
		one += m.m[s][l]
		strangers += m.u[s][l] - r[s]
		if s == slotPlace || s == slotPhone {
			home += m.h[s][l]
		} else {
			home += m.h[s][l] - r[s]
		}
	}
	return one, strangers, home + familyShared*family // a household has its family name, rare or not
}

// odds are the log2 odds that a pattern is that of one customer.
func (m *Model) odds(p *Pattern, r *[slots]float64, family float64) float64 {
	one, strangers, home := m.likelihoods(p, r, family)
	if !together(p) {
		return one - strangers
	}
	return one - addLog2(strangers, home)
}

// addLog2 is log2(2^a + 2^b).
func addLog2(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	return a + math.Log2(1+math.Exp2(b-a))
}

// Probability of log2 odds.
func Probability(odds float64) float64 { return 1 / (1 + math.Exp2(-odds)) }
