package audience

// salesforce updates records by their Id, one file for each object, as Data Loader takes them.
// The further columns are custom fields; segments are a multi-select picklist. A removal empties
// them: tick "insert null values".
var salesforce = Platform{
	Name: "salesforce", Purpose: PurposeOwn, CRM: true, Identifiers: []string{"contact", "lead", "account"}, Facts: true,
	Parts: []Part{
		{Suffix: "contact", Extension: "csv", Format: CSV, Header: salesforceHeader, Rows: recordRows("contact", recordFacts)},
		{Suffix: "lead", Extension: "csv", Format: CSV, Header: salesforceHeader, Rows: recordRows("lead", recordFacts)},
		{Suffix: "account", Extension: "csv", Format: CSV, Header: salesforceHeader, Rows: recordRows("account", recordFacts)},
	},
}

var salesforceHeader = []string{
	"Id", "Tributary_Customer_Id__c", "Tributary_Tier__c", "Tributary_Lifecycle__c", "Tributary_RFM_Segment__c", "Tributary_ABC__c", "Tributary_Segments__c",
	"Tributary_CLV_12m__c", "Tributary_Churn_Probability__c", "Tributary_Churn_Band__c", "Tributary_Value_At_Risk__c", "Tributary_Next_Best_Product__c", "Tributary_Expected_Next_Order__c",
}
