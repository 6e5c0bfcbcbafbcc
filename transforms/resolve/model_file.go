package resolve

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// modelFile is the form of a model that people read and edit: probabilities of levels by name,
// with the weight of evidence in bits beside them.
type modelFile struct {
	Version     int                             `json:"version"`
	MatchBits   float64                         `json:"match_log2_odds"`
	HomeBits    float64                         `json:"household_log2_share"`
	Twins       float64                         `json:"twins"`
	Accept      *float64                        `json:"merge_log2_odds,omitempty"`
	Texts       []string                        `json:"text_columns,omitempty"`
	Rules       []string                        `json:"block_rules"`
	Heavy       []string                        `json:"split_keys,omitempty"`
	Comparisons map[string]map[string]levelFile `json:"comparisons"`
	Own         float64                         `json:"records_of_a_customer_in_sample"`
	Frequencies map[string]frequencyFile        `json:"frequencies"`
}

type levelFile struct {
	M      float64 `json:"m"`
	U      float64 `json:"u"`
	Weight float64 `json:"weight_bits"`
}

type frequencyFile struct {
	Values int               `json:"values"`
	Agree  float64           `json:"agree"`
	Counts map[string]uint32 `json:"counts_by_hash,omitempty"`
}

// modelVersion changes with the meaning of the levels.
const modelVersion = 1

// kindNames are the kinds of values in a model file.
var kindNames = []string{
	"given", "given_characters", "family", "family_characters", "full_name", "other_names", "birth_date", "city", "postcode", "street", "phone", "email",
	"email_local", "company", "occupation",
}

func frequencyName(kind int) string {
	if kind < kindText {
		return kindNames[kind]
	}
	return "text" + strconv.Itoa(kind-kindText+1)
}

// SlotName is the name of a comparison.
func (m *Model) SlotName(slot int) string {
	switch {
	case slot < slotText:
		return slotNames[slot]
	case slot-slotText < len(m.Texts):
		return "text." + m.Texts[slot-slotText]
	}
	return "text" + strconv.Itoa(slot-slotText+1)
}

// Names of levels, from level 1 on.
var (
	wordNames   = []string{"missing", "different", "weak", "initial", "near", "variant", "sound", "equal"}
	streetNames = []string{"missing", "different", "some", "part", "near", "equal"}
	cityNames   = []string{"missing", "different", "near", "equal"}
	codeNames   = []string{"missing", "different", "area", "near", "equal"}
	levelNames  = map[int][]string{
		slotExtra:  {"different", "elsewhere", "near", "equal"},
		slotBirth:  {"different", "similar", "same_year", "two_parts", "mistyped", "one_digit", "equal"},
		slotPhone:  {"different", "near", "equal"},
		slotEmail:  {"different", "near", "local_part", "equal"},
		slotGender: {"different", "equal"},
	}
	textNames = []string{"different", "weak", "near", "equal"}
)

// LevelName is the name of a comparison's level: of names given/family, of places
// street/city/postcode.
func LevelName(slot int, level uint8) string {
	if level == 0 {
		return "missing"
	}
	switch slot {
	case slotName:
		given, family, exchanged := nameParts(level)
		name := "given_" + wordNames[given] + "/family_" + wordNames[family]
		if exchanged {
			name += "/exchanged"
		}
		return name
	case slotPlace:
		street, city, code := placeParts(level)
		return "street_" + streetNames[street] + "/city_" + cityNames[city] + "/postcode_" + codeNames[code]
	}
	names := levelNames[slot]
	if names == nil {
		names = textNames
	}
	return names[level-1]
}

// round6 keeps six digits, so that files can be read.
func round6(x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	return y
}

// MarshalModel writes a model and its plan of blocks as JSON. Equal models give equal bytes.
func MarshalModel(m *Model, p *Plan) ([]byte, error) {
	file := modelFile{
		Version: modelVersion, MatchBits: round6(m.Match), HomeBits: round6(m.Household), Twins: round6(m.Twins), Texts: m.Texts,
		Own: round6(m.Frequency.Own), Comparisons: map[string]map[string]levelFile{}, Frequencies: map[string]frequencyFile{},
	}
	if m.Accept != nil {
		accept := round6(*m.Accept)
		file.Accept = &accept
	}
	for rule := range blockRules {
		if p.Rules&(1<<rule) != 0 {
			file.Rules = append(file.Rules, blockRules[rule].Name)
		}
	}
	for hash := range p.Heavy {
		file.Heavy = append(file.Heavy, strconv.FormatUint(hash, 16))
	}
	slices.Sort(file.Heavy)
	for s := range slots {
		levels := map[string]levelFile{}
		for l := 1; l < levelCounts[s]; l++ {
			one, other := round6(m.M[s][l]), round6(m.U[s][l])
			levels[LevelName(s, uint8(l))] = levelFile{one, other, math.Round(100*(math.Log2(one)-math.Log2(other))) / 100}
		}
		file.Comparisons[m.SlotName(s)] = levels
	}
	for kind := range kinds {
		k := m.Frequency.Kinds[kind]
		if k.Values > 0 {
			file.Frequencies[frequencyName(kind)] = frequencyFile{k.Values, round6(k.Agree), m.Frequency.of(kind)}
		}
	}
	return json.MarshalIndent(file, "", " ")
}

