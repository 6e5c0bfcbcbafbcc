package main

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// doubts puts pairs into a run's identity_review, from a CSV file of left, right, probability,
// gain, and the fields of both:
//
//	doubts RUN-FOLDER pairs.csv
func doubts(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: doubts RUN-FOLDER FILE")
	}
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[1]))).ReadAll()
	ts.Check(err)
	w, err := warehouse.Create[schemas.IdentityReview](ts.MkAbs(args[0]), "identity_review", 0)
	ts.Check(err)
	for _, row := range rows {
		p, err := strconv.ParseFloat(row[2], 64)
		ts.Check(err)
		gain, err := strconv.ParseFloat(row[3], 64)
		ts.Check(err)
		ts.Check(w.Add(&schemas.IdentityReview{
			LeftRef: row[0], RightRef: row[1], Probability: p, Gain: gain, LeftFields: row[4], RightFields: row[5],
			Weights: []schemas.Weight{{Comparison: "name", Level: "exact", Log2: 8.5}, {Comparison: "phone", Level: "different", Log2: -3}},
		}))
	}
	_, err = w.Close()
	ts.Check(err)
}

// decide fills in the decision of a row of a workbook that review export wrote:
//
//	decide FILE ROW TEXT
func decide(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: decide FILE ROW TEXT")
	}
	path := ts.MkAbs(args[0])
	book, err := excelize.OpenFile(path)
	ts.Check(err)
	ts.Check(book.SetCellStr(book.GetSheetList()[0], "A"+args[1], args[2]))
	out, err := book.WriteToBuffer()
	ts.Check(err)
	ts.Check(os.WriteFile(path, out.Bytes(), 0o600))
}
