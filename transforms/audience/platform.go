// Package audience decides who of an audience may be told to which platform, and writes the
// platform's files. The default is to deny: without a grant of the purpose and channel that a
// platform stands for, nothing about a customer leaves.
package audience

import "slices"

// Purposes of consents.
const (
	PurposeMarketing = "marketing"
	PurposeProfiling = "profiling"
	PurposeShareAds  = "share_ads"

	// PurposeOwn is no purpose of a consent: the company's own systems, where nothing is shared
	// and nobody is contacted. Only an objection to profiling and a suppression on all channels
	// hold a customer back from them.
	PurposeOwn = ""
)

// Types of identifiers.
const (
	TypePhone    = "phone"
	TypeEmail    = "email"
	TypeCustomer = "customer"

	TypeUnionID        = "unionid"
	TypeOpenID         = "openid"
	TypeExternalUserID = "external_userid" // of WeCom
	TypeNick           = "nick"            // of Taobao
	TypeTaobaoID       = "taobao_id"
	TypeIDFA           = "idfa" // of Apple devices
	TypeGAID           = "gaid" // of Google's Android
	TypeIMEI           = "imei"
	TypeOAID           = "oaid" // of Android in China
)

// Platform is where an audience goes: what consent it needs, what identifies a customer
// there, and its files. One platform is one file of code, platform_NAME.go.
type Platform struct {
	Name        string
	Purpose     string   // purpose of the consent that is needed
	Channels    []string // channels of which one must be granted
	Identifiers []string // types of identifiers that its files hold
	Minimum     int      // smallest list that the platform takes; shorter ones are held
	// Form is an identifier as the platform matches it, before hashing; "" = it is of no use
	// there (hashed already, malformed, of another country). Nil: as it is.
	Form func(id Identifier) string
	// Hash makes what the files show of a form; nil: the form itself.
	Hash func(identifierType, form string) string
	// Consent asks for a grant beside that of Purpose, by the countries of a customer; "" = none.
	// Optional.
	Consent func(countries []string) (purpose, channel string)
	CRM     bool   // Identifiers are objects of the system of this name, whose records the files update
	Places  bool   // the files show city and province
	Facts   bool   // the files show tier, segments and scores: the company's own systems only
	Parts   []Part // what a list is made of: one file each
}

// Part is one file of a list. A part without rows is not written, but for the first.
type Part struct {
	Suffix    string // of the file's name: "" = full.csv, "idfa" = full_idfa.csv
	Extension string
	Header    []string // nil = none
	Format    Format
	MaxRows   int   // rows of one file, beyond which another is begun; 0 = no bound
	MaxBytes  int64 // likewise
	// Rows are the lines of one person, of whom the file shows Shown. For a removal a person
	// is known by CustomerID and what was shown alone.
	Rows func(p *Person, list List) [][]string
}

// List is one of the lists of a platform.
type List int

// Lists.
const (
	ListFull   List = iota // all members
	ListAdd                // what the platform was not told in the last run
	ListRemove             // what it was told, and must forget
	ListCount
)

// String is the name of the list's file.
func (l List) String() string { return [...]string{"full", "add", "remove"}[l] }

// platforms, sorted by name.
var platforms = []Platform{
	calls, csvList, email, google, hubspot, linkedin, meta, microsoft, oceanEngine, quickAudience, salesforce, sms, tencent, tiktok, weCom,
}

// Platforms lists the names of the platforms.
func Platforms() []string {
	out := make([]string, len(platforms))
	for i := range platforms {
		out[i] = platforms[i].Name
	}
	return out
}

// PlatformNamed finds a platform.
func PlatformNamed(name string) (*Platform, bool) {
	i := slices.IndexFunc(platforms, func(p Platform) bool { return p.Name == name })
	if i < 0 {
		return nil, false
	}
	return &platforms[i], true
}

// takes tells whether the platform's files hold identifiers of a type.
func (p *Platform) takes(identifierType string) bool {
	return slices.Contains(p.Identifiers, identifierType)
}

// usable tells whether the platform can match an identifier.
func (p *Platform) usable(id Identifier) bool {
	return p.takes(id.Type) && id.Value != "" && (p.Form == nil || p.Form(id) != "")
}

// shown is an identifier as the files show it; false for one that is of no use.
func (p *Platform) shown(id Identifier) (Identifier, bool) {
	if !p.usable(id) {
		return id, false
	}
	if p.Form != nil {
		id.Value = p.Form(id)
	}
	if p.Hash != nil {
		id.Value = p.Hash(id.Type, id.Value)
	}
	return id, true
}

// Identifier is one identifier of a customer.
type Identifier struct {
	Type  string
	Value string
}

// Person is one customer as files show it: the names beside the identifiers that may be shown.
type Person struct {
	CustomerID string
	Name       string
	GivenName  string
	FamilyName string
	Country    string // ISO 3166-1 alpha-2
	Province   string
	City       string
	Postcode   string
	Shown      []Identifier // as the platform's files show them
	Facts      Facts        // for own systems only
}

// of are the values of one type, as the file shows them.
func (p *Person) of(identifierType string) (out []string) {
	for _, id := range p.Shown {
		if id.Type == identifierType {
			out = append(out, id.Value)
		}
	}
	return out
}

// Facts are what the company has found out about a customer. They stay in its own systems.
type Facts struct {
	Tier             string
	Lifecycle        string
	RFM              string
	ABC              string
	Segments         []string // scheme:code
	CLV12m           *int64   // ten-thousandths of the reporting currency
	ChurnProbability *float64
	ChurnBand        string
	ValueAtRisk      *int64
	NextBestProduct  string
	NextOrderDay     *int32
	LastOrderDay     *int32
	Owner            string
	Language         string
}
