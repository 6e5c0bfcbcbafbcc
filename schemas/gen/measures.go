package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

const measuresHead = `# Measures / 指标口径

Generated from schemas/measures.go by ` + "`make generate`" + `; do not edit.

A measure has one meaning in every table, rule, key figure and page of the report. Money is in the reporting currency; days are days of the config's time zone; nothing after ` + "`as_of`" + ` is seen.
In table [kpi](tables.md#kpi) the periods are ` + "`all`" + ` (what the data hold), ` + "`last_12m`" + ` (365 days up to as_of), ` + "`2026`, `2026-Q3` and `2026-09`" + `. A value is null where the data do not cover the period, or the days before it that the measure looks at.

同一指标在所有表、规则、关键指标和报告中口径一致。金额为报告币种，日期按配置时区，as_of 之后的数据不计入。数据未完整覆盖的期间取空值。

| measure | 指标 | meaning | 含义 | unit | where | computed in |
|---|---|---|---|---|---|---|
`

// measuresPage lists what every figure means.
func measuresPage() []byte {
	var b bytes.Buffer
	b.WriteString(measuresHead)
	for _, m := range schemas.Measures() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | `%s` |\n",
			cell(m.Name.EN), cell(m.Name.ZH), cell(m.Meaning.EN), cell(m.Meaning.ZH), cell(m.Unit), places(m.Where), m.Package)
	}
	return b.Bytes()
}

// places links to the tables that hold a measure.
func places(where []string) string {
	out := make([]string, len(where))
	for i, place := range where {
		table, _, found := strings.Cut(place, ".")
		if !found {
			table, _, _ = strings.Cut(place, ":")
		}
		out[i] = fmt.Sprintf("[`%s`](tables.md#%s)", place, table)
	}
	return strings.Join(out, ", ")
}
