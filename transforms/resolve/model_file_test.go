package resolve

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAModelScoresAlikeAfterItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPopulation(t, 10)
		training := trainingOf(people, []string{"state"})
		m := Train(training)
		plan, _, _ := PlanBlocks(training, m)
		plan.Heavy = map[uint64]bool{1: true, math.MaxUint64: true, rapid.Uint64().Draw(t, "heavy"): true}
		data, err := MarshalModel(m, &plan)
		if err != nil {
			t.Fatal(err)
		}
		read, readPlan, err := UnmarshalModel(data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := MarshalModel(read, readPlan)
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("written again it has other bytes (%v)", err)
		}
		for i := range people {
			for j := range i {
				a, b := &people[i], &people[j]
				if a.Organization != b.Organization {
					continue
				}
				p := Compare(a, b)
				// Six digits are kept of each of up to three numbers for each comparison: an error of 5e-6 of
				// each, 7.2e-6 bits.
				if before, after := m.Score(a, b, &p), read.Score(a, b, &p); math.Abs(before-after) > (3*slots+3)*7.3e-6 {
					t.Fatalf("score %v before, %v after", before, after)
				}
			}
			for _, k := range BlockKeys(&people[i], &plan, nil) {
				if readPlan.Rules&(1<<k.Rule) == 0 {
					t.Fatal("a rule is lost")
				}
			}
		}
		if len(readPlan.Heavy) != len(plan.Heavy) {
			t.Fatal("split keys are lost")
		}
	})
}

// modelText is a small model as JSON.
func modelText(t testing.TB) []byte {
	sample := []Features{recordOf("name=Nora Moss; city=Leeds"), recordOf("name=王小明; city=上海"), recordOf("name=Nora Moss; city=Leeds"), recordOf("name=Nora Moss; city=Leeds")}
	for range 3 {
		sample = append(sample, sample[0]) // so often that it counts
	}
	m := flatModel()
	m.Texts, m.Frequency = []string{"state"}, CountFrequencies(sample, 1)
	data, err := MarshalModel(m, &Plan{Rules: 5, Heavy: map[uint64]bool{42: true}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEditedModelsAreReadOrRefusedWithTheirPlace(t *testing.T) {
	whole := string(modelText(t))
	edit := func(old, now string) string {
		out := strings.Replace(whole, old, now, 1)
		if out == whole {
			t.Fatalf("the model has no %q", old)
		}
		return out
	}
	if _, _, err := UnmarshalModel([]byte(edit(`"match_log2_odds": -10`, `"match_log2_odds": -12.5`))); err != nil {
		t.Errorf("a changed prior: %v", err)
	}
	var missing map[string]any
	if err := json.Unmarshal([]byte(whole), &missing); err != nil {
		t.Fatal(err)
	}
	delete(missing["comparisons"].(map[string]any), "phone")
	withoutPhone, err := json.Marshal(missing)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                {"", "model"},
		"another version":        {edit(`"version": 1`, `"version": 99`), "version 99"},
		"no version":             {`{}`, "version"},
		"a missing comparison":   {string(withoutPhone), "comparisons: phone is missing"},
		"a level of probability": {edit(`"m": 0.5`, `"m": 1.5`), "gender"},
		"a level of zero":        {edit(`"u": 0.5`, `"u": 0`), "gender"},
		"a prior beyond one":     {edit(`"match_log2_odds": -10`, `"match_log2_odds": 3`), "match_log2_odds"},
		"no twins":               {edit(`"twins": 0.02`, `"twins": 0`), "twins"},
		"a rule unknown":         {edit(`"email"`, `"e-mail"`), `"e-mail"`},
		"a split key":            {edit(`"2a"`, `"x"`), "split_keys"},
		"a text for a number":    {edit(`"twins": 0.02`, `"twins": "few"`), "twins"},
		"too many columns":       {edit(`"state"`, `"state","a","b","c","d","e","f","g"`), "text_columns"},
		"a frequency below one":  {edit(`"values": 7`, `"values": -7`), "frequencies"},
		"a hash that is none":    {edit(`"counts_by_hash": {`, `"counts_by_hash": {"zz": 1,`), "frequencies"},
		"a hash written twice":   {edit(`"counts_by_hash": {`, `"counts_by_hash": {"0a": 1,`), "frequencies"},
		"a count below zero":     {edit(`"counts_by_hash": {`, `"counts_by_hash": {"a": -1,`), "frequencies"},
	} {
		if _, _, err := UnmarshalModel([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one about %s", name, err, c.want)
		}
	}
}

// FuzzModel: a model file that people may have edited is refused with an error that says where,
// or gives finite scores and can be written again, the same bytes each time.
func FuzzModel(f *testing.F) {
	text := modelText(f)
	f.Add(text)
	f.Add(bytes.Replace(text, []byte(`"m": 0.5`), []byte(`"m": 1e-320`), 1))
	f.Add(bytes.Replace(text, []byte(`"records_of_a_customer_in_sample": 1`), []byte(`"records_of_a_customer_in_sample": -1e308`), 1))
	f.Add([]byte(`{"version": 1, "twins": 0.1, "comparisons": {}}`))
	a, b := recordOf("name=Nora Moss; city=Leeds; phone=13900000001; email=nora.moss@example.com"), recordOf("name=Nora Moss; city=Leeds; phone=13900000001; email=nora.moss@example.com")
	f.Fuzz(func(t *testing.T, data []byte) {
		m, plan, err := UnmarshalModel(data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "model: ") {
				t.Errorf("the error does not say what it is about: %v", err)
			}
			return
		}
		p := Compare(&a, &b)
		if odds := m.Score(&a, &b, &p); math.IsNaN(odds) || math.IsInf(odds, 0) {
			t.Errorf("score %v", odds)
		}
		_ = BlockKeys(&a, plan, nil)
		first, err := MarshalModel(m, plan)
		if err != nil {
			t.Fatalf("a model that was read cannot be written: %v", err)
		}
		again, plan, err := UnmarshalModel(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		second, err := MarshalModel(again, plan)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("written twice, other bytes (%v)", err)
		}
	})
}
