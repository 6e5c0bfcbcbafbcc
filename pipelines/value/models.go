package value

import (
	"fmt"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/clv"
)

// Names in table model_run beside those of the order models.
const (
	modelGammaGamma  = "gamma_gamma"
	modelPooledSpend = "pooled_spend"
	modelChurn       = "churn"
)

// modelRows are the rows of table model_run: every model with its parameters and measures,
// and why it was used or not.
func modelRows(s *scorer) []schemas.ModelRun {
	var out []schemas.ModelRun
	add := func(model string, chosen bool, reason, parameter string, value float64, errors []float64, at int) {
		row := schemas.ModelRun{Model: model, Parameter: parameter, Value: &value, Chosen: chosen, Reason: reason}
		if at >= 0 && at < len(errors) {
			row.StdErr = &errors[at]
		}
		out = append(out, row)
	}
	m := s.model
	warnings := strings.Join(m.Warnings, "; ")
	if f := m.Orders; f != nil {
		reason := "orders per customer: " + m.Chosen
		if warnings != "" {
			reason += ", but " + warnings
		}
		for i, p := range f.List() {
			add(f.Model, true, reason, p.Name, p.Value, f.Errors, i)
		}
		for _, p := range []struct {
			name  string
			value float64
		}{
			{"log_likelihood", f.LL},
			{"log_likelihood_without_dropout", f.NBDLL},
			{"dropout_statistic", f.DropoutShown()},
			{"slope_per_customer", f.Slope},
			{"customers", float64(f.Customers)},
			{"repeaters", float64(f.Repeaters)},
			{"patterns", float64(f.Patterns)},
		} {
			add(f.Model, true, reason, p.name, p.value, nil, -1)
		}
		add(clv.ModelRate, false, "the fallback of "+f.Model, "rate_per_week", m.PooledRate, nil, -1)
	} else {
		add(clv.ModelRate, true, "the fallback: "+m.OrdersReason, "rate_per_week", m.PooledRate, nil, -1)
	}
	for _, t := range m.Tried {
		if m.Orders != nil && t.Name == m.Orders.Model {
			continue
		}
		why := t.Out
		if why == "" {
			why = "compared, and not better than the chosen model"
		}
		if t.LL == nil {
			out = append(out, schemas.ModelRun{Model: t.Name, Parameter: "fit", Reason: why})
			continue
		}
		add(t.Name, false, why, "log_likelihood", *t.LL, nil, -1)
		if t.Loss != nil {
			add(t.Name, false, why, "inner_holdout_loss", *t.Loss, nil, -1)
		}
	}
	out = append(out, correctionRows(m)...)
	if f := m.Spend; f != nil {
		reason := "spend per order day, by " + m.Basis
		for i, p := range []struct {
			name  string
			value float64
		}{{"p", f.P}, {"q", f.Q}, {"v", f.Gamma}} {
			add(modelGammaGamma, true, reason, p.name, p.value, f.Errors, i)
		}
		for _, p := range []struct {
			name  string
			value float64
		}{{"log_likelihood", f.LL}, {"customers", float64(f.Customers)}, {"sample_mean", f.SampleMean}, {"correlation_with_orders", f.Correlation}} {
			add(modelGammaGamma, true, reason, p.name, p.value, nil, -1)
		}
	} else {
		out = append(out, schemas.ModelRun{Model: modelGammaGamma, Parameter: "fit", Reason: m.SpendReason})
		add(modelPooledSpend, true, "the fallback: "+m.SpendReason, "mean", m.PooledSpend, nil, -1)
	}
	reason := "probability of no counting order within the horizon, from " + m.Name() + "; not calibrated on a holdout"
	add(modelChurn, true, reason, "horizon_days", float64(s.churn.HorizonDays), nil, -1)
	add(modelChurn, true, reason, "population_gap_days", s.churn.PopulationGap, nil, -1)
	return out
}

// correctionRows are those of the correction that was learned at earlier dates.
func correctionRows(m *clv.Model) []schemas.ModelRun {
	b := m.Blend
	if b == nil {
		reason := m.BlendReason
		if reason == "" {
			reason = "no order model to correct"
		}
		return []schemas.ModelRun{{Model: clv.ModelBlend, Parameter: "fit", Reason: reason}}
	}
	reason := "expected orders and money, corrected by what the order model missed after earlier dates"
	var out []schemas.ModelRun
	for _, p := range []struct {
		name  string
		value float64
	}{
		{"weeks_ahead", b.Weeks},
		{"earlier_dates", float64(b.Cuts)},
		{"customers", float64(b.Rows)},
		{"penalty_orders", b.Penalty[0]},
		{"penalty_money", b.Penalty[1]},
	} {
		out = append(out, schemas.ModelRun{Model: clv.ModelBlend, Parameter: p.name, Value: &p.value, Chosen: true, Reason: reason})
	}
	for i, index := range m.Season {
		out = append(out, schemas.ModelRun{Model: "season", Parameter: fmt.Sprintf("month_%02d", i+1), Value: &index, Chosen: true, Reason: "orders of the month over the level around it"})
	}
	return out
}
