package audience

// sms is a list for a gateway of short messages: one number a line in E.164, with the
// customer's id beside it.
var sms = Platform{
	Name: "sms", Purpose: PurposeMarketing, Channels: []string{"sms"}, Identifiers: []string{TypePhone},
	Form:  func(id Identifier) string { return phoneForm(id.Value) },
	Parts: []Part{{Extension: "csv", Format: CSV, Header: []string{"customer_id", TypePhone}, Rows: listOf(TypePhone)}},
}
