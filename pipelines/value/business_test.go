package value_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdp/tributary/internal/pipetest"
)

// A company with channels, campaigns and their costs, tickets, answers, deals and contracts.
// Everything follows a plain congruential sequence: no two platforms differ.
const businessConfig = `
project: invented
as_of: 2026-06-20
timezone: Asia/Shanghai
currency: CNY
fx: {USD: 7.1}
sources:
  - name: people
    namespace: shop
    path: people.csv
    mapping: {record: party, key: id, fields: {kind: kind, full_name: name, email: email, acquisition_channel: channel, campaign_id: campaign, owner: owner, registered_at: registered}}
  - name: sales
    namespace: shop
    path: sales.csv
    mapping: {record: order, key: id, fields: {customer_ref: {column: person, object: party}, time: day, status: status, net: net, channel: channel}}
  - name: desk
    namespace: shop
    path: desk.csv
    mapping: {record: interaction, key: id, fields: {customer_ref: {column: person, object: party}, kind: kind, channel: channel, time: created, first_response_time: answered, resolved_time: resolved, status: status, subject: subject, priority: priority, score: score, score_kind: score_kind, owner: agent}}
  - name: wishes
    namespace: shop
    path: wishes.csv
    mapping: {record: trait, key: id, fields: {customer_ref: {column: person, object: party}, name: name, value: value, time: day}}
  - name: deals
    namespace: shop
    path: deals.csv
    mapping: {record: opportunity, key: id, fields: {customer_ref: {column: person, object: party}, stage: stage, amount: amount, currency: currency, probability: probability, expected_close: expected, closed_at: closed, won: won, owner: owner}}
  - name: contracts
    namespace: shop
    path: contracts.csv
    mapping: {record: subscription, key: id, fields: {customer_ref: {column: person, object: party}, plan: plan, status: status, started: started, trial_end: trial_end, ends: ends, cancelled_at: cancelled, amount_per_month: amount}}
  - name: ads
    path: ads.csv
    mapping: {record: campaign_cost, key: [campaign, day], fields: {channel: channel, campaign_id: campaign, campaign: name, day: day, cost: cost, currency: currency}}
rules: rules
output: {path: out}
`

