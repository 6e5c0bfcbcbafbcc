// Package schemas is the contract between the parts of Tributary: the canonical
// records that flow between stages, the output tables that others read, the source
// profiles and the grammar of the config file. It holds data and descriptions only;
// behaviour lives in transforms.
//
// Conventions that hold for every struct here:
//   - text is UTF-8; the empty string means null;
//   - a pointer to a number is null when nil; a plain number is never null;
//   - money in records is int64 minor units of the ISO 4217 currency beside it;
//   - money in tables is int64 ten-thousandths of the reporting currency (NUMERIC, scale 4);
//   - times are int64 microseconds since 1970-01-01 UTC, 0 means null;
//   - days are int32 days since 1970-01-01, 0 means null.
package schemas

import "strings"

// Record kinds, in the spelling that profiles, mappings and folders use.
const (
	KindParty        = "party"
	KindTrait        = "trait"
	KindOrder        = "order"
	KindOrderLine    = "order_line"
	KindProduct      = "product"
	KindOpportunity  = "opportunity"
	KindSubscription = "subscription"
	KindLoyaltyEvent = "loyalty_event"
	KindInteraction  = "interaction"
	KindBehaviour    = "behaviour"
	KindConsent      = "consent"
	KindCampaignCost = "campaign_cost"
)

// Meta is what every canonical record carries: where it came from and which version it is.
//
// A reference is Namespace + ":" + Object + ":" + Key; the same reference in two
// sources is one record.
type Meta struct {
	System      string `parquet:"system,dict"`          // system that made the export: salesforce, taobao ...
	Source      string `parquet:"source,dict"`          // name of the source in the config
	Namespace   string `parquet:"namespace,dict"`       // the source's namespace, else the system, else the source's name
	Object      string `parquet:"object,dict"`          // contact, account, lead, user, order ...
	Key         string `parquet:"key"`                  // key as in the export, after unquoting; list keys joined by "|"
	File        string `parquet:"file,dict"`            // file name below the source's folder; "archive.zip!member" in an archive
	Row         int64  `parquet:"row"`                  // 1-based data row (header not counted) in File
	UpdatedAt   int64  `parquet:"updated_at"`           // last change in the source system, microseconds UTC; 0 = unknown
	ContentHash uint64 `parquet:"content_hash"`         // xxh3 of the mapped cells of the row
	Derived     bool   `parquet:"derived"`              // made from a row of another kind (buyer of an order ...): fills nulls only
	Deleted     bool   `parquet:"deleted"`              // tombstone: the source says this record is deleted or void
	RowBytes    int64  `parquet:"row_bytes"`            // bytes of the row, on the one record that stands for its row in the accounts (the layout's grain); else 0
	MergedInto  string `parquet:"merged_into,optional"` // reference that this record was merged into in its own system
}

// Reference returns the record's namespace:object:key.
func (m *Meta) Reference() string { return m.Namespace + ":" + m.Object + ":" + m.Key }

// CompareReference compares two references as texts.
func (m *Meta) CompareReference(o *Meta) int {
	if m.Namespace == o.Namespace && m.Object == o.Object {
		return strings.Compare(m.Key, o.Key)
	}
	return strings.Compare(m.Reference(), o.Reference())
}

// Contact point status, see Contact.
const (
	ContactValid   = "valid"   // can identify and can be reached
	ContactMasked  = "masked"  // hidden characters (138****8000): never an identifier
	ContactVirtual = "virtual" // a platform's number or relay address: never an identifier
	ContactJunk    = "junk"    // placeholder (13800138000, test@test.com): never an identifier
	ContactInvalid = "invalid" // cannot be read as a phone number or address

	// ContactRecipient is sound, but of somebody to whom an account had goods sent: never an
	// identifier of the account.
	ContactRecipient = "recipient"
)

// Contact is one phone number or e-mail address as written and as normalised.
type Contact struct {
	Raw    string `parquet:"raw"`            // as in the export
	Value  string `parquet:"value,optional"` // E.164 for phones, canonical form for e-mail; empty unless valid, junk or recipient
	Status string `parquet:"status,dict"`    // ContactValid ...
}

// NameValue is a named text: a further identifier (id.NAME) or a text that tells persons apart (text.NAME).
type NameValue struct {
	Name  string `parquet:"name,dict"`
	Value string `parquet:"value"`
}

