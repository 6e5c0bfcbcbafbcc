package value_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/internal/shareddata"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
)

// onlineRetail takes a year of a British wholesaler (UCI Online Retail) through the value stage.
func onlineRetail(t *testing.T) *runs.Env {
	t.Helper()
	if testing.Short() {
		t.Skip("half a million lines")
	}
	file, dir := shareddata.Shared(t, "value", "online_retail.csv.gz"), t.TempDir()
	pipetest.Write(t, dir, map[string]string{"tributary.yaml": fmt.Sprintf(`
project: uci
as_of: 2011-12-10
timezone: UTC
currency: GBP
sources: [{name: retail, profile: online_retail, path: %q, currency: GBP, decimal: "."}]
identity: {regions: [GB]}
output: {path: out}
`, file)})
	return pipetest.Run(t, filepath.Join(dir, "tributary.yaml"), stageValue)
}

// The totals of that year are published.
func TestOnlineRetailEndsInItsPublishedTotals(t *testing.T) {
	env := onlineRetail(t)
	var gross, net, free int64
	for _, c := range pipetest.Table[schemas.Customer](t, env, "customers") {
		gross, net = gross+c.Gross, net+c.Revenue
		if c.Orders > 0 && c.Gross == 0 {
			free++ // one customer had a free sample and nothing else
		}
	}
	if gross != 8_911_407_9000 || net != 8_300_065_8100 {
		t.Errorf("gross %d and net %d of identified customers, want 8,911,407.90 and 8,300,065.81", gross, net)
	}
	ids := owners(t, env)
	rows := pipetest.Table[schemas.CustomerRFM](t, env, "customer_rfm")
	if n := int64(len(rows)) - free; n != 4338 || free != 1 {
		t.Errorf("%d customers bought, and %d had a free sample only; want 4338 and 1", n, free)
	}
	want := map[string]int64{ids["12346"]: 0, ids["16446"]: 2_9000}
	for _, row := range rows {
		if net, ok := want[row.CustomerID]; ok {
			delete(want, row.CustomerID)
			if row.Monetary != net || row.ABC == "A" {
				t.Errorf("a customer who sent nearly all back: net %d, class %s", row.Monetary, row.ABC)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("%d of the two customers who sent nearly all back are no buyers", len(want))
	}
	anonymous := 0
	for _, line := range pipetest.Table[schemas.OrderLineRow](t, env, "order_lines") {
		if line.CustomerID == "" {
			anonymous++
		}
	}
	if anonymous != 135_080 {
		t.Errorf("%d lines without a customer are kept, want 135,080", anonymous)
	}
}
