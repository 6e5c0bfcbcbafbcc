package demo

// How hard the demo company is. The rates are fixed by the design, so that nobody sets them to
// suit a result; docs/demo.md shows them, and tests measure them in what is written.
const (
	shareChinese      = 0.50
	shareOrganization = 4 // of the blockSize entities of a block: 8 %

	// Records per person: 1 to mostRecords, falling by Zipf's law; singleShare have one.
	mostRecords = 8
	singleShare = 0.47

	rateNoEmail       = 0.08 // persons without any e-mail address
	rateBirthMissing  = 0.60 // outside the CRM
	rateBirthWrong    = 0.02 // a wrong digit, or day and month swapped
	rateAddressForm   = 0.10 // abbreviations, order, typos
	rateMoved         = 0.05 // records with the address before a move
	ratePinyin        = 0.30 // of Chinese names in support and social
	rateTraditional   = 0.06
	rateHomophone     = 0.03
	rateSwappedHan    = 0.02
	rateNickname      = 0.06 // of Western names
	rateTypo          = 0.04
	rateSwapped       = 0.03
	rateMarriedName   = 0.02
	ratePhoneForm     = 0.30
	rateEmailForm     = 0.10
	rateHousehold     = 0.10  // persons who share an address with another
	ratePhoneShared   = 0.05  // persons whose phone is shared in the household
	rateNumberPassed  = 0.01  // numbers that changed owner
	rateTwins         = 0.01  // persons
	rateNamesakes     = 0.015 // persons with a planted namesake in their city
	rateJunk          = 0.005 // of values
	rateRoleEmail     = 0.005 // of e-mail addresses
	rateSameNameChild = 0.03  // Western households of parent and child with one name

	peoplePerSwitchboard = 200
	peoplePerCity        = 50_000 // one switchboard for so many persons

	// Of shop orders.
	rateMaskedPhone  = 0.05
	rateVirtualPhone = 0.03
	rateRecipient    = 0.08 // the recipient is not the buyer
	rateAnonymous    = 0.15
	rateRefund       = 0.12
	rateWholeRefund  = 0.45 // of the refunds; the others are in part
	rateERPAgain     = 0.06
	rateUnpaid       = 0.03 // orders that nobody paid, on top of the others

	controlShare   = 0.10 // of the campaign
	campaignLift   = 0.06 // orders that one treated customer makes on top, on average
	campaignAgo    = 75   // days before as_of
	campaignWindow = 28   // days in which the extra orders fall
)

// system is a group of systems that hold parties.
type system int

const (
	crm system = iota
	erp
	support
	social
)

// systemShare is how the records of persons fall on the groups, cumulative.
var systemShare = []float64{0.40, 0.65, 0.85, 1}

// Shares of values that are missing.
var (
	rateEmailMissing = [...]float64{crm: 0.21, erp: 0.44, support: 0.20, social: 0.20}
	ratePhoneMissing = [...]float64{crm: 0.30, erp: 0.15, support: 0.15, social: 0.15}
)