// Party kinds and roles.
const (
	Person       = "person"
	Organization = "organization"

	RoleBuyer     = "buyer"
	RoleRecipient = "recipient"
	RolePayer     = "payer"
	RoleContact   = "contact"
	RoleDealer    = "dealer"
	RoleLead      = "lead"
	RoleOneTime   = "one_time" // an account that many buyers share (ERP): never anybody's key
)

// ObjectOneTime is the object of an account that many buyers share: a name that no order
// refers to, so that orders of such an account are anonymous.
const ObjectOneTime = "one_time_account"

// Party is one view of a person or organization in one system.
type Party struct {
	Meta
	Kind               string      `parquet:"kind,dict"` // Person or Organization
	Role               string      `parquet:"role,dict"`
	FullName           string      `parquet:"full_name,optional"`
	GivenName          string      `parquet:"given_name,optional"`
	FamilyName         string      `parquet:"family_name,optional"`
	Gender             string      `parquet:"gender,optional,dict"`    // female, male, other
	BirthDate          int32       `parquet:"birth_date"`              // days; 0 = unknown
	BirthDateRaw       string      `parquet:"birth_date_raw,optional"` // text that could not be read as a date (still evidence)
	Phones             []Contact   `parquet:"phones"`
	Emails             []Contact   `parquet:"emails"`
	Street             string      `parquet:"street,optional"`
	District           string      `parquet:"district,optional"`
	City               string      `parquet:"city,optional"`
	Province           string      `parquet:"province,optional"`
	Postcode           string      `parquet:"postcode,optional"`
	Country            string      `parquet:"country,optional,dict"` // ISO 3166-1 alpha-2 where it can be told
	Company            string      `parquet:"company,optional"`
	Industry           string      `parquet:"industry,optional,dict"`
	CompanySize        string      `parquet:"company_size,optional,dict"`
	Department         string      `parquet:"department,optional"`
	Occupation         string      `parquet:"occupation,optional"`
	IncomeBand         string      `parquet:"income_band,optional,dict"`
	Language           string      `parquet:"language,optional,dict"` // BCP 47
	RegisteredAt       int64       `parquet:"registered_at"`
	AcquisitionChannel string      `parquet:"acquisition_channel,optional,dict"`
	CampaignID         string      `parquet:"campaign_id,optional,dict"`
	ReferrerRef        string      `parquet:"referrer_ref,optional"` // reference of who referred this party
	Owner              string      `parquet:"owner,optional,dict"`
	AccountRef         string      `parquet:"account_ref,optional"`  // reference of the organization a contact belongs to
	CustomerRef        string      `parquet:"customer_ref,optional"` // reference of the same person elsewhere
	Tier               string      `parquet:"tier,optional,dict"`
	FirstSeen          int64       `parquet:"first_seen"` // earliest time the row shows these contact data in use; 0 = unknown
	LastSeen           int64       `parquet:"last_seen"`
	Shown              int64       `parquet:"shown"` // derived: different rows that show this name; 0 or 1 = one row
	IDs                []NameValue `parquet:"ids"`   // id.NAME: unionid, openid, loyalty, vat, nick ...
	Texts              []NameValue `parquet:"texts"` // text.NAME
	OptOutEmail        bool        `parquet:"opt_out_email"`
	OptOutPhone        bool        `parquet:"opt_out_phone"`
}

// Trait is one statement about a customer: a tag, a survey answer, a field of a lead form.
type Trait struct {
	Meta
	CustomerRef string `parquet:"customer_ref"`
	Name        string `parquet:"name,dict"` // interest, need, lifestyle, value ...
	Value       string `parquet:"value"`
	Time        int64  `parquet:"time"`
}

// Order status.
const (
	OrderCreated   = "created"
	OrderPaid      = "paid"
	OrderShipped   = "shipped"
	OrderCompleted = "completed"
	OrderCancelled = "cancelled"
	OrderReturned  = "returned"
)

