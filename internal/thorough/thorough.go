// Package thorough says how much of the same a test does: a part of it on every change, all of
// it with the other engines (make test-all).
package thorough

import (
	"flag"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// N is all with TRIBUTARY_TEST_ENGINES=1, else few.
func N(few, all int) int {
	if os.Getenv("TRIBUTARY_TEST_ENGINES") == "1" {
		return all
	}
	return few
}

// checks is the flag of rapid that says how many cases a property is tried on.
const checks = "rapid.checks"

// Check tries a property on few cases, or on as many as rapid does by default. The number is a
// flag of the process: a test that calls it must not run beside others.
func Check(t *testing.T, few int, property func(*rapid.T)) {
	t.Helper()
	number := flag.Lookup(checks)
	before := number.Value.String()
	if before == number.DefValue { // who gave the flag gets what it says
		if err := flag.Set(checks, strconv.Itoa(N(few, 100))); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = flag.Set(checks, before) }()
	}
	rapid.Check(t, property)
}