// business are the files of the company.
func business(customers int) map[string]string {
	state := uint32(7)
	next := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	pick := func(list ...string) string { return list[next(len(list))] }
	stamp := func(day int32, hour int) string {
		return time.Unix(int64(day)*86400+int64(hour)*3600, 0).UTC().Format("2006-01-02 15:04:05")
	}
	date := func(day int32) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }
	var people, sales, desk, wishes, deals, contracts, ads strings.Builder
	people.WriteString("id,kind,name,email,channel,campaign,owner,registered\n")
	sales.WriteString("id,person,day,status,net,channel\n")
	desk.WriteString("id,person,kind,channel,created,answered,resolved,status,subject,priority,score,score_kind,agent\n")
	wishes.WriteString("id,person,name,value,day\n")
	deals.WriteString("id,person,stage,amount,currency,probability,expected,closed,won,owner\n")
	contracts.WriteString("id,person,plan,status,started,trial_end,ends,cancelled,amount\n")
	ads.WriteString("campaign,channel,name,day,cost,currency\n")
	start, end := day("2025-01-03"), day("2026-07-05") // beyond as_of
	orders, items := 0, 0
	for i := range customers {
		kind, name := "person", fmt.Sprintf("Given%d Family%d", i, i)
		if organization(i) {
			kind, name = "organization", fmt.Sprintf("Firm %d Ltd", i)
		}
		fmt.Fprintf(&people, "p%d,%s,%s,c%d@example.com,%s,%s,%s,%s\n", i, kind, name, i,
			pick("Facebook", "facebook", "Trade Show", "Web", ""), pick("", "", "F1", "F2", "G1", "ghost"), pick("ann", "bo", ""), date(start+int32(next(400))))
		at := start + int32(next(400))
		for range next(9) {
			if at > end {
				break
			}
			net, status := 100*(1+next(80)), pick("completed", "completed", "completed", "completed", "paid", "cancelled", "created", "returned")
			if status == "returned" {
				net = -net / 2
			}
			person := fmt.Sprintf("p%d", i)
			if next(12) == 0 {
				person = "" // anonymous
			}
			fmt.Fprintf(&sales, "o%d,%s,%s,%s,%d.50,%s\n", orders, person, stamp(at, next(24)), status, net, pick("web", "store"))
			orders++
			at += int32(next(80))
		}
		for range next(4) {
			created := start + int32(next(530))
			hour, answered, resolved, status := next(24), "", "", pick("open", "solved", "pending")
			if next(4) > 0 {
				answered = stamp(created, hour+next(50))
			}
			if status == "solved" {
				resolved = stamp(created, hour+next(90))
				if next(15) == 0 {
					resolved = stamp(created-1, hour) // before it was created
				}
			}
			what, score, scoreKind := pick("ticket", "ticket", "ticket", "survey", "chat", "call", "message"), "", ""
			switch {
			case what == "survey":
				score, scoreKind = fmt.Sprint(next(12)), "nps" // 11 is no answer
			case next(3) == 0:
				score, scoreKind = fmt.Sprint(next(2)), "csat"
			}
			fmt.Fprintf(&desk, "i%d,p%d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", items, i, what, pick("web", "chat", "mail"), stamp(created, hour), answered, resolved, status,
				pick("Where is my order?", "收到时已经破损", "The lid is broken", "I want a refund", "Thank you", "建议增加颜色", "12345", ""), pick("", "urgent", "normal"), score, scoreKind, pick("x1", "x2", ""))
			items++
		}
		for range next(3) {
			fmt.Fprintf(&wishes, "w%d-%d,p%d,%s,%s,%s\n", i, next(1000), i, pick("need", "interest", "lifestyle"), pick("kitchen", "study", "garden"), date(start+int32(next(500))))
		}
		if next(4) == 0 {
			won, closed := pick("true", "false", ""), ""
			if won != "" && next(4) > 0 {
				closed = stamp(start+int32(next(560)), 9)
			}
			fmt.Fprintf(&deals, "d%d,p%d,%s,%d,%s,0.%d,%s,%s,%s,%s\n", i, i, pick("Proposal", "Negotiation"), 1000*(1+next(50)), pick("CNY", "USD"), 1+next(9), date(start+int32(next(600))), closed, won, pick("ann", "bo", "cy"))
		}
		for k := range next(3) {
			begun := start + int32(next(400))
			status, ends, cancelled, trial := pick("active", "active", "cancelled", "trial"), "", "", ""
			if next(2) == 0 {
				trial = stamp(begun+14, 0)
			}
			if next(2) == 0 {
				ends = stamp(begun+int32(365), 0)
			}
			if status == "cancelled" && next(5) > 0 {
				cancelled = stamp(begun+int32(30+next(200)), 0)
			}
			fmt.Fprintf(&contracts, "s%d-%d,p%d,%s,%s,%s,%s,%s,%s,%d\n", i, k, i, pick("basic", "pro"), status, stamp(begun, 1), trial, ends, cancelled, 100*(1+next(9)))
		}
	}
	for month := range 18 {
		first := time.Date(2025, time.Month(1+month), 1, 0, 0, 0, 0, time.UTC)
		for k, c := range []string{"F1,facebook,Spring", "F2,facebook,Retargeting", "G1,google,Autumn", "L9,linkedin,Nobody came"} {
			if k == 2 && month%5 == 3 {
				continue
			}
			cost := fmt.Sprint(500 + next(3000))
			if k == 0 && month == 7 {
				cost = "" // the export does not know
			}
			for _, of := range []int{0, 12} {
				fmt.Fprintf(&ads, "%s,%s,%s,%s\n", c, first.AddDate(0, 0, of).Format(time.DateOnly), cost, pick("CNY", "USD"))
			}
		}
	}
	return map[string]string{
		"tributary.yaml": businessConfig, "people.csv": people.String(), "sales.csv": sales.String(), "desk.csv": desk.String(), "wishes.csv": wishes.String(),
		"deals.csv": deals.String(), "contracts.csv": contracts.String(), "ads.csv": ads.String(),
		"rules/market.yaml": "market: [{period: \"2026-Q1\", size: 5000000}]\n---\ntargets: [{metric: cac_share, at_most: 0.04, kinds: [quarter]}]\n",
	}
}

// TestBusinessTablesAreThoseOfSQL recomputes every business table from the facts, in another
// engine: each query gives the rows in which the two differ.
func TestBusinessTablesAreThoseOfSQL(t *testing.T) {
	dir := t.TempDir()
	pipetest.DuckDB(t, dir, "select 1") // skips before the work
	pipetest.Write(t, dir, business(420))
	env := pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
	for name, query := range businessQueries {
		t.Run(name, func(t *testing.T) {
			if rows := pipetest.DuckDB(t, env.Layout.Dir(), businessFacts+query); len(rows) > 0 {
				t.Errorf("%d rows differ, such as %v", len(rows), rows[:min(3, len(rows))])
			}
		})
	}
	for name, query := range businessSense {
		if rows := pipetest.DuckDB(t, env.Layout.Dir(), query); rows[0][0] != "true" {
			t.Errorf("%s: %v", name, rows[0])
		}
	}
}
