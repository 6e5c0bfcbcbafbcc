package report

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// sampleCustomer is an invented customer with everything that the page can show.
func sampleCustomer() *Customer {
	at := func(day string) int64 {
		t, err := time.Parse(time.DateTime, day)
		if err != nil {
			panic(err)
		}
		return t.UnixMicro()
	}
	return &Customer{
		Project: "northwind_tea", Currency: "CNY", RunID: "2026-09-30-abcdefghij", AsOf: 20726, Location: time.FixedZone("", 8*3600), CustomerID: "c_aaaaaaaaaaaaaaaaaaaaaaaaaa",
		FormerIDs: []string{"c_bbbbbbbbbbbbbbbbbbbbbbbbbb"},
		Golden:    []LabelledField{{Name: "gender", NameZH: "性别", Value: "female", Source: "crm"}, {Name: "email", NameZH: "电子邮箱", Value: "(hidden)", Source: "shop"}},
		Measures: []LabelledField{
			{Name: "revenue", NameZH: "净收入", Value: "1,234.50"},
			{Name: "average_order_value", NameZH: "客单价", Value: "411.50"},
			{Name: "orders", NameZH: "订单数", Value: "3"},
			{Name: "lifecycle", NameZH: "生命周期阶段", Value: "decline"},
			{Name: "churn_probability", NameZH: "流失概率", Value: "0.62"},
		},
		CLV: []LabelledField{{Name: "clv_12m", NameZH: "12个月价值", Value: "810.00"}}, Churn: []LabelledField{{Name: "churn_band", NameZH: "风险等级", Value: "medium"}},
		Tier: []LabelledField{{Name: "tier", NameZH: "等级", Value: "silver"}}, Reasons: []ChurnReason{{"silent for long", .8}, {"orders often", -.3}},
		Segments:  []CustomerSegment{{Scheme: "lifecycle", Segment: "decline", Since: "2026-09-30", Previous: "maturity", NameEN: "Declining", NameZH: "衰退", StrategyEN: "Contact", StrategyZH: "联系"}},
		Plays:     []CustomerPlay{{Play: "vip_at_risk", ReasonEN: "High value and silent", ReasonZH: "高价值且沉默", Channel: "phone", Owner: "ann", Priority: 1, Control: true}},
		Audiences: []CustomerAudience{{"win_back", "held", "no_consent", ""}}, Relations: []CustomerRelation{{"c_aaaaaaaaaaaaaaaaaaaaaaaaaa", "household", "c_cccccccccccccccccccccccccc"}},
		Records: []SourceRecord{{Source: "crm", SourceID: "7", Reference: "crm:contact:7", Rule: "model", Probability: pointer(.9987)}, {Source: "shop", SourceID: "a1", Reference: "shop:user:a1", Rule: "id.unionid"}},
		Links:   []RecordLink{{Left: "crm:contact:7", Right: "shop:user:a1", Rule: "model", Probability: pointer(.9987), Weights: []LinkWeight{{"birth_date", "equal", 13.1, ""}, {"gender", "equal", .9, ""}}}},
		Parts:   2, Conflicts: []RecordConflict{{"crm:contact:7", "crm:contact:9", "phone", "given_names_contradict", ""}},
		Events: []CustomerEvent{{"2026-08-31-abcdefghij", "merged", "c_aaaaaaaaaaaaaaaaaaaaaaaaaa", "c_bbbbbbbbbbbbbbbbbbbbbbbbbb", "new link"}},
		Moments: []Moment{
			{Time: at("2026-01-31 20:00:00"), Kind: MomentOrder, What: "completed", Stage: "purchase", Channel: "web", Source: "shop", Items: []string{"Oolong", "Pot"}, Amount: pointer(int64(12_345_000))},
			{Time: at("2026-03-02 09:30:00"), Kind: MomentOrder, What: "completed", Source: "erp", Note: NoteNotCounted},
			{Time: at("2026-03-05 09:30:00"), Kind: MomentService, What: "ticket", Items: []string{"late_delivery"}, Note: NoteResolved, NoteDays: 3},
			{Time: at("2026-04-05 09:30:00"), Kind: MomentService, What: "survey", Score: pointer(9.0), ScoreKind: "nps"},
			{Time: at("2026-05-05 09:30:00"), Kind: MomentSent, What: "message", Campaign: "SPRING", Note: NoteOpened},
			{Time: at("2026-05-06 09:30:00"), Kind: MomentConsent, What: "withdrawn", Channel: "sms", Items: []string{"marketing", "phone"}},
			{Time: at("2026-06-30 09:30:00"), Kind: MomentTier, What: "tier", Items: []string{"regular", "silver"}},
			{Time: at("2026-07-01 09:30:00"), Kind: MomentLoyalty, What: "earn", Points: pointer(int64(1200))},
		},
	}
}

