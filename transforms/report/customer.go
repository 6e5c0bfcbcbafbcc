package report

import "time"

// Customer is what the page of one customer shows. Contact data are in it only where Contacts says
// so; money is in ten-thousandths of the reporting currency.
type Customer struct {
	Project, Currency string
	RunID             string
	AsOf              int32
	Location          *time.Location // whose days the page shows; nil = UTC
	Contacts          bool

	CustomerID string
	Name       string // empty without contacts
	FormerIDs  []string
	Absent     bool // all records are deleted, or accounts that many share: no value is known

	Golden, Measures []LabelledField // of table customers: stated by sources, and measured
	CLV, Churn, Tier []LabelledField
	Reasons          []ChurnReason
	Segments         []CustomerSegment
	Plays            []CustomerPlay
	Audiences        []CustomerAudience
	Relations        []CustomerRelation

	Records   []SourceRecord
	Links     []RecordLink // that hold the records together, strongest first
	Parts     int          // that no link holds together, where there are several
	Conflicts []RecordConflict
	Events    []CustomerEvent

	Moments []Moment // in the order of time
}

// LabelledField is one filled column.
type LabelledField struct {
	Name, NameZH, Value string
	Source              string // that won; empty for what is measured
	Losing              string // values of other sources
}

// ChurnReason is one reason of a churn score.
type ChurnReason struct {
	Text   string
	Effect float64
}

// CustomerSegment is a segment that the customer is in.
type CustomerSegment struct {
	Scheme, Segment, Since, Previous       string
	NameEN, NameZH, StrategyEN, StrategyZH string
}

// CustomerPlay is something to do for the customer.
type CustomerPlay struct {
	Play, ReasonEN, ReasonZH, Channel, Owner, BestDay string
	Priority                                          int64
	Control                                           bool // not to be contacted
}

// CustomerAudience is an audience that the customer is in, or is held back from.
type CustomerAudience struct{ Audience, Status, HeldReason, Change string }

// CustomerRelation is a relation to another customer.
type CustomerRelation struct{ From, Relation, To string }

// SourceRecord is one source record of the customer.
type SourceRecord struct {
	Source, SourceID, Reference, Rule, FirstRunID string
	Probability                                   *float64
}

// RecordLink holds two records together.
type RecordLink struct {
	Left, Right, Rule string
	Probability       *float64
	Weights           []LinkWeight
}

// LinkWeight is what one comparison says, in bits.
type LinkWeight struct {
	Comparison, Level string
	Bits              float64
	Values            string // of both records; empty without contacts
}

// RecordConflict is a link that was refused.
type RecordConflict struct{ Left, Right, Rule, Reason, Values string }

// CustomerEvent is a change of the customer's id.
type CustomerEvent struct{ RunID, Event, CustomerID, Other, Cause string }

// Moment is one thing that happened.
type Moment struct {
	Time                             int64 // microseconds since 1970-01-01 UTC
	Kind                             string
	What                             string // status, kind of contact ...
	Stage, Channel, Campaign, Source string
	Items                            []string // products, topic, plan ...
	Amount, Points                   *int64
	Score                            *float64
	ScoreKind                        string
	Note                             string
	NoteDays                         int64 // of NoteResolved
}

// Kinds of moments.
const (
	MomentOrder        = "order"
	MomentService      = "service"
	MomentSent         = "sent"
	MomentTouch        = "touch"
	MomentConsent      = "consent"
	MomentLoyalty      = "loyalty"
	MomentTier         = "tier"
	MomentDeal         = "deal"
	MomentSubscription = "subscription"
	MomentTrait        = "trait"
)

// Notes of moments.
const (
	NoteNotCounted = "not_counted"
	NoteClicked    = "clicked"
	NoteOpened     = "opened"
	NoteDelivered  = "delivered"
	NoteResolved   = "resolved"
	NoteExpected   = "expected"
)
