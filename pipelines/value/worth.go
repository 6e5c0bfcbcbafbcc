package value

import (
	"github.com/tributary-cdp/tributary/pipelines/customers"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/acquisition"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// worth adds up what customers of one partition are worth by where they came from.
type worth struct {
	sums *acquisition.Worth
	cac  *acquisition.CAC
}

func newWorth(p *applyParams) *worth {
	return &worth{sums: acquisition.NewWorth(p.Costs), cac: p.CAC}
}

// customer adds a buyer, and fills in what the channel has paid for the customer.
func (w *worth) customer(p *schemas.CustomerProfile, value *schemas.CustomerCLV) {
	w.sums.Customer(p, value.CLVLifetime)
	value.CAC = w.cac.Of(p)
	if value.CAC != nil && *value.CAC > 0 && value.CLVLifetime != nil {
		ratio := float64(*value.CLVLifetime) / float64(*value.CAC)
		value.CLVToCAC = &ratio
	}
}

// acquisitionParams are what the books of acquisition tell value.apply.
type acquisitionParams struct {
	Costs acquisition.Costs `json:"costs"`
	CAC   *acquisition.CAC  `json:"cac"`
}

func acquisitionOf(env *runs.Env) (a acquisitionParams, err error) {
	ledger, costs, err := customers.ReadAcquisition(env.Layout)
	if err != nil {
		return a, err
	}
	return acquisitionParams{Costs: costs, CAC: ledger.CAC()}, nil
}

// writeAcquisition writes the tables of acquisition from the worth of all partitions.
func writeAcquisition(p *applyParams, m *warehouse.Manifest, sums [][]byte, basis string) error {
	ledger, costs, err := customers.ReadAcquisition(p.Layout())
	if err != nil {
		return err
	}
	all := acquisition.NewWorth(costs)
	for _, sum := range sums {
		if err := all.Merge(sum); err != nil {
			return err
		}
	}
	if err := runs.WriteTable(&p.Base, m, "channel_performance", ledger.ChannelRows(all, basis), func(r *schemas.ChannelPerformance) *schemas.RunColumns { return &r.RunColumns }); err != nil {
		return err
	}
	return runs.WriteTable(&p.Base, m, "channel_need", ledger.NeedRows(all), func(r *schemas.ChannelNeed) *schemas.RunColumns { return &r.RunColumns })
}
