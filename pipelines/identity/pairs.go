package identity

import (
	"context"
	"encoding/binary"
	"math"

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
	params   *scoreParams
	model    *resolve.Model
	files    *scoreFiles
	report   *scoreReport
	store    *featureStore
	previous *previous // nil: nothing is known
	members  []resolve.BlockMember
	features []resolve.Features // of the members, as far as they are known
	known    []bool
	weights  []byte
	complete bool // all pairs of the block were scored in the parent
}

// score reads one block and keeps the pairs that are worth a look.
func (s *pairScorer) score(ctx context.Context, t *shuffle.ReduceTask) (err error) {
	if s.members, err = readMembers(t, s.members[:0]); err != nil || len(s.members) < 2 {
		return err
	}
	if s.store == nil {
		if s.store, err = loadFeatures(s.params.Layout()); err != nil {
			return err
		}
		if s.previous, err = loadPrevious(ctx, s.params); err != nil {
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
	s.complete = s.previous.complete(t.Key())
	some, overfull := resolve.EachPair(members, t.Key()[hashBytes], func(i, j int) {
		if err == nil {
			err = s.pair(members, i, j)
		}
	})
	if overfull {
		s.report.Overfull++
	}
	if some {
		s.report.appendPartial(t.Key())
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
	if s.complete {
		if pair, household, known := s.previous.pair(members[i].Ordinal, members[j].Ordinal); known {
			s.report.Reused++
			return s.keep(members[i].Ordinal, members[j].Ordinal, &pair, household)
		}
	}
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
	pair := scoredPair{Odds: float32(found.Odds)}
	if pair.Odds >= leastOdds {
		s.weights = s.model.AppendWeights(s.weights[:0], &found)
		pair.Weights = s.weights
	}
	return s.keep(a.Ordinal, b.Ordinal, &pair, s.model.LivesTogether(a, b, &found))
}

// keep writes what is worth it.
func (s *pairScorer) keep(a, b uint32, pair *scoredPair, household bool) error {
	pair.A, pair.B = min(a, b), max(a, b)
	if pair.Odds >= leastOdds {
		if err := s.files.pairs.add(pair.append); err != nil {
			return err
		}
	}
	if household {
		return s.files.households.Add(&householdRow{int64(pair.A), int64(pair.B)})
	}
	return nil
}
