// Package report holds what the last stage of a run computes and shows: the calendar and
// channel dimensions, the data-quality measures, and the HTML page with its charts. It reads
// no files; the stage hands it counts and gets rows and bytes back. Equal input gives equal bytes.
package report

import "github.com/tributary-cdp/tributary/schemas"

// Data is what the page shows. Money is in ten-thousandths of the reporting currency. Nothing
// here names or reaches a person.
type Data struct {
	Project  string
	RunID    string
	Parent   string // run before; empty for a first one
	AsOf     int32
	Currency string

	Sources  []Source
	Accounts []FileAccount

	Identity  Identity
	Orders    OrderTotals
	KPI       []schemas.KPI
	RFM       RFM
	Segments  []schemas.SegmentSummary
	Churn     []ChurnBand // in the order of ChurnBands
	CLV       CLV
	Revenue   []schemas.RevenueReconciliation
	Quality   []schemas.DataQuality
	Audiences []schemas.Audience
	Tables    []TableCount

	Concentration Concentration
	Cohorts       []CohortMonth
	Channels      []schemas.ChannelPerformance
	Journeys      []schemas.JourneyPath // the most trodden first
	Feedback      []schemas.FeedbackSummary
	Pains         []schemas.PainPoint
	Moves         []schemas.SegmentMigration
	Events        []NameCount // changes of customer ids in this run
	Before        *Before     // nil for a first run, and where the run before is gone
}

// Source is one source of the config and what was read of it.
type Source struct {
	Name, Profile                     string
	Files                             int64
	Bytes                             int64 // on disk
	Accepted, Skipped, Rejected       int64 // rows
	Issues                            int64 // unusable optional values
	Parties, Orders, Others, Unlisted int64 // records; Unlisted: files without accounts (unreadable)
}

// Identity says how many source records became how many customers.
type Identity struct {
	Parties       int64
	Customers     int64
	Persons       int64
	Organizations int64
	Joined        int64 // parties whose customer has other parties too
	Sizes         []SizeCount
	Rules         []NameCount // parties by the rule that joined them
	Conflicts     []NameCount // links by the reason why they were not used

	Threshold     float64    // probability from which clusters were joined; 0: the run does not say
	Chosen        bool       // the program chose it
	ExpectedFalse float64    // merges of the model that are expected to be false
	Merges        int64      // of the model
	Bands         [][2]int64 // pairs that were compared, by Band of their probability: accepted, refused
	Weights       []ComparisonWeights
	Blocks        []Block // rules that bring records together, the largest block first
	Doubtful      []Doubt // customers with the least sure link, the most doubtful first
}

// ComparisonWeights are the levels of one comparison that say most.
type ComparisonWeights struct {
	Name   string
	Levels []LevelWeight
}

// LevelWeight is what one level of agreement adds to the odds of a pair.
type LevelWeight struct {
	Level string
	Bits  float64
	Share float64 // of the pairs of one customer
}

// Block is one rule of blocks.
type Block struct {
	Rule           string
	Pairs, Matches int64 // estimated
	Largest        int64 // records of its most frequent key
}

// Doubt is a customer whose least sure record was joined with this probability.
type Doubt struct {
	CustomerID  string
	Probability float64
	Records     int64
}

// bandEdges are the probabilities between bands of pairs.
var bandEdges = []float64{.05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, .999, .9999}

// Bands is the number of bands of probability.
const Bands = 15

// Band is the band that a probability lies in.
func Band(probability float64) int {
	band := 0
	for band < len(bandEdges) && probability >= bandEdges[band] {
		band++
	}
	return band
}

// SizeCount counts customers by the number of their source records.
type SizeCount struct{ Size, Customers int64 }

// NameCount counts by name.
type NameCount struct {
	Name  string
	Count int64
}

// OrderTotals sums up orders.
type OrderTotals struct {
	Orders    int64 // rows of orders
	Counting  int64 // of customers, with revenue that counts
	Revenue   int64 // of customers
	Anonymous int64 // revenue of orders without a customer
}

// RFM is the grid of buyers by recency and frequency score, and their ABC classes.
type RFM struct {
	Grid  [5][5]Sum // by R-1, F-1
	ABC   [3]Sum    // A, B, C
	Basis string    // margin, revenue, or both
	Total Sum
}

// Sum is a number of customers and their revenue.
type Sum struct{ Customers, Revenue int64 }

// Add counts a customer.
func (s *Sum) Add(revenue int64) {
	s.Customers++
	s.Revenue += revenue
}

// Merge adds another sum.
func (s *Sum) Merge(o Sum) {
	s.Customers += o.Customers
	s.Revenue += o.Revenue
}

// ChurnBand counts customers by the risk that they buy no more.
type ChurnBand struct {
	Band        string
	Customers   int64
	ValueAtRisk int64
	ByClass     [3]RiskSum // A, B, C
}

// RiskSum is a number of customers and what may be lost with them.
type RiskSum struct{ Customers, ValueAtRisk int64 }

// CohortMonth is how many of the customers of a month of first orders order again some months later.
type CohortMonth struct {
	Cohort, Channel string
	Since           int64 // months
	Customers       int64 // of the cohort
	Retention       *float64
	LTV             *int64 // cumulative, per customer
}

// CLV sums the value of the next 12 months up by tenths of the customers, most valuable first.
type CLV struct {
	Model   string
	Basis   string
	Deciles []Sum // Revenue holds the value of the next 12 months
	Total   Sum
}

// Deciles cuts values, sorted from the largest, into tenths whose sizes differ by one at most.
func Deciles(values []int64) []Sum {
	if len(values) == 0 {
		return nil
	}
	const tenths = 10
	out := make([]Sum, tenths)
	for i, v := range values {
		out[i*tenths/len(values)].Add(v)
	}
	return out
}

// TableCount is one table of the run.
type TableCount struct {
	Name  string
	Label schemas.Label
	Rows  int64
	Bytes int64
	Empty bool // has no rows by design so far
}
