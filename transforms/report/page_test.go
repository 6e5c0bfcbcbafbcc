package report

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/rfm"
)

func pointer[T any](v T) *T { return &v }

// sample is an invented company with everything that the page can show.
func sample() *Data {
	d := &Data{
		Project: "northwind_tea", RunID: "2026-09-30-abcdefghij", Parent: "2026-08-31-klmnopqrst", AsOf: 20726, Currency: "CNY",
		Sources: []Source{
			{Name: "crm", Profile: "salesforce", Files: 3, Bytes: 4_100_000, Accepted: 18200, Skipped: 12, Issues: 431},
			{Name: "tmall", Profile: "taobao", Files: 24, Bytes: 88_000_000, Accepted: 402_300, Skipped: 2210, Rejected: 87, Issues: 1204},
			{Name: "survey", Profile: "wjx", Files: 1, Bytes: 240_000, Accepted: 1800},
		},
		Accounts: []FileAccount{
			{Source: "crm", File: "Contact.csv", Accepted: 18200, Skipped: 12, Issues: map[string]int64{"Birthdate|bad_value": 420, "Phone|masked": 11}, Skips: map[string]int64{"superseded": 12}},
			{Source: "tmall", File: "orders_2026_09.csv", Accepted: 402_300, Skipped: 2210, Rejected: 87, Rejects: map[string]int64{"ragged_row": 80, "bad_value": 7}, Skips: map[string]int64{"superseded": 2200, "footer": 10}},
		},
		Identity: Identity{
			Parties: 61_000, Customers: 41_250, Persons: 40_100, Organizations: 1150, Joined: 32_480,
			Rules:     []NameCount{{"", 41_250}, {"phone", 12_400}, {"email", 5200}, {"id.unionid", 1900}, {"reference", 250}},
			Conflicts: []NameCount{{"given_names_contradict", 310}, {"shared_by_too_many", 45}},
			Threshold: .97351, Chosen: true, ExpectedFalse: 18.25, Merges: 7300,
			Bands: [][2]int64{{0, 12_000}, {1, 3000}, {2, 900}, {0, 400}, {5, 300}, {9, 200}, {30, 150}, {60, 120}, {80, 90}, {200, 60}, {400, 40}, {1800, 12}, {4000, 5}, {9000, 1}, {61_000, 0}},
			Weights: []ComparisonWeights{
				{"birth_date", []LevelWeight{{"equal", 13.14, .945}, {"mistyped", 5.3, .026}, {"different", -5.9, .0145}}},
				{"text.nickname", []LevelWeight{{"equal", .7, .08}, {"different", -.05, .92}}},
			},
			Blocks:   []Block{{"email_local", 18_200, 7200, 147}, {"family+initial", 90_000, 16_900, 138}},
			Doubtful: []Doubt{{"c_aaaaaaaaaaaaaaaaaaaaaaaaaa", .97392, 6}, {"c_bbbbbbbbbbbbbbbbbbbbbbbbbb", .99996, 2}},
		},
		Orders: OrderTotals{Orders: 118_300, Counting: 104_220, Revenue: 312_456_780_000, Anonymous: 18_200_000_000},
		Churn: []ChurnBand{
			{"low", 12_000, 1_100_000_000, [3]RiskSum{{5000, 900_000_000}, {4000, 150_000_000}, {3000, 50_000_000}}},
			{"medium", 9400, 4_300_000_000, [3]RiskSum{{2000, 3_600_000_000}, {3000, 500_000_000}, {4400, 200_000_000}}},
			{"high", 6100, 7_900_000_000, [3]RiskSum{{900, 6_900_000_000}, {1800, 700_000_000}, {3400, 300_000_000}}},
			{"lapsed", 3020, 900_000_000, [3]RiskSum{{100, 500_000_000}, {420, 250_000_000}, {2500, 150_000_000}}},
		},
		Audiences: []schemas.Audience{
			{Audience: "win_back_gold", Platform: "sms", Matched: 820, Members: 512, Held: 308, NoConsent: 190, Suppressed: 6, Control: 82, Capped: 20, Added: 44, Removed: 31, Files: 1},
			{Audience: "win_back_gold", Platform: "google", Matched: 820, Held: 820, NoConsent: 640, TooSmall: true},
		},
		Quality: []schemas.DataQuality{
			{Table: "crm/Contact.csv", Column: "Birthdate", Check: "issue_share:bad_value", Measured: 0.061, Bound: pointer(0.05)},
			{Table: "customers", Column: "customer_id", Check: "repeated_keys", Bound: pointer(0.0), Passed: true},
		},
		Revenue: []schemas.RevenueReconciliation{
			{Source: "tmall", Month: "2026-08", Orders: 9100, Total: 29_000_000_000, Cancelled: 1_000_000_000, Refunded: 500_000_000, Anonymous: 300_000_000, Counted: 27_200_000_000},
			{Source: "tmall", Month: "2026-09", Orders: 9800, Total: 31_000_000_000, Open: 250_000_000, Cancelled: 900_000_000, Counted: 29_850_000_000},
			{Source: "erp", Month: "2026-09", Orders: 300, Total: 61_000_000_000, NotCounted: 1_000_000_000, Counted: 60_000_000_000},
		},
	}
	for size := int64(1); size <= 18; size++ {
		d.Identity.Sizes = append(d.Identity.Sizes, SizeCount{size, 27_000 / (size * size)})
	}
	for r := range 5 {
		for f := range 5 {
			n := int64(400 + 180*r*f + 300*(4-r)*(4-f)/4)
			d.RFM.Grid[r][f] = Sum{n, n * int64(f+1) * 6_000_000}
			d.RFM.Total.Merge(d.RFM.Grid[r][f])
		}
	}
	total := d.RFM.Total
	d.RFM.Basis = "margin"
	d.RFM.ABC = [3]Sum{{total.Customers / 5, total.Revenue * 80 / 100}, {total.Customers * 3 / 10, total.Revenue * 15 / 100}, {total.Customers / 2, total.Revenue * 5 / 100}}
	values := make([]int64, 3000)
	for i := range values {
		values[i] = int64(90_000_000 * math.Pow(0.9985, float64(i)))
	}
	d.CLV = CLV{Model: "bg_nbd", Basis: "margin", Deciles: Deciles(values)}
	for _, s := range d.CLV.Deciles {
		d.CLV.Total.Merge(s)
	}
	for i := range 24 {
		month := fmt.Sprintf("%04d-%02d", 2024+(i+9)/12, (i+9)%12+1)
		d.KPI = append(
			d.KPI,
			schemas.KPI{Period: month, Metric: "revenue", MetricZH: "净收入", Unit: "money", Value: pointer(900_000 + 40_000*float64(i%7) + 20_000*float64(i))},
			schemas.KPI{Period: month, Metric: "new_buyers", MetricZH: "新购买客户数", Unit: "count", Value: pointer(float64(600 + 30*(i%5)))},
		)
	}
	for _, period := range []string{"last_12m", "2025", "all"} {
		d.KPI = append(
			d.KPI,
			schemas.KPI{Period: period, Metric: "revenue", MetricZH: "净收入", Unit: "money", Value: pointer(12_345_678.9)},
			schemas.KPI{Period: period, Metric: "buyers", MetricZH: "购买客户数", Unit: "count", Value: pointer(30_520.0)},
			schemas.KPI{Period: period, Metric: "repeat_rate", MetricZH: "复购率", Unit: "share", Value: pointer(0.4321)},
			schemas.KPI{Period: period, Metric: "retention", MetricZH: "留存率", Unit: "share"},
		)
	}
	for i, s := range [][3]string{{"active", "Active", "活跃"}, {"new", "New", "新客"}, {"lost", "Lost", "流失"}} {
		d.Segments = append(d.Segments, schemas.SegmentSummary{Scheme: "lifecycle", Segment: s[0], NameEN: s[1], NameZH: s[2], Customers: int64(9000 - 2500*i), Revenue: 50_000_000_000})
	}
	for i := range 15 {
		d.Segments = append(d.Segments, schemas.SegmentSummary{Scheme: "geographic", Segment: fmt.Sprintf("province/%02d", i), Customers: int64(3000 - 150*i), Revenue: 9_000_000_000})
	}
	business(d)
	for _, t := range schemas.Tables() {
		d.Tables = append(d.Tables, TableCount{Name: t.Name, Label: t.Grain, Rows: 1234, Empty: t.Empty})
	}
	return d
}

