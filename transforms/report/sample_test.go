package report

import (
	"fmt"
	"math"

	"github.com/tributary-cdp/tributary/schemas"
)

// business fills what management, marketing and service look at.
func business(d *Data) {
	d.Before = &Before{RunID: "2026-08-31-klmnopqrst", AsOf: 20696}
	for _, row := range d.KPI {
		if row.Period == "last_12m" && row.Value != nil {
			row.Value = pointer(*row.Value * .965)
			d.Before.KPI = append(d.Before.KPI, row)
		}
	}
	d.Events = []NameCount{{"created", 812}, {"merged", 41}, {"split", 3}, {"retired", 12}}
	for i, quarter := range []string{"2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"} {
		value := .71 + .03*float64(i)
		d.KPI = append(d.KPI, schemas.KPI{Period: quarter, Metric: "quarterly_retention", MetricZH: "季度留存率", Unit: "share", Value: &value, Target: pointer(.8), Met: pointer(value >= .8)})
	}
	d.KPI = append(
		d.KPI,
		schemas.KPI{Period: "last_12m", Metric: "cac_share", MetricZH: "获客成本占比", Unit: "share", Value: pointer(.062), Target: pointer(.05), Met: pointer(false)},
		schemas.KPI{Period: "last_12m", Metric: "nps", MetricZH: "净推荐值", Unit: "score", Target: pointer(40.0)},
	)
	values := make([]int64, 3000)
	for i := range values {
		values[i] = int64(90_000_000 * math.Pow(0.9985, float64(i)))
	}
	d.Concentration = Concentrate(values)
	stages := [][3]string{{"prospect", "Prospect", "潜在"}, {"growth", "Growth", "成长"}, {"maturity", "Maturity", "成熟"}, {"decline", "Decline", "衰退"}, {"left", "Left", "流失"}}
	d.Segments = nil
	for i, s := range stages {
		d.Segments = append(d.Segments, schemas.SegmentSummary{
			Scheme: "lifecycle", Segment: s[0], NameEN: s[1], NameZH: s[2], Customers: int64(9000 - 1300*i), Revenue: 50_000_000_000, Entered: int64(100 + 40*i), Left: int64(220 - 40*i),
		})
	}
	for i, s := range [][3]string{{"regular", "Regular", "普通会员"}, {"silver", "Silver", "银卡"}, {"gold", "Gold", "金卡"}} {
		d.Segments = append(d.Segments, schemas.SegmentSummary{Scheme: "tier", Segment: s[0], NameEN: s[1], NameZH: s[2], Customers: int64(9000 - 4000*i), Revenue: 50_000_000_000})
	}
	for i := range 15 {
		d.Segments = append(d.Segments, schemas.SegmentSummary{Scheme: "geographic", Segment: fmt.Sprintf("province/%02d", i), Customers: int64(3000 - 150*i), Revenue: 9_000_000_000})
	}
	for _, m := range []struct {
		from, to string
		n        int64
	}{
		{Outside, "prospect", 640},
		{Outside, "growth", 172},
		{"prospect", "prospect", 8000},
		{"prospect", "growth", 120},
		{"growth", "growth", 7000},
		{"growth", "maturity", 210},
		{"growth", "decline", 60},
		{"maturity", "maturity", 6000},
		{"maturity", "decline", 180},
		{"decline", "left", 240},
		{"decline", "growth", 45},
		{"left", Outside, 12},
		{"left", "growth", 30},
	} {
		d.Moves = append(d.Moves, schemas.SegmentMigration{Scheme: "lifecycle", From: m.from, To: m.to, Customers: m.n})
	}
	for _, m := range []struct {
		from, to string
		n        int64
	}{{"regular", "regular", 8700}, {"regular", "silver", 130}, {"silver", "gold", 42}, {"silver", "regular", 75}, {"gold", "silver", 9}, {"silver", "silver", 4800}, {"gold", "gold", 980}} {
		d.Moves = append(d.Moves, schemas.SegmentMigration{Scheme: "tier", From: m.from, To: m.to, Customers: m.n})
	}
	for i := range 12 {
		for since := range 12 - i {
			share := math.Max(.08, .46-.035*float64(since)-.004*float64(i))
			if since == 0 {
				share = 1
			}
			d.Cohorts = append(d.Cohorts, CohortMonth{
				Cohort: fmt.Sprintf("%04d-%02d", 2025+(i+9)/12, (i+9)%12+1), Channel: AllChannels, Since: int64(since), Customers: int64(500 + 17*i),
				Retention: pointer(share), LTV: pointer(int64(4_000_000 + 600_000*since)),
			})
		}
	}
	for i, c := range []struct {
		name      string
		n         int64
		cost, ltv *int64
		days      *int64
	}{
		{"tmall", 4100, nil, pointer(int64(9_800_000)), nil},
		{"google_ads", 1800, pointer(int64(1_980_000_000)), pointer(int64(7_400_000)), pointer(int64(64))},
		{"douyin", 1250, pointer(int64(2_500_000_000)), pointer(int64(1_700_000)), nil},
		{"wecom", 640, pointer(int64(96_000_000)), pointer(int64(8_100_000)), pointer(int64(12))},
	} {
		var cac *int64
		if c.cost != nil {
			cac = pointer(*c.cost / c.n)
		}
		d.Channels = append(d.Channels, schemas.ChannelPerformance{
			CAC: cac, Channel: c.name, CampaignID: "c", Month: "2026-08", NewCustomers: c.n, Cost: c.cost, Retention90d: pointer(.3 + .02*float64(i)), LTV: c.ltv, PaybackDays: c.days,
		})
	}
	d.Journeys = []schemas.JourneyPath{
		{Path: "awareness > consideration > purchase", Customers: 9200, Conversion: pointer(.31), MedianDays: pointer(12.5)},
		{Path: "consideration > purchase > service > purchase", Customers: 4100, Conversion: pointer(1.0), MedianDays: pointer(86.0)},
		{Path: "awareness", Customers: 2800},
	}
	for i := range 14 {
		for j, c := range []string{"product", "service", "need", "other"} {
			d.Feedback = append(d.Feedback, schemas.FeedbackSummary{
				Month: fmt.Sprintf("%04d-%02d", 2025+(i+7)/12, (i+7)%12+1), Category: c, Department: []string{"quality", "logistics", "sales", "support"}[j], Items: int64(180 - 35*j + 9*(i%4)), Late: int64(20 - 4*j),
			})
		}
	}
	d.Pains = []schemas.PainPoint{
		{Touchpoint: "ticket", Topic: "late_delivery", Frequency: 412, Impact: 318.5, Rank: 1},
		{Touchpoint: "survey", Topic: "price", Frequency: 230, Impact: 120.25, Rank: 2},
		{Touchpoint: "chat", Topic: "return", Frequency: 96, Impact: 77, Rank: 3},
	}
}
