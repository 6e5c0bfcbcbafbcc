package evaluate

import "slices"

// Quality is precision, recall and their harmonic mean. Where nothing was claimed precision is
// 1, and where there is nothing to find recall is 1: no claim was wrong and nothing was lost.
type Quality struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// quality of sums: what is right, what was claimed, what is true.
func quality(right, claimed, truth float64) Quality {
	q := Quality{Precision: 1, Recall: 1}
	if claimed > 0 {
		q.Precision = right / claimed
	}
	if truth > 0 {
		q.Recall = right / truth
	}
	return q.withF1()
}

func (q Quality) withF1() Quality {
	if q.Precision+q.Recall > 0 {
		q.F1 = 2 * q.Precision * q.Recall / (q.Precision + q.Recall)
	}
	return q
}

// Counts are what all measures follow from. Pairs are unordered, of two labelled records.
type Counts struct {
	Records      int   // labelled records
	Clusters     int   // that hold some
	Entities     int   // that have some
	Exact        int   // clusters that hold all of one entity and nothing else
	Largest      int   // labelled records of the largest cluster
	LargestTruth int   // and of the largest entity
	FalseMerges  int   // sum over clusters of entities in it minus one
	Together     int64 // pairs in one cluster
	True         int64 // pairs of one entity
	Right        int64 // pairs of one entity in one cluster
	// Sums over records of the B-cubed precision and recall (Bagga and Baldwin 1998): the
	// share of its cluster that is its entity's, and the share of its entity that is in its cluster.
	bPrecision, bRecall float64
}

// Pairwise is the quality of the pairs that were brought together.
func (c *Counts) Pairwise() Quality {
	return quality(float64(c.Right), float64(c.Together), float64(c.True))
}

// BCubed is the mean quality of a record's cluster.
func (c *Counts) BCubed() Quality {
	n := float64(max(c.Records, 1))
	return Quality{Precision: c.bPrecision / n, Recall: c.bRecall / n}.withF1()
}

// pairsOf is the number of pairs of n records.
func pairsOf(n int64) int64 { return n * (n - 1) / 2 }

// Count compares two partitions of the records that have an entity. cluster and entity are
// dense numbers by record, which Count may exceed in no way; None is no entity.
func Count(cluster, entity []uint32) Counts {
	var c Counts
	keys := make([]uint64, 0, len(entity))
	clusterSize, entitySize := make([]int64, size(cluster)), make([]int64, size(entity))
	for i, e := range entity {
		if e != None {
			keys = append(keys, uint64(cluster[i])<<32|uint64(e))
			clusterSize[cluster[i]]++
			entitySize[e]++
		}
	}
	slices.Sort(keys)
	c.Records = len(keys)
	c.Clusters, c.Largest, c.Together = sizes(clusterSize)
	c.Entities, c.LargestTruth, c.True = sizes(entitySize)
	cells := 0
	for start := 0; start < len(keys); {
		end := start + 1
		for end < len(keys) && keys[end] == keys[start] {
			end++
		}
		n, ofCluster, ofEntity := int64(end-start), clusterSize[keys[start]>>32], entitySize[uint32(keys[start])]
		c.Right += pairsOf(n)
		c.bPrecision += float64(n) * float64(n) / float64(ofCluster)
		c.bRecall += float64(n) * float64(n) / float64(ofEntity)
		if n == ofCluster && n == ofEntity {
			c.Exact++
		}
		cells++
		start = end
	}
	c.FalseMerges = cells - c.Clusters
	return c
}

// size is one more than the largest number.
func size(numbers []uint32) int {
	n := 0
	for _, v := range numbers {
		if v != None {
			n = max(n, int(v)+1)
		}
	}
	return n
}

func sizes(size []int64) (parts, largest int, pairs int64) {
	for _, n := range size {
		if n > 0 {
			parts++
		}
		largest = max(largest, int(n))
		pairs += pairsOf(n)
	}
	return parts, largest, pairs
}