func render(t *testing.T, d *Data) string {
	t.Helper()
	page, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func TestPageNeedsNothingFromOutside(t *testing.T) {
	page := render(t, sample())
	if i := strings.Index(page, "http"); i >= 0 && !strings.HasPrefix(page[i:], "http-equiv") {
		t.Errorf("the page names an address: %.80s", page[i:])
	}
	for _, word := range []string{"<script", "@import", "url(", "<iframe", "src=", `="//`} {
		if i := strings.Index(page, word); i >= 0 {
			t.Errorf("the page holds %s: %.80s", word, page[i:])
		}
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if link := m[1]; !strings.HasPrefix(link, "#") && !strings.HasPrefix(link, "../") && link != "data:," {
			t.Errorf("the page links to %s", link)
		}
	}
}

// tags are the marks of a page.
var tags = regexp.MustCompile(`<style>(?s:.*?)</style>|<[^>]*>`)

// words of a page as they are read.
func read(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

func TestPageShowsWhatTheRunHolds(t *testing.T) {
	page := render(t, sample())
	text := read(page)
	for _, want := range []string{
		"41,250", "53.2 %", "CNY 31.2M", // customers, match rate, revenue
		"Champions", "冠军客户", "不能流失的客户", "80.0 % of revenue", "已流失", "bg_nbd", "win_back_gold", "low", "Given names contradict",
		"12 records or more", "Same id: unionid", "Too many or too few columns", "6.1 %", "1 of / 2 passed", "and 另有 3 more", "customer_segment", "2026-08", "Issue share: bad value",
		"7,300 merges, of which 18.3 are expected to be false", "0.974", "0.99996", "c_aaaaaaaaaaaaaaaaaaaaaaaaaa", "147 records", "出生日期", "Text: nickname",
		"Buyers 购买客户数 29,452 30,520 +1,068 +3.6 %", "812", "2026-Q3 83.0 % 80.0 % ✓ yes 是 83.0 % 2026-Q3", "6.2 % 5.0 % ✗", "NPS 净推荐值 last 12 months 近12个月 – 40 not known", // against the run before, against targets
		"10 % 300", "Growth 成长 7,270 367 270 7,367", // concentration, balance of a stage
		"2026-01 551 100 41 38", "google_ads 1,800 198,000.00 110.00 32.0 % 740.00 6.73 64", "tmall 4,100 – – 30.0 % 980.00 – –", // cohorts, channels
		"Awareness 认知 → Consideration 考虑 → Purchase 购买 9,200 31.0 % 12.5", "Quality 2,691 280 10.4 %", "1 Late delivery Ticket 412 318", // journey, feedback
		"A 5,000 90k 2,000 360k 900 690k", // churn by value
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	if !strings.Contains(page, "0.95 to 0.99: 1,800 pairs of one customer, 12 of two") {
		t.Error("no mark says how many pairs a band has")
	}
	for _, cell := range rfm.TenCells() {
		if !strings.Contains(page, cell.ZH) {
			t.Errorf("the page does not name the cell %s", cell.ZH)
		}
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("the template refused a value")
	}
}

func TestPageOfAnEmptyRunSaysSo(t *testing.T) {
	page := render(t, &Data{Project: "p", RunID: "r", Currency: "EUR"})
	for _, want := range []string{"no key figures", "no buyers", "no segments", "No audiences", "no orders", "No row was rejected", "All checks passed"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "<no value>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func TestNamesFromExportsAreTextNotMarkup(t *testing.T) {
	evil := `<img src=x onerror=alert(1)>"'&`
	d := sample()
	d.Project, d.Sources[0].Name, d.Accounts[0].File, d.CLV.Model = evil, evil, evil, evil
	d.Accounts[0].Issues = map[string]int64{evil + "|" + evil: 3}
	d.Segments[0].NameEN, d.Segments[0].NameZH, d.Revenue[0].Source, d.Audiences[0].Audience = evil, evil, evil, evil
	d.KPI[0].Period = "2<26-0" // looks like a month
	d.Quality[0].Table, d.Identity.Rules[0].Name = evil, evil
	d.Identity.Weights[0].Name, d.Identity.Weights[0].Levels[0].Level, d.Identity.Blocks[0].Rule, d.Identity.Doubtful[0].CustomerID = evil, evil, evil, evil
	if page := render(t, d); strings.Contains(page, "<img") || strings.Contains(page, "<Img") || strings.Contains(page, "2<26") {
		t.Error("a name became markup")
	}
}

func TestEqualDataGiveEqualBytes(t *testing.T) {
	first := render(t, sample())
	for range 20 {
		if !bytes.Equal([]byte(first), []byte(render(t, sample()))) {
			t.Fatal("the page differs between two renderings")
		}
	}
}

func TestNumbersAreWrittenInFull(t *testing.T) {
	for v, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := Count(v); got != want {
			t.Errorf("Count(%d) = %s, want %s", v, got, want)
		}
	}
	for v, want := range map[int64]string{0: "0.00", 1: "0.00", 50: "0.01", 49: "0.00", -50: "-0.01", 12345600: "1,234.56", -99999: "-10.00", 100: "0.01"} {
		if got := Money(v); got != want {
			t.Errorf("Money(%d) = %s, want %s", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0", 950: "950", 12345: "12.3k", 4_560_000: "4.56M", -1_200_000_000: "-1.2B", 1000: "1k", 0.5: "0.5"} {
		if got := Short(v); got != want {
			t.Errorf("Short(%v) = %s, want %s", v, got, want)
		}
	}
	if got := PercentOf(1, 0); got != Missing {
		t.Errorf("a share of nothing is %s", got)
	}
}

func TestDecilesHoldEveryValueOnceAndDifferByOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-1000, 1_000_000), 1, 200).Draw(r, "values")
		var n, sum, want int64
		low, high := int64(math.MaxInt64), int64(0)
		for _, v := range values {
			want += v
		}
		for _, d := range Deciles(values) {
			n += d.Customers
			sum += d.Revenue
			low, high = min(low, d.Customers), max(high, d.Customers)
		}
		if n != int64(len(values)) || sum != want || high-low > 1 {
			r.Fatalf("%d of %d values, sum %d of %d, sizes %d to %d", n, len(values), sum, want, low, high)
		}
	})
}

func TestAxisEndsAboveTheHighestColumn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		v := rapid.Float64Range(1e-6, 1e15).Draw(r, "v")
		// The factors of niceCeiling are at most 1.34 apart, but for rounding.
		if top := niceCeiling(v); top < v || top > 1.35*v {
			r.Fatalf("%v for %v", top, v)
		}
	})
}

func TestEveryProbabilityLiesInABand(t *testing.T) {
	if Bands != len(bandEdges)+1 {
		t.Fatalf("%d bands between %d edges", Bands, len(bandEdges))
	}
	for p, want := range map[float64]int{0: 0, .0499: 0, .05: 1, .95: 11, .9999: 14, 1: 14} {
		if got := Band(p); got != want {
			t.Errorf("%v lies in band %d, want %d", p, got, want)
		}
	}
}
