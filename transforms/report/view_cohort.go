package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
)

// Bounds of the heat map: the last cohorts and the first months.
const (
	maxCohorts = 18
	maxSince   = 12
)

// cohortView is the heat map of retention: a row is a month of first orders.
type cohortView struct {
	Since []int64
	Rows  []cohortRow
}

type cohortRow struct {
	Month     string
	Customers template.HTML
	Cells     []cohortCell
	Value     template.HTML // cumulative revenue per customer so far
}

// cohortCell is empty where the month is not over.
type cohortCell struct {
	Share        template.HTML
	Shade, Title string
}

// cohorts draws the rows of all channels.
func (v *view) cohorts() {
	byMonth := map[string]map[int64]*CohortMonth{}
	var months []string
	var since int64
	highest := 0.0
	for i := range v.Cohorts {
		row := &v.Cohorts[i]
		if row.Channel != AllChannels {
			continue
		}
		if byMonth[row.Cohort] == nil {
			byMonth[row.Cohort] = map[int64]*CohortMonth{}
			months = append(months, row.Cohort)
		}
		byMonth[row.Cohort][row.Since] = row
	}
	slices.Sort(months)
	months = months[max(0, len(months)-maxCohorts):]
	for _, month := range months {
		for i, row := range byMonth[month] { // maxima do not hang on the order
			if i <= maxSince && row.Retention != nil {
				since = max(since, i)
				if i > 0 {
					highest = math.Max(highest, *row.Retention)
				}
			}
		}
	}
	for i := range since + 1 {
		v.Cohort.Since = append(v.Cohort.Since, i)
	}
	for _, month := range months {
		v.Cohort.Rows = append(v.Cohort.Rows, cohortOf(month, byMonth[month], since, highest))
	}
}

// AllChannels stands for all channels together.
const AllChannels = "all"

func cohortOf(month string, rows map[int64]*CohortMonth, since int64, highest float64) cohortRow {
	out := cohortRow{Month: month}
	var last *CohortMonth
	for i := range since + 1 {
		var cell cohortCell
		if row := rows[i]; row != nil {
			if out.Customers == "" {
				out.Customers = figureCount(row.Customers, "cohort", month, "customers")
			}
			if row.Retention != nil {
				last = row
				share := *row.Retention
				cell = cohortCell{
					Share: figure(exact(share), strconv.FormatFloat(100*share, 'f', 0, 64), "cohort", month, strconv.FormatInt(i, 10)),
					Shade: shadeOf(share, highest), Title: fmt.Sprintf("%s + %d: %s of %s", month, i, Percent(share), Count(row.Customers)),
				}
			}
		}
		out.Cells = append(out.Cells, cell)
	}
	if last != nil {
		out.Value = orMissing(last.LTV, figureMoney, "cohort", month, "value")
	}
	return out
}

// shadeOf is the opacity of a share against the highest one.
func shadeOf(share, highest float64) string {
	if highest <= 0 || share <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.2f", lightestShade+(darkestShade-lightestShade)*math.Min(1, share/highest))
}
