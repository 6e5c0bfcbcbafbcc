package explain

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/report"
)

const microsPerHour = 3600e6

func pointer[T any](v T) *T { return &v }

// whats lists moments by what they are.
func whats(moments []report.Moment) []string {
	var out []string
	for _, m := range moments {
		out = append(out, m.Kind+" "+m.What)
	}
	return out
}

func TestMomentsComeInTimeAndEachOnce(t *testing.T) {
	f := &facts{
		orders: []schemas.OrderRow{
			{OrderKey: "shop:order:2", Time: 30 * microsPerHour, Status: "completed", CountsAsRevenue: true, Revenue: 990_000},
			{OrderKey: "shop:order:1", Time: 10 * microsPerHour, Status: "paid"},
		},
		lines: []schemas.OrderLineRow{{OrderKey: "shop:order:2", Product: "Oolong"}, {OrderKey: "shop:order:2", Product: "Oolong"}, {OrderKey: "shop:order:2", SKU: "P-1"}},
		interactions: []schemas.InteractionRow{
			{Key: "desk:ticket:1", Time: 20 * microsPerHour, Kind: "ticket", Resolved: pointer(int64(50 * microsPerHour))},
			{Key: "mail:send:1", Time: 5 * microsPerHour, Kind: "message", Direction: "out", Opened: pointer(true), Clicked: pointer(false)},
		},
		touchpoints: []schemas.Touchpoint{
			{Reference: "desk:ticket:1", Time: 20 * microsPerHour, Kind: "ticket", Stage: "service"}, {Reference: "ga4:event:1", Time: 1 * microsPerHour, Kind: "page_view", Stage: "awareness"},
		},
		months: []schemas.CustomerHistory{
			{RunColumns: schemas.RunColumns{AsOf: 3}, Month: "1970-02", Tier: "silver", Lifecycle: "growth"}, {RunColumns: schemas.RunColumns{AsOf: 1}, Month: "1970-01", Tier: "regular", Lifecycle: "growth"},
		},
	}
	got := f.moments(false)
	want := []string{"touch page_view", "sent message", "order paid", "service ticket", "order completed", "tier tier"}
	if diff := cmp.Diff(want, whats(got)); diff != "" {
		t.Fatal(diff)
	}
	if m := got[3]; m.Stage != "service" || m.Note != report.NoteResolved || m.NoteDays != 1 {
		t.Errorf("ticket: %+v", m)
	}
	if m := got[4]; *m.Amount != 990_000 || cmp.Diff([]string{"Oolong", "P-1"}, m.Items) != "" {
		t.Errorf("order: %+v", m)
	}
	if m := got[2]; m.Amount != nil || m.Note != report.NoteNotCounted {
		t.Errorf("an order that does not count shows revenue: %+v", m)
	}
	if m := got[1]; m.Note != report.NoteOpened {
		t.Errorf("message: %+v", m)
	}
	if m := got[5]; cmp.Diff([]string{"regular", "silver"}, m.Items) != "" {
		t.Errorf("tier: %+v", m)
	}
}

func TestIdentifiersOfConsentsAreShownWithContactsAlone(t *testing.T) {
	f := &facts{consents: []schemas.ConsentRow{{Identifier: "+8613900000001", IdentifierType: "phone", Purpose: "marketing", Status: "granted"}}}
	if got := f.moments(false)[0].Items; cmp.Diff([]string{"marketing", "phone"}, got) != "" {
		t.Errorf("without contacts: %v", got)
	}
	if got := f.moments(true)[0].Items; cmp.Diff([]string{"marketing", "phone", "+8613900000001"}, got) != "" {
		t.Errorf("with contacts: %v", got)
	}
}

func TestWhatCameAfterAsOfIsLeftOutUnlessExpected(t *testing.T) {
	end := time.UnixMicro(100 * microsPerHour)
	got := upTo([]report.Moment{
		{Kind: "order", What: "before", Time: 100*microsPerHour - 1},
		{Kind: "order", What: "after", Time: 100 * microsPerHour},
		{Kind: "deal", What: "expected", Time: 200 * microsPerHour, Note: report.NoteExpected},
	}, end)
	if diff := cmp.Diff([]string{"order before", "deal expected"}, whats(got)); diff != "" {
		t.Error(diff)
	}
}
