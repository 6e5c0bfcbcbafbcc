package evaluate

import (
	"context"
	"errors"
	"time"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/transforms/clv"
)

// units are what times and rates are counted in, in days.
var units = map[string]float64{"day": 1, "week": 7, "month": 365.25 / 12}

// CLVRequest names the orders to evaluate value models on.
type CLVRequest struct {
	Orders         string
	CalibrationEnd string // day, inclusive
	HoldoutEnd     string // day, inclusive
	Unit           string // day, week or month
}

// CLVResult holds every model and the simple methods against the holdout.
type CLVResult struct {
	Chosen      string     `json:"chosen"`
	Reason      string     `json:"reason"`
	Models      []CLVModel `json:"models"`
	OrderModel  string     `json:"order_model"` // under the blend
	Customers   int        `json:"customers"`   // who ordered up to the end of calibration
	Orders      float64    `json:"holdout_orders"`
	Money       float64    `json:"holdout_money"`
	Calibration string     `json:"calibration_end"`
	Holdout     string     `json:"holdout_end"`
	Unit        string     `json:"unit"`
	Horizon     float64    `json:"horizon"` // in units
	Season      float64    `json:"season"`  // factor of the holdout's months; 1 without two years of orders
	BlendReason string     `json:"blend_reason,omitempty"`
	SpendReason string     `json:"spend_reason,omitempty"`
	Rows        int64      `json:"rows"`
	Skipped     int64      `json:"rows_skipped"`
	SkippedWhy  string     `json:"first_skipped,omitempty"`
}

// CLVModel is one model or method. mae and rmse are of numbers of orders, gini and spearman of
// customers ranked by money; counts and money hold all measures of both.
type CLVModel struct {
	Name     string             `json:"name"`
	Params   map[string]float64 `json:"params"`
	StdErr   map[string]float64 `json:"se"`
	LL       *float64           `json:"ll"` // weekly, without the x! term
	MAE      *float64           `json:"mae"`
	RMSE     *float64           `json:"rmse"`
	Gini     *float64           `json:"gini"`
	Spearman *float64           `json:"spearman"`
	Seconds  float64            `json:"seconds"`
	Counts   *clv.Measures      `json:"counts,omitempty"`
	Money    *clv.Measures      `json:"money,omitempty"`
	Note     string             `json:"note,omitempty"` // why it was not used
}

// CLV evaluates value models on a file of orders.
func CLV(ctx context.Context, request CLVRequest) (*CLVResult, error) {
	unit, ok := units[request.Unit]
	if !ok {
		return nil, runs.ConfigError("--unit %s: give day, week or month", request.Unit)
	}
	cut, okCut := orderDay(request.CalibrationEnd)
	end, okEnd := orderDay(request.HoldoutEnd)
	switch {
	case !okCut:
		return nil, runs.ConfigError("--calibration-end %s is no date (expected 2026-09-30)", request.CalibrationEnd)
	case !okEnd:
		return nil, runs.ConfigError("--holdout-end %s is no date (expected 2026-09-30)", request.HoldoutEnd)
	case end <= cut:
		return nil, runs.ConfigError("--holdout-end %s is not after --calibration-end %s", request.HoldoutEnd, request.CalibrationEnd)
	}
	orders, err := readOrderFile(ctx, request.Orders)
	if err != nil {
		return nil, err
	}
	r := &CLVResult{
		Calibration: request.CalibrationEnd, Holdout: request.HoldoutEnd, Unit: request.Unit, Horizon: float64(end-cut) / unit, Season: 1,
		Rows: orders.Rows, Skipped: orders.Skipped, SkippedWhy: orders.First, Models: []CLVModel{},
	}
	start := time.Now()
	test, err := clv.Run(orders.Book, cut, end, func() float64 { return time.Since(start).Seconds() })
	if errors.Is(err, clv.ErrRefused) {
		r.Chosen, r.Reason = "none", "not enough data: "+err.Error()
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	r.Chosen, r.Reason, r.OrderModel, r.Customers, r.Season = test.Chosen, test.Reason, test.OrderModel, test.Customers, test.Season
	r.BlendReason, r.SpendReason = test.BlendReason, test.SpendReason
	for i := range test.Orders {
		r.Orders += test.Orders[i]
		r.Money += test.Money[i]
	}
	for i := range test.Results {
		r.Models = append(r.Models, modelOf(&test.Results[i], unit))
	}
	if f := test.Spend; f != nil {
		m := CLVModel{Name: "gamma_gamma", Params: map[string]float64{"p": f.P, "q": f.Q, "v": f.Gamma}, LL: &f.LL, Note: "spend per order day"}
		if len(f.Errors) == 3 {
			m.StdErr = map[string]float64{"p": f.Errors[0], "q": f.Errors[1], "v": f.Errors[2]}
		}
		r.Models = append(r.Models, m)
	}
	return r, nil
}

func modelOf(r *clv.Result, unit float64) CLVModel {
	m := CLVModel{Name: r.Name, Seconds: r.Seconds, Note: r.Out}
	if r.Fit != nil {
		m.LL, m.Params, m.StdErr = &r.Fit.LL, map[string]float64{}, map[string]float64{}
		for _, p := range r.Fit.List() {
			scale := 1.0
			if p.Name == "alpha" || p.Name == "beta" { // times, in weeks within the models
				scale = 7 / unit
			}
			m.Params[p.Name] = p.Value * scale
			if p.StdErr > 0 {
				m.StdErr[p.Name] = p.StdErr * scale
			}
		}
	}
	if r.Orders != nil {
		m.Counts, m.MAE, m.RMSE = &r.Counts, &r.Counts.MAE, &r.Counts.RMSE
	}
	if r.Money != nil {
		m.Money, m.Gini, m.Spearman = &r.Value, &r.Value.Gini, &r.Value.Spearman
	}
	return m
}
