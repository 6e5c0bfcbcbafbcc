package resolve

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"
)

// Kinds of values whose frequency counts: an agreement on a rare value says more.
const (
	kindGiven      = iota // Latin letters or pinyin
	kindHanGiven          // characters
	kindFamily            //
	kindHanFamily         //
	kindName              // given and family name together
	kindExtra             //
	kindBirth             //
	kindCity              //
	kindPostcode          //
	kindStreet            //
	kindPhone             //
	kindEmail             //
	kindLocal             // local part of an e-mail address
	kindCompany           //
	kindOccupation        //
	kindText              // the first of the free columns
	kinds          = kindText + freeColumns
)

// Frequencies tell how frequent values are, estimated from a sample of the records.
//
// What counts is how many other customers have a value, but records are counted: those of the
// customer himself are taken off, Own on average.
type Frequencies struct {
	Own    float64 // records of the sample that a record's customer has on average, itself included
	Kinds  [kinds]KindFrequency
	counts map[uint64]uint32 // by hash of kind and value, of values that are more frequent than the floor
	hashes [kinds][]uint64   // of the counts
}

// KindFrequency is what is known of the values of one kind.
type KindFrequency struct {
	Values int     // values in the sample, equal ones counted each time
	Agree  float64 // probability that those of two customers are equal
}

// Of a value that nobody else in the sample has, this share of a customer, or at least so many
// records, may have been missed.
const (
	missedCustomers = .3
	missedRecords   = 2
)

// missed is the number of records that others may have of a value that is not known to be theirs.
func (f *Frequencies) missed() float64 { return max(missedRecords, missedCustomers*f.Own) }

// others is how many of the records with a value are other customers'.
func (f *Frequencies) others(count float64) float64 { return max(f.missed(), count-f.Own) }

func valueHash(kind int, value string) uint64 { return xxh3.HashStringSeed(value, uint64(kind)+1) }

// CountFrequencies counts the values of a sample, of which a customer has own records on average.
func CountFrequencies(sample []Features, own float64) *Frequencies {
	f := &Frequencies{Own: own, counts: map[uint64]uint32{}}
	var all [kinds]map[uint64]uint32
	for kind := range all {
		all[kind] = map[uint64]uint32{}
	}
	for i := range sample {
		sample[i].values(func(kind int, value string) {
			if value != "" {
				all[kind][valueHash(kind, value)]++
				f.Kinds[kind].Values++
			}
		})
	}
	for kind, counts := range all {
		n := float64(f.Kinds[kind].Values)
		if n == 0 {
			continue
		}
		sizes := map[uint32]int{} // how many values have a count: sums of floats need an order
		for hash, c := range counts {
			sizes[c]++
			if float64(c)-own > f.missed() {
				f.put(kind, hash, c)
			}
		}
		agree := 0.0
		for _, c := range slices.Sorted(maps.Keys(sizes)) {
			agree += float64(sizes[c]) * float64(c) * f.others(float64(c))
		}
		f.Kinds[kind].Agree = min(1, agree/(n*n))
	}
	return f
}

func (f *Frequencies) put(kind int, hash uint64, count uint32) {
	f.counts[hash] = count
	f.hashes[kind] = append(f.hashes[kind], hash)
}

// of lists the counts of a kind by the hexadecimal hash of the value.
func (f *Frequencies) of(kind int) map[string]uint32 {
	out := make(map[string]uint32, len(f.hashes[kind]))
	for _, hash := range f.hashes[kind] {
		out[strconv.FormatUint(hash, 16)] = f.counts[hash]
	}
	return out
}

// values lists the values whose frequency counts.
func (f *Features) values(each func(kind int, value string)) {
	each(kindGiven, f.Given)
	each(kindHanGiven, f.HanGiven)
	each(kindFamily, f.Family)
	each(kindHanFamily, f.HanFamily)
	each(kindName, f.fullName())
	for _, v := range f.Extra {
		each(kindExtra, v)
	}
	each(kindBirth, f.Birth)
	each(kindCity, f.City)
	each(kindPostcode, f.Postcode)
	each(kindStreet, f.Street)
	for _, v := range f.Phones {
		each(kindPhone, v)
	}
	for _, v := range f.Emails {
		each(kindEmail, v)
		local, _, _ := strings.Cut(v, "@")
		each(kindLocal, local)
	}
	each(kindCompany, f.Company)
	each(kindOccupation, f.Occupation)
	for i, v := range f.Texts {
		each(kindText+i, v)
	}
}

// fullName is given and family name in either order; empty unless both are known.
func (f *Features) fullName() string {
	given, family := f.Given, f.Family
	if f.HanGiven != "" && f.HanFamily != "" {
		given, family = f.HanGiven, f.HanFamily
	}
	if given == "" || family == "" {
		return ""
	}
	return min(given, family) + " " + max(given, family)
}

// namesakes is the share of records that have this full name and are somebody else's, as far as
// they are known.
func (f *Frequencies) namesakes(name string) float64 {
	if c := f.counts[valueHash(kindName, name)]; c > 0 {
		return f.others(float64(c)) / float64(f.Kinds[kindName].Values)
	}
	return 0
}

// frequency of a value among other customers.
func (f *Frequencies) frequency(kind int, value string) float64 {
	k := &f.Kinds[kind]
	if k.Values == 0 {
		return 1
	}
	return min(1, f.others(float64(f.counts[valueHash(kind, value)]))/float64(k.Values))
}

// rarity is what agreement on this value says more than agreement on an average one, in bits:
// Splink's term frequency adjustment.
func (f *Frequencies) rarity(kind int, value string) float64 {
	k := &f.Kinds[kind]
	if k.Values == 0 {
		return 0
	}
	return math.Log2(k.Agree / f.frequency(kind, value))
}
