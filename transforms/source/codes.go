package source

// Limits of what a reader takes for one thing.
const (
	// MaxField is the longest cell: a longer one is refused, since an unclosed quote looks like it.
	MaxField = 4 << 20
	// MaxRow is the longest row, with its line end.
	MaxRow = 16 << 20
	// MaxDocument is the largest JSON document, and the largest compressed Parquet file: they
	// are held in memory.
	MaxDocument = 512 << 20
	// MaxWorkbook is the largest workbook, and MaxSheets what its parts may unpack to.
	MaxWorkbook = 256 << 20
	MaxSheets   = 2 << 30
	// MaxDepth is how deep a JSON object may be nested.
	MaxDepth = 64
	// MaxFooter is how many bytes at the end of a file may be totals and legal lines.
	MaxFooter = 64 << 10
	// maxOriginal is how much of a refused row is kept.
	maxOriginal = 1 << 20
)

// Codes of rejects and of field issues.
const (
	CodeUnclosedQuote = "unclosed_quote"
	CodeMalformed     = "malformed_quote"
	CodeRagged        = "ragged_row"
	CodeTooLong       = "row_too_long"
	CodeEncoding      = "bad_encoding"
	CodeBadValue      = "bad_value"
	CodeMissing       = "missing_value"
	CodeNUL           = "nul_byte"
	CodeJSON          = "bad_json"
	CodeFile          = "unreadable_file"
	CodeNoHeader      = "cell_without_header"
	CodeTwin          = "another_column_of_this_name"
)

// Reasons of skips.
const (
	SkipBlank      = "blank_line"
	SkipFooter     = "footer"
	SkipSuperseded = "superseded"
	SkipNoRecord   = "no_record"
)
