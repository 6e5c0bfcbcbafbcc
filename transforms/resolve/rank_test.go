package resolve

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
)

// drawnRecord is a record with the values of its evidence.
type drawnRecord struct {
	name   string
	phone  int
	email  int
	single []string
}

// partition clusters records that lie at the given ordinals and tells who is with whom.
func partition(drawn []drawnRecord, ordinals []int) string {
	records := Records{Organization: make([]bool, len(drawn)), Rank: make([]uint64, len(drawn)), Single: map[uint32][]string{}}
	names := make([]string, len(drawn))
	groups := map[string][]Member{}
	for i, r := range drawn {
		at := uint32(ordinals[i])
		records.Rank[at], names[at] = RankOf(fmt.Sprint("s:x:", i)), r.name
		if r.single != nil {
			records.Single[at] = r.single
		}
		m := Member{Ordinal: at, Rank: records.Rank[at], Kind: schemas.Person, FullName: r.name, Single: r.single}
		for _, value := range []string{fmt.Sprint("phone ", r.phone), fmt.Sprint("email ", r.email)} {
			groups[value] = append(groups[value], m)
		}
	}
	records.Name = func(i uint32) (string, string, string) { return names[i], "", "" }
	var links []Link
	for value, members := range groups {
		l, _, _ := LinkGroup(value[:5], value[6:], members, Settings{MaxShared: 25})
		links = append(links, l...)
	}
	clusters := Cluster(&records, links)
	first := map[uint32]int{}
	out := ""
	for i := range drawn {
		root := clusters.Root[ordinals[i]]
		if _, ok := first[root]; !ok {
			first[root] = i
		}
		out += fmt.Sprintf("%d ", first[root])
	}
	return out
}

func TestWhereRecordsLieDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := make([]drawnRecord, rapid.IntRange(2, 14).Draw(t, "records"))
		for i := range drawn {
			drawn[i] = drawnRecord{
				name:  rapid.SampledFrom([]string{"", "Ann Lee", "Bob Lee", "Lee", "A. Lee", "李娜", "Li Na"}).Draw(t, "name"),
				phone: rapid.IntRange(0, 3).Draw(t, "phone"), email: rapid.IntRange(0, 4).Draw(t, "email"),
			}
			if id := rapid.IntRange(0, 3).Draw(t, "single"); id > 0 {
				drawn[i].single = []string{fmt.Sprint("unionid=", id)}
			}
		}
		plain := make([]int, len(drawn))
		for i := range plain {
			plain[i] = i
		}
		moved := rapid.Permutation(slices.Clone(plain)).Draw(t, "ordinals")
		if a, b := partition(drawn, plain), partition(drawn, moved); a != b {
			t.Fatalf("clusters %s, elsewhere %s", a, b)
		}
	})
}
