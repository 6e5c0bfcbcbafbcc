package journey

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/schemas"
)

const dayLong = microsPerDay

func sale(key string, day int64, status string) schemas.OrderRow {
	return schemas.OrderRow{OrderKey: key, Time: day * dayLong, Status: status, CountsAsRevenue: true}
}

func touch(key string, day int64, kind string) schemas.InteractionRow {
	return schemas.InteractionRow{Key: key, Time: day * dayLong, Kind: kind}
}

func TestStepsAreInOrderOfTimeAndCountDays(t *testing.T) {
	second := sale("o9", 4, "paid")
	second.PrimaryOrderKey = "o2"
	steps := Steps(nil, []schemas.OrderRow{sale("o1", 3, "cancelled"), second, sale("o2", 5, "paid"), sale("o3", 8, "returned"), sale("o4", 20, "paid")},
		[]schemas.InteractionRow{touch("i1", 1, "lead"), touch("i2", 5, "ticket")}, 10*dayLong)
	var got []string
	for _, s := range steps {
		got = append(got, strings.Join([]string{s.Reference, s.Stage}, " "))
	}
	want := []string{"i1 consideration", "o1 consideration", "i2 service", "o2 purchase", "o3 service"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if steps[4].Step != 5 || steps[4].DaysSince != 7 {
		t.Errorf("step %d after %d days, want 5 after 7", steps[4].Step, steps[4].DaysSince)
	}
}

func TestPathsEndAtTheFirstPurchase(t *testing.T) {
	l := NewLedger()
	take := func(orders []schemas.OrderRow, touches ...schemas.InteractionRow) {
		l.Customer(Steps(nil, orders, touches, 1000*dayLong))
	}
	take([]schemas.OrderRow{sale("o", 9, "paid")}, touch("a", 1, "lead"), touch("b", 2, "visit"), touch("c", 3, "ticket"), touch("d", 50, "survey"))
	take([]schemas.OrderRow{sale("o", 4, "paid")}, touch("a", 1, "lead"), touch("c", 3, "ticket"))
	take(nil, touch("a", 1, "lead"), touch("c", 3, "ticket"))
	take([]schemas.OrderRow{sale("o", 4, "paid")})
	take(nil)
	half, whole, none := 2.0/3, 1.0, 0.0
	between := 5.5
	want := []schemas.JourneyPath{
		{Path: "consideration > service", Steps: 2, Customers: 3, Converted: 2, Conversion: &half, MedianDays: &between},
		{Path: "direct", Customers: 1, Converted: 1, Conversion: &whole, MedianDays: &none},
	}
	if diff := cmp.Diff(want, l.Rows()); diff != "" {
		t.Error(diff)
	}
	other := NewLedger()
	for range 2 {
		if err := other.Merge(l.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if rows := other.Rows(); rows[0].Customers != 6 || *rows[0].MedianDays != between {
		t.Errorf("twice the customers have another median: %+v", rows[0])
	}
}

func TestLongPathsAreCutShort(t *testing.T) {
	l := NewLedger()
	var touches []schemas.InteractionRow
	for i := range 20 {
		touches = append(touches, touch(string(rune('a'+i)), int64(i), []string{"lead", "ticket"}[i%2]))
	}
	l.Customer(Steps(nil, nil, touches, 1000*dayLong))
	if path := l.Rows()[0].Path; strings.Count(path, ">") != MaxStages || !strings.HasSuffix(path, More) {
		t.Errorf("path %q", path)
	}
}
