package resolve

import "fmt"

// plainModel is a model in which equal names and birth dates speak for one customer and
// everything else against it.
func plainModel() *Model {
	m := &Model{Match: -10, Household: -14, Twins: .02}
	for s := range slots {
		n := levelCounts[s]
		m.M[s], m.U[s] = make([]float64, n), make([]float64, n)
		for l := 1; l < n; l++ {
			m.M[s][l], m.U[s][l] = .1/float64(n), 1/float64(n)
		}
		top := n - 1
		if s == slotName {
			top = int(nameLevel(wordEqual, wordEqual, false))
		}
		m.M[s][top], m.U[s][top] = .9, .001
	}
	m.Prepare()
	return m
}

// twins are n records that agree in everything that they have.
func twins(n int) (*Model, func(uint32) (Features, bool)) {
	return plainModel(), func(i uint32) (Features, bool) {
		return Features{Ordinal: i, Rank: RankOf(fmt.Sprint(i)), Given: "nora", Family: "moss", Birth: "19800301", Phones: []string{"+447700900301"}}, true
	}
}