// UnmarshalModel reads a model that MarshalModel wrote and people may have edited. m and u
// count; the weights beside them are for the reader.
func UnmarshalModel(data []byte) (*Model, *Plan, error) {
	var file modelFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, nil, fmt.Errorf("model: %w", err)
	}
	if file.Version != modelVersion {
		return nil, nil, fmt.Errorf("model: version %d, this program reads version %d: train again", file.Version, modelVersion)
	}
	if len(file.Texts) > freeColumns {
		return nil, nil, fmt.Errorf("model: text_columns: %d columns, at most %d", len(file.Texts), freeColumns)
	}
	if math.IsNaN(file.MatchBits) || file.MatchBits > 0 || file.HomeBits > 0 || file.Twins <= 0 || file.Twins >= 1 {
		return nil, nil, fmt.Errorf("model: match_log2_odds and household_log2_share are at most 0, twins lies between 0 and 1")
	}
	m := &Model{Match: file.MatchBits, Household: file.HomeBits, Twins: file.Twins, Texts: file.Texts, Accept: file.Accept, Frequency: &Frequencies{Own: file.Own, counts: map[uint64]uint32{}}}
	for s := range slots {
		levels, ok := file.Comparisons[m.SlotName(s)]
		if !ok {
			return nil, nil, fmt.Errorf("model: comparisons: %s is missing", m.SlotName(s))
		}
		m.M[s], m.U[s] = make([]float64, levelCounts[s]), make([]float64, levelCounts[s])
		for l := 1; l < levelCounts[s]; l++ {
			level, ok := levels[LevelName(s, uint8(l))]
			if !ok || !(level.M > 0 && level.M <= 1) || !(level.U > 0 && level.U <= 1) {
				return nil, nil, fmt.Errorf("model: comparisons: %s: %s: m and u must lie above 0 and at most at 1", m.SlotName(s), LevelName(s, uint8(l)))
			}
			m.M[s][l], m.U[s][l] = level.M, level.U
		}
	}
	for kind := range kinds {
		k, ok := file.Frequencies[frequencyName(kind)]
		if !ok {
			continue
		}
		if k.Values <= 0 || !(k.Agree > 0) {
			return nil, nil, fmt.Errorf("model: frequencies: %s: values and agree must be above 0", frequencyName(kind))
		}
		m.Frequency.Kinds[kind] = KindFrequency{k.Values, k.Agree}
		for text, count := range k.Counts {
			hash, err := strconv.ParseUint(text, 16, 64)
			if err != nil || strconv.FormatUint(hash, 16) != text { // 0a beside a would be two counts of one value
				return nil, nil, fmt.Errorf("model: frequencies: %s: %q is no hash", frequencyName(kind), text)
			}
			m.Frequency.put(kind, hash, count)
		}
	}
	plan := &Plan{Heavy: map[uint64]bool{}}
	for _, name := range file.Rules {
		rule := slices.IndexFunc(blockRules, func(r BlockRule) bool { return r.Name == name })
		if rule < 0 {
			return nil, nil, fmt.Errorf("model: block_rules: there is no rule %q (%s)", name, strings.Join(ruleNames(), ", "))
		}
		plan.Rules |= 1 << rule
	}
	for _, text := range file.Heavy {
		hash, err := strconv.ParseUint(text, 16, 64)
		if err != nil {
			return nil, nil, fmt.Errorf("model: split_keys: %q is no hash", text)
		}
		plan.Heavy[hash] = true
	}
	m.Prepare()
	return m, plan, nil
}

func ruleNames() []string {
	names := make([]string, len(blockRules))
	for i := range blockRules {
		names[i] = blockRules[i].Name
	}
	return names
}
