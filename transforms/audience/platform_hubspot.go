package audience

// hubspot updates contacts and companies: HubSpot finds them by Record ID, the one key that two contacts of a
// customer do not share. The further columns are custom properties; segments are a multi-select
// property, joined by semicolons. A removal empties them.
var hubspot = Platform{
	Name: "hubspot", Purpose: PurposeOwn, CRM: true, Identifiers: []string{"contact", "company"}, Facts: true,
	Parts: []Part{
		{Extension: "csv", Format: CSV, Header: hubspotHeader, Rows: recordRows("contact", recordFacts)},
		{Suffix: "company", Extension: "csv", Format: CSV, Header: hubspotHeader, Rows: recordRows("company", recordFacts)},
	},
}

var hubspotHeader = []string{
	"Record ID", "Tributary Customer ID", "Tributary Tier", "Tributary Lifecycle", "Tributary RFM Segment", "Tributary ABC", "Tributary Segments",
	"Tributary CLV 12 Months", "Tributary Churn Probability", "Tributary Churn Band", "Tributary Value At Risk", "Tributary Next Best Product", "Tributary Expected Next Order",
}
