package audience

import (
	"strconv"
	"strings"
)

// oceanEngine are the data sources of 巨量引擎 (Ocean Engine, Douyin): a zip of text files in
// which each line is a message of at most 10,000 ids, see format_ids.go. A zip holds 50 MB.
var oceanEngine = Platform{
	Name: "oceanengine", Purpose: PurposeShareAds, Channels: []string{"ads_oceanengine"}, Identifiers: []string{TypePhone, TypeIDFA, TypeIMEI, TypeOAID},
	Form: func(id Identifier) string {
		if id.Type == TypePhone {
			return chineseMobile(id.Value)
		}
		return strings.ToLower(deviceForm(id))
	},
	Hash: sha256Contacts,
	Parts: []Part{{
		Extension: "zip", Format: IDMessages, MaxRows: oceanEngineIDs, Rows: oceanEngineRows,
	}},
}

// oceanEngineIDs are the ids of one zip: an id takes 98 bytes of base64 at most, so that 500,000
// of them stay below 50 MB though nothing were compressed.
const oceanEngineIDs = 500_000

// oceanEngineTypes are the data types of Ocean Engine.
var oceanEngineTypes = map[string]int{TypeIMEI: 0, TypeIDFA: 1, TypePhone: 6, TypeOAID: 7}

// oceanEngineRows are the number of the data type and the id.
func oceanEngineRows(p *Person, _ List) (rows [][]string) {
	for _, id := range p.Shown {
		rows = append(rows, []string{strconv.Itoa(oceanEngineTypes[id.Type]), id.Value})
	}
	return rows
}
