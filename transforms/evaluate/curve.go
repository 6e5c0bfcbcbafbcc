package evaluate

import "math"

// Link is a row of identity_link: a pair of records that was compared.
type Link struct {
	A, B        uint32  // records
	Probability float64 // Rule without one: NaN
	Accepted    bool
	Rule        uint16 // number of the rule's name
}

// ByRule tells that a rule made the link, which has no probability.
func (l *Link) ByRule() bool { return math.IsNaN(l.Probability) }

// thresholds of the curve.
var thresholds = []float64{0, .01, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, .995, .999, .9999, 1}

// Point is the quality at one threshold.
type Point struct {
	Threshold float64 `json:"threshold"`
	Quality
}

// eachThreshold joins the records that links of at least a threshold connect, from the highest
// threshold down, and calls each at every one with its place in the curve. Links by rule count
// as 1 where they were accepted and not at all where they were not.
func eachThreshold(f *forest, links []Link, each func(at int)) {
	steps := make([]uint8, len(links)) // last threshold that the link reaches; len(thresholds): none
	const never = math.MaxUint8
	for i := range links {
		switch l := &links[i]; {
		case l.ByRule() && l.Accepted:
			steps[i] = uint8(len(thresholds) - 1)
		case l.ByRule() || l.Probability < thresholds[0]:
			steps[i] = never
		default:
			for at := len(thresholds) - 1; at >= 0; at-- {
				if l.Probability >= thresholds[at] {
					steps[i] = uint8(at)
					break
				}
			}
		}
	}
	for at := len(thresholds) - 1; at >= 0; at-- {
		for i, step := range steps {
			if int(step) == at {
				f.join(links[i].A, links[i].B)
			}
		}
		each(at)
	}
}

// Curve is the pairwise quality of the connected components over links of at least each
// threshold, without vetoes, repair or limits. truth is the number of pairs of one entity.
func Curve(entity []uint32, links []Link, truth int64) []Point {
	f := newForest(entity)
	points := make([]Point, len(thresholds))
	eachThreshold(f, links, func(at int) {
		points[at] = Point{thresholds[at], quality(float64(f.Right), float64(f.Together), float64(truth))}
	})
	return points
}