// Order is one sale (or return) as one system shows it. Amounts are minor units of Currency.
// Key is order_id.
type Order struct {
	Meta
	CustomerRef     string `parquet:"customer_ref,optional"` // reference of the buyer; empty = anonymous
	Time            int64  `parquet:"time"`
	Status          string `parquet:"status,dict"`
	Currency        string `parquet:"currency,dict"`
	Gross           *int64 `parquet:"gross,optional"`    // goods before discount, tax, shipping
	Discount        *int64 `parquet:"discount,optional"` // positive = taken off
	Shipping        *int64 `parquet:"shipping,optional"`
	Tax             *int64 `parquet:"tax,optional"`
	Refund          *int64 `parquet:"refund,optional"` // positive = given back
	Net             *int64 `parquet:"net,optional"`    // as the source states it: goods after discount, without tax and shipping
	Cost            *int64 `parquet:"cost,optional"`
	Total           *int64 `parquet:"total,optional"` // what the buyer paid in all, as the source states it
	Channel         string `parquet:"channel,optional,dict"`
	Store           string `parquet:"store,optional,dict"`
	CampaignID      string `parquet:"campaign_id,optional,dict"`
	Coupon          string `parquet:"coupon,optional,dict"`
	CrossRef        string `parquet:"cross_ref,optional"` // order number of the same sale in another system
	CountsAsRevenue bool   `parquet:"counts_as_revenue"`  // the source counts as revenue
}

// OrderLine is one line of an order. Key is order_id|line_no.
type OrderLine struct {
	Meta
	OrderID          string   `parquet:"order_id"`
	OrderObject      string   `parquet:"order_object,dict"`     // object of the order's reference
	CustomerRef      string   `parquet:"customer_ref,optional"` // the order's; filled where lines meet their order
	LineNo           string   `parquet:"line_no"`
	SKU              string   `parquet:"sku,optional"`
	Product          string   `parquet:"product,optional,dict"`
	Category         string   `parquet:"category,optional,dict"`
	Brand            string   `parquet:"brand,optional,dict"`
	Quantity         *float64 `parquet:"quantity,optional"`
	Currency         string   `parquet:"currency,optional,dict"`
	UnitPrice        *int64   `parquet:"unit_price,optional"`
	Discount         *int64   `parquet:"discount,optional"`
	Amount           *int64   `parquet:"amount,optional"` // after discount, without tax
	ReturnedQuantity *float64 `parquet:"returned_quantity,optional"`
	Time             int64    `parquet:"time"`
}

// Product is an item that can be sold. Key is the SKU.
type Product struct {
	Meta
	SKU       string `parquet:"sku"`
	Name      string `parquet:"name,optional"`
	Category  string `parquet:"category,optional,dict"`
	Brand     string `parquet:"brand,optional,dict"`
	Currency  string `parquet:"currency,optional,dict"`
	UnitCost  *int64 `parquet:"unit_cost,optional"`
	ListPrice *int64 `parquet:"list_price,optional"`
}

// Opportunity is a possible or closed deal; never an order.
type Opportunity struct {
	Meta
	CustomerRef   string   `parquet:"customer_ref,optional"`
	Name          string   `parquet:"name,optional"`
	Stage         string   `parquet:"stage,optional,dict"`
	Amount        *int64   `parquet:"amount,optional"`
	Currency      string   `parquet:"currency,optional,dict"`
	Probability   *float64 `parquet:"probability,optional"` // 0..1
	ExpectedClose int32    `parquet:"expected_close"`       // days
	ClosedAt      int64    `parquet:"closed_at"`
	Won           *bool    `parquet:"won,optional"` // null while open
	Owner         string   `parquet:"owner,optional,dict"`
	Channel       string   `parquet:"channel,optional,dict"`
	CampaignID    string   `parquet:"campaign_id,optional,dict"`
	Need          string   `parquet:"need,optional"`
	CreatedAt     int64    `parquet:"created_at"`
}

// Subscription is a running contract.
type Subscription struct {
	Meta
	CustomerRef    string `parquet:"customer_ref,optional"`
	Plan           string `parquet:"plan,optional,dict"`
	Status         string `parquet:"status,dict"` // trial, active, paused, cancelled
	Started        int64  `parquet:"started"`
	TrialEnd       int64  `parquet:"trial_end"`
	Ends           int64  `parquet:"ends"`
	CancelledAt    int64  `parquet:"cancelled_at"`
	AmountPerMonth *int64 `parquet:"amount_per_month,optional"`
	Currency       string `parquet:"currency,optional,dict"`
}

// LoyaltyEvent is a movement of points or a change of tier.
type LoyaltyEvent struct {
	Meta
	CustomerRef string `parquet:"customer_ref"`
	Kind        string `parquet:"kind,dict"` // earn, redeem, expire, adjust, tier
	Points      *int64 `parquet:"points,optional"`
	Tier        string `parquet:"tier,optional,dict"`
	Time        int64  `parquet:"time"`
}

