package evaluate

import (
	"slices"
	"strings"
)

// TagQuality is the quality of the pairs that a tag touches: those of two labelled records of
// which at least one has the tag.
type TagQuality struct {
	Tag     string `json:"tag"`
	Records int    `json:"records"` // labelled records that have the tag
	Pairs   Pairs  `json:"pairs"`
	Quality
}

// tagSeparator stands between the tags of one record.
const tagSeparator = "|"

// ByTag measures how well records with each tag are found, in order of the tags. tags gives
// the tags of records as Labels whose entities are lists of tags; see ParseTags.
func (r *Run) ByTag(tags *Labels) []TagQuality {
	records := map[string][]uint32{}
	lists := make([][]string, len(tags.Entities))
	for i, text := range tags.Entities {
		for _, tag := range strings.Split(text, tagSeparator) {
			if tag = strings.TrimSpace(tag); tag != "" && !slices.Contains(lists[i], tag) {
				lists[i] = append(lists[i], tag)
			}
		}
	}
	for i, list := range tags.EntityOf(len(r.Cluster)) {
		if list == None || r.Entity[i] == None {
			continue
		}
		for _, tag := range lists[list] {
			records[tag] = append(records[tag], uint32(i))
		}
	}
	sizes := r.partSizes()
	out := []TagQuality{}
	for tag, list := range records {
		pairs := Pairs{
			True:     touched(list, sizes.entity, func(i uint32) uint64 { return uint64(r.Entity[i]) }),
			Together: touched(list, sizes.cluster, func(i uint32) uint64 { return uint64(r.Cluster[i]) }),
			Right:    touched(list, sizes.cell, r.cell),
		}
		out = append(out, TagQuality{tag, len(list), pairs, quality(float64(pairs.Right), float64(pairs.Together), float64(pairs.True))})
	}
	slices.SortFunc(out, func(a, b TagQuality) int { return strings.Compare(a.Tag, b.Tag) })
	return out
}

// cell is one number for the cluster and the entity of a record.
func (r *Run) cell(i uint32) uint64 { return uint64(r.Cluster[i])<<32 | uint64(r.Entity[i]) }

// partSizes are the numbers of labelled records of all parts.
type partSizes struct{ entity, cluster, cell map[uint64]int64 }

func (r *Run) partSizes() partSizes {
	s := partSizes{map[uint64]int64{}, map[uint64]int64{}, map[uint64]int64{}}
	for i, e := range r.Entity {
		if e != None {
			s.entity[uint64(e)]++
			s.cluster[uint64(r.Cluster[i])]++
			s.cell[r.cell(uint32(i))]++
		}
	}
	return s
}

// touched counts the pairs within parts of which at least one record is listed: all pairs of a
// part but those of records that are not listed.
func touched(list []uint32, size map[uint64]int64, part func(uint32) uint64) int64 {
	listed := map[uint64]int64{}
	for _, i := range list {
		listed[part(i)]++
	}
	pairs := int64(0)
	for key, n := range listed {
		pairs += pairsOf(size[key]) - pairsOf(size[key]-n)
	}
	return pairs
}
