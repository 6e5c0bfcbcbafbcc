package identity

import (
	"encoding/binary"
	"math"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/shuffle"
)

// leastOdds are the log2 odds from which a scored pair is kept: below it (1.5 %) nobody would
// look at it.
const leastOdds = -6

// pairTable holds the pairs that were kept.
const pairTable = "records/pair"

// scoredPair is a pair whose odds are worth a look.
type scoredPair struct {
	A, B    uint32 // ordinals, the smaller one first
	Odds    float32
	Weights []byte // as resolve.AppendWeights wrote them
}

// pairBytes is the length of a pair without its weights.
const pairBytes = 13

// append writes a pair: 4 bytes each of A, B and odds, little endian, 1 byte number of bytes of
// weights, weights.
func (p *scoredPair) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, p.A)
	dst = binary.LittleEndian.AppendUint32(dst, p.B)
	dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(p.Odds))
	return append(append(dst, byte(len(p.Weights))), p.Weights...)
}

// take reads the first pair of some; its weights alias data.
func (p *scoredPair) take(data []byte) (rest []byte, ok bool) {
	if len(data) < pairBytes || len(data) < pairBytes+int(data[pairBytes-1]) {
		return nil, false
	}
	end := pairBytes + int(data[pairBytes-1])
	p.A, p.B, p.Odds = binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:]), math.Float32frombits(binary.LittleEndian.Uint32(data[8:]))
	p.Weights = data[pairBytes:end]
	return data[end:], true
}

// pairScorer scores the pairs of blocks.
type pairScorer struct {
	layout   runs.Layout
	model    *resolve.Model
	files    *scoreFiles
	report   *scoreReport
	store    *featureStore
	members  []resolve.BlockMember
	features []resolve.Features // of the members, as far as they are known
	known    []bool
	weights  []byte
}

// score reads one block and keeps the pairs that are worth a look.
func (s *pairScorer) score(t *shuffle.ReduceTask, rule uint8) (err error) {
	if s.members, err = readMembers(t, s.members[:0]); err != nil || len(s.members) < 2 {
		return err
	}
	if s.store == nil {
		if s.store, err = loadFeatures(s.layout); err != nil {
			return err
		}
	}
	members := s.members
	if len(members) > resolve.BlockLimit { // else their order decides nothing
		members = s.store.inOrder(members)
	}
	for len(s.features) < len(members) {
		s.features, s.known = append(s.features, resolve.Features{}), append(s.known, false)
	}
	clear(s.known[:len(members)])
	overfull := resolve.EachPair(members, rule, func(i, j int) {
		if err == nil {
			err = s.pair(members, i, j)
		}
	})
	if overfull {
		s.report.Overfull++
	}
	return err
}

// feature is what is compared of a member.
func (s *pairScorer) feature(members []resolve.BlockMember, i int) (*resolve.Features, error) {
	f := &s.features[i]
	if s.known[i] {
		return f, nil
	}
	s.known[i] = true
	return f, s.store.decode(members[i].Ordinal, s.model.Texts, f)
}

func (s *pairScorer) pair(members []resolve.BlockMember, i, j int) error {
	a, err := s.feature(members, i)
	if err != nil {
		return err
	}
	b, err := s.feature(members, j)
	if err != nil || a.Organization != b.Organization {
		return err
	}
	found := s.model.Find(a, b)
	s.report.Scored++
	if found.Odds >= leastOdds {
		s.weights = s.model.AppendWeights(s.weights[:0], &found)
		pair := scoredPair{min(a.Ordinal, b.Ordinal), max(a.Ordinal, b.Ordinal), float32(found.Odds), s.weights}
		if err := s.files.pairs.add(pair.append); err != nil {
			return err
		}
	}
	return s.addHousehold(a, b, &found)
}