// Interaction is a ticket, call, chat, survey answer, comment or lead.
type Interaction struct {
	Meta
	CustomerRef       string   `parquet:"customer_ref,optional"`
	Kind              string   `parquet:"kind,dict"` // ticket, call, chat, email, message, visit, survey, comment, review, social, lead, event
	Channel           string   `parquet:"channel,optional,dict"`
	Direction         string   `parquet:"direction,optional,dict"` // in, out
	Time              int64    `parquet:"time"`
	FirstResponseTime int64    `parquet:"first_response_time"`
	ResolvedTime      int64    `parquet:"resolved_time"`
	Status            string   `parquet:"status,optional,dict"`
	Topic             string   `parquet:"topic,optional,dict"`
	Category          string   `parquet:"category,optional,dict"`
	Priority          string   `parquet:"priority,optional,dict"`
	Subject           string   `parquet:"subject,optional"` // restricted
	Text              string   `parquet:"text,optional"`    // restricted
	Score             *float64 `parquet:"score,optional"`
	ScoreKind         string   `parquet:"score_kind,optional,dict"` // nps, csat, rating
	Sentiment         string   `parquet:"sentiment,optional,dict"`
	CampaignID        string   `parquet:"campaign_id,optional,dict"`
	Product           string   `parquet:"product,optional,dict"`
	Owner             string   `parquet:"owner,optional,dict"`
	Delivered         *bool    `parquet:"delivered,optional"`
	Opened            *bool    `parquet:"opened,optional"`
	Clicked           *bool    `parquet:"clicked,optional"`
}

// Behaviour is one event of a web site, app or mini-program.
type Behaviour struct {
	Meta
	CustomerRef string `parquet:"customer_ref,optional"`
	DeviceID    string `parquet:"device_id,optional"`
	Time        int64  `parquet:"time"`
	Name        string `parquet:"name,dict"` // page_view, search, add_to_cart, login ...
	Page        string `parquet:"page,optional"`
	Product     string `parquet:"product,optional,dict"`
	Session     string `parquet:"session,optional"`
	Device      string `parquet:"device,optional,dict"`
	Channel     string `parquet:"channel,optional,dict"`
	CampaignID  string `parquet:"campaign_id,optional,dict"`
	Query       string `parquet:"query,optional"`
}

// Consent is one statement of a person about the use of one identifier.
type Consent struct {
	Meta
	IdentifierType string `parquet:"identifier_type,dict"` // phone, email, unionid, loyalty, customer ...
	Identifier     string `parquet:"identifier"`           // normalised like a Contact of that type
	CustomerRef    string `parquet:"customer_ref,optional"`
	Purpose        string `parquet:"purpose,dict"`          // marketing, profiling, share_ads
	Channel        string `parquet:"channel,optional,dict"` // empty = all
	Status         string `parquet:"status,dict"`           // granted, denied, withdrawn
	Basis          string `parquet:"basis,optional,dict"`
	TextVersion    string `parquet:"text_version,optional,dict"`
	Time           int64  `parquet:"time"`
	StatedSource   string `parquet:"stated_source,optional,dict"` // where the person said so, as the export names it
	Expires        int64  `parquet:"expires"`
}

// CampaignCost is what one campaign cost on one day.
type CampaignCost struct {
	Meta
	Channel     string `parquet:"channel,optional,dict"`
	CampaignID  string `parquet:"campaign_id"`
	Campaign    string `parquet:"campaign,optional,dict"`
	Day         int32  `parquet:"day"`
	Currency    string `parquet:"currency,dict"`
	Cost        *int64 `parquet:"cost,optional"`
	Impressions *int64 `parquet:"impressions,optional"`
	Clicks      *int64 `parquet:"clicks,optional"`
}

// Reject is a source row that was not accepted. Original is empty in the records: ingest writes it to the restricted folder.
type Reject struct {
	Source     string `parquet:"source,dict"`
	File       string `parquet:"file,dict"`
	Row        int64  `parquet:"row"`         // 1-based data row; 0 = the file itself
	ByteOffset int64  `parquet:"byte_offset"` // of the row's first byte in the decompressed file; -1 = unknown
	Bytes      int64  `parquet:"bytes"`       // length of the row
	Column     string `parquet:"column,optional,dict"`
	Code       string `parquet:"code,dict"`
	Message    string `parquet:"message"` // no contact data
	Original   string `parquet:"original,optional"`
}