func renderCustomer(t *testing.T, c *Customer) string {
	t.Helper()
	page, err := RenderCustomer(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestPageOfACustomerTellsTheStory(t *testing.T) {
	text := read(renderCustomer(t, sampleCustomer()))
	for _, want := range []string{
		"also known as 曾用编号 c_bbbb", "contact data are not shown", "62.0 %", "Vip at risk control group: do not contact 对照组：勿触达 High value and silent 高价值且沉默 phone", "win_back held no_consent",
		"2026-02-01 04:00 Order 订单 Completed 已完成 Oolong, Pot · web · Purchase 购买 · from 来自 shop 1,234.50", // the day where the company is
		"does not count as revenue", "late_delivery · resolved 已解决 (3 d)", "NPS 9", "SPRING", "marketing, phone · sms", "regular → silver", "1,200 points",
		"2026-02 1,234.50", "silent for long +0.8", "Declining 衰退", "Email 电子邮箱 (hidden) shop", "crm 7 Joined by the model 概率模型 0.9987", "p = 0.9987 · +14.0 bits",
		"2 groups of records", "Given names contradict", "Household", "Merged",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestPageOfACustomerNeedsNothingFromOutside(t *testing.T) {
	page := renderCustomer(t, sampleCustomer())
	for _, word := range []string{"<script", "@import", "url(", "<iframe", "src=", `="//`, "http:", "https:", "ZgotmplZ"} {
		if i := strings.Index(page, word); i >= 0 {
			t.Errorf("the page holds %s: %.80s", word, page[i:])
		}
	}
}

func TestPageOfACustomerWithoutFactsSaysSo(t *testing.T) {
	text := read(renderCustomer(t, &Customer{CustomerID: "c_a", Absent: true}))
	for _, want := range []string{"in no table but identity_map", "No play fits", "In no audience", "Nothing is known to have happened", "Nothing is measured", "In no segment", "One record alone"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestTextsOfACustomerAreTextNotMarkup(t *testing.T) {
	evil := `<img src=x onerror=alert(1)>"'&`
	c := sampleCustomer()
	c.Name, c.Project, c.CustomerID, c.FormerIDs[0], c.Golden[0].Value, c.Golden[0].Losing = evil, evil, evil, evil, evil, evil
	c.Moments[0].What, c.Moments[0].Items, c.Moments[0].Channel, c.Moments[0].Stage, c.Moments[3].ScoreKind, c.Moments[4].Campaign = evil, []string{evil}, evil, evil, evil, evil
	c.Records[0].SourceID, c.Records[0].Rule, c.Links[0].Weights[0].Values, c.Conflicts[0].Values, c.Reasons[0].Text, c.Plays[0].ReasonEN = evil, evil, evil, evil, evil, evil
	if page := renderCustomer(t, c); strings.Contains(strings.ToLower(page), "<img") {
		t.Error("a value became markup")
	}
}

func TestALongTimelineShowsTheLastMoments(t *testing.T) {
	c := &Customer{CustomerID: "c_a", AsOf: 20726}
	for i := range maxMoments + 7 {
		c.Moments = append(c.Moments, Moment{Time: int64(i) * 3600e6, Kind: MomentTouch, What: fmt.Sprint("step", i)})
	}
	page := renderCustomer(t, c)
	if n := strings.Count(page, "<li "); n != maxMoments {
		t.Errorf("%d moments, want %d", n, maxMoments)
	}
	if text := read(page); !strings.Contains(text, "older moments that are not shown: 未显示的更早记录： 7") || strings.Contains(text, "Step6 ") || !strings.Contains(text, "Step7 ") {
		t.Error("the older moments are shown, or not told of")
	}
}
