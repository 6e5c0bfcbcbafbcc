package demo

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/internal/thorough"
)

func TestUnscrambleUndoesScramble(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := uint(rapid.IntRange(2, 63).Draw(t, "bits"))
		x := rapid.Uint64Max(1<<bits-1).Draw(t, "x")
		salt := rapid.Uint64().Draw(t, "salt")
		if got := unscramble(scramble(x, bits, salt), bits, salt); got != x {
			t.Fatalf("%d comes back as %d", x, got)
		}
	})
}

func TestNoTwoPersonsHaveOneAccount(t *testing.T) {
	w := newWorld(Params{Customers: MostCustomers, Seed: 7, AsOf: DefaultAsOf})
	owner := map[string]string{}
	told := 0
	for number := range thorough.N(1_000, 6_000) {
		b := w.newBlock(number)
		for i := range b.persons {
			p := &b.persons[i]
			if !p.chinese {
				continue
			}
			if p.again != "" {
				told++
			}
			if other := owner[p.nick()]; other != "" {
				t.Fatalf("%s and %s have one account", other, p.id)
			}
			owner[p.nick()] = p.id
		}
	}
	if told == 0 {
		t.Error("no two accounts would have been the same: the test shows nothing")
	}
}

// Organizations without a record in the ERP are its customers, too: by a number that no record has.
func TestNumbersOfTheERPAreNobodyElses(t *testing.T) {
	w := newWorld(Params{Customers: MostCustomers, Seed: 7, AsOf: DefaultAsOf})
	moved := 0
	for index := range thorough.N(50_000, 400_000) {
		key := (&org{index: index}).accountOfERP(w)
		if len(key) != 10 {
			t.Fatalf("number %s", key)
		}
		if key[0] == '9' {
			moved++
			continue
		}
		var n uint64
		for _, digit := range key {
			n = 10*n + uint64(digit-'0')
		}
		if number := unscramble(n, keyBits, w.seed^3); number < MostCustomers*mostRecords {
			t.Fatalf("number %s is that of record %d", key, number)
		}
	}
	if moved == 0 {
		t.Error("no number would have been taken: the test shows nothing")
	}
}
