package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

const head = `# Output tables / 输出表

Generated from the structs in schemas by ` + "`make generate`" + `; do not edit.

One row of a table is what its grain says; the key columns are unique together within a run. Every table has ` + "`run_id` and `as_of`" + `.
NUMERIC columns are money in the reporting currency unless the description says otherwise. REQUIRED columns are never null; an empty list stands for no list.
A column marked *contact* can name or reach a person: in BigQuery it lies in the contact dataset only.
Tables marked *empty* are written with their schema but without rows so far.

每张表的一行是其粒度所示的内容；主键列在一次运行内唯一。所有表都有 ` + "`run_id` 和 `as_of`" + `。NUMERIC 列为报告币种金额（另有说明者除外）。
标有 *contact* 的列含联系信息，在 BigQuery 中仅位于联系信息数据集。标有 *empty* 的表目前只有结构，没有数据。

`

// tablesPage describes every output table, in English and Chinese.
func tablesPage() []byte {
	var b bytes.Buffer
	b.WriteString(head)
	b.WriteString("| table | one row per | 粒度 |\n|---|---|---|\n")
	for _, t := range schemas.Tables() {
		fmt.Fprintf(&b, "| [%s](#%s)%s | %s | %s |\n", t.Name, t.Name, emptyMark(t), cell(t.Grain.EN), cell(t.Grain.ZH))
	}
	for _, t := range schemas.Tables() {
		describe(&b, t)
	}
	return b.Bytes()
}

func emptyMark(t schemas.Table) string {
	if t.Empty {
		return " *empty*"
	}
	return ""
}

func describe(b *bytes.Buffer, t schemas.Table) {
	fmt.Fprintf(b, "\n## %s\n\nOne row per %s%s. %s。Key / 主键: `%s`.\n\n", t.Name, t.Grain.EN, emptyMark(t), t.Grain.ZH, strings.Join(t.Key, "`, `"))
	b.WriteString("| column | type | mode | description | 说明 |\n|---|---|---|---|---|\n")
	for _, column := range schemas.Columns(t.Row) {
		row(b, "", column)
	}
}

func row(b *bytes.Buffer, prefix string, c schemas.Column) {
	name := "`" + prefix + c.Name + "`"
	if c.Contact {
		name += " *contact*"
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", name, c.Type, c.Mode, cell(c.Description.EN), cell(c.Description.ZH))
	for _, field := range c.Fields {
		row(b, prefix+c.Name+".", field)
	}
}

// cell escapes what would end a table cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
