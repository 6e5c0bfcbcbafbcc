package customers

// ExposedTable is who was reached by an audience or play, or held back in its control group:
// from one run's audiences to the next run, which sees what they did afterwards.
const ExposedTable = "records/audience_exposed"

// PlayPrefix marks a play among the audiences of Exposed.
const PlayPrefix = "play:"

// Exposed is one customer of one audience or play. The customer comes first, so that sorted
// bytes are in order of the customers.
type Exposed struct {
	CustomerID string `parquet:"customer_id"`
	Audience   string `parquet:"audience,dict"`
	Treated    bool   `parquet:"treated"`
	Since      int32  `parquet:"since,date"`
}
