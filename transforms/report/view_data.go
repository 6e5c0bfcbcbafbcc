package report

import (
	"cmp"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// reconRow is the way from an export's total to what counts.
type reconRow struct {
	Key                                                                                      string // of its figures
	Source                                                                                   string
	Orders, Total, NotCounted, Open, Cancelled, Refunded, Future, Anonymous, Counted, Differ int64
	Months                                                                                   []reconRow // with Source = month
}

func (r *reconRow) add(o *schemas.RevenueReconciliation) {
	r.Orders += o.Orders
	r.Total += o.Total
	r.NotCounted += o.NotCounted
	r.Open += o.Open
	r.Cancelled += o.Cancelled
	r.Refunded += o.Refunded
	r.Future += o.Future
	r.Anonymous += o.Anonymous
	r.Counted += o.Counted
	r.Differ += o.Difference
}

// reconciliation sums the table up by source; its months stay below.
func (v *view) reconciliation() {
	bySource := map[string]*reconRow{}
	v.ReconTotal = reconRow{Key: "total", Source: "Total"}
	for i := range v.Revenue {
		row := &v.Revenue[i]
		sum := bySource[row.Source]
		if sum == nil {
			sum = &reconRow{Key: "source/" + row.Source, Source: row.Source}
			bySource[row.Source] = sum
		}
		sum.add(row)
		month := reconRow{Key: "source/" + row.Source + "/" + row.Month, Source: row.Month}
		month.add(row)
		sum.Months = append(sum.Months, month)
		v.ReconTotal.add(row)
	}
	for _, name := range slices.Sorted(maps.Keys(bySource)) {
		row := bySource[name]
		slices.SortFunc(row.Months, func(a, b reconRow) int { return cmp.Compare(a.Source, b.Source) })
		v.Recon = append(v.Recon, *row)
	}
}

type issueRow struct {
	File, Column, Code string
	Count              int64
	Key                string
	Share              template.HTML
}

type qualityRow struct {
	Table, Column, Check, Bound string
	Measured                    template.HTML
}

// maxIssues bounds the table of field issues: the most frequent.
const maxIssues = 20

func (v *view) quality() {
	rejects, skips := map[string]int64{}, map[string]int64{}
	for i := range v.Accounts {
		a := &v.Accounts[i]
		merge(rejects, a.Rejects)
		merge(skips, a.Skips)
		for _, key := range slices.Sorted(maps.Keys(a.Issues)) {
			column, code := IssueKey(key)
			file := a.Source + "/" + a.File
			v.Issues = append(v.Issues, issueRow{file, column, words(code), a.Issues[key], key, figureOf(a.Issues[key], a.Accepted, "issue", file, key, "share")})
		}
	}
	slices.SortStableFunc(v.Issues, func(a, b issueRow) int { return cmp.Compare(b.Count, a.Count) })
	if len(v.Issues) > maxIssues {
		v.MoreIssues = len(v.Issues) - maxIssues
		v.Issues = v.Issues[:maxIssues]
	}
	v.RejectBars = countBars(byCount(rejects), v.Rows.Accepted+v.Rows.Skipped+v.Rows.Rejected, rejectTerms, "rejects")
	v.SkipBars = countBars(byCount(skips), v.Rows.Accepted+v.Rows.Skipped+v.Rows.Rejected, rejectTerms, "skips")
	for i := range v.Quality {
		q := &v.Quality[i]
		if q.Bound == nil {
			continue
		}
		v.Checks++
		if q.Passed {
			v.Passed++
		}
		if !q.Passed {
			v.Failed = append(v.Failed, qualityRow{
				q.Table, q.Column, words(q.Check), measure(q.Check, *q.Bound),
				figure(exact(q.Measured), measure(q.Check, q.Measured), "quality", q.Table, q.Column, q.Check),
			})
		}
	}
}

// measure writes a share as a percentage, anything else as a number.
func measure(check string, value float64) string {
	if strings.Contains(check, "share") {
		return Percent(value)
	}
	if value == float64(int64(value)) {
		return Count(int64(value))
	}
	return Short(value)
}

func merge(into, from map[string]int64) {
	for _, key := range slices.Sorted(maps.Keys(from)) {
		into[key] += from[key]
	}
}

// byCount lists counts, the largest first.
func byCount(counts map[string]int64) []NameCount {
	var out []NameCount
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, NameCount{name, counts[name]})
	}
	slices.SortStableFunc(out, func(a, b NameCount) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// rejectTerms are the codes of refused and skipped rows.
var rejectTerms = map[string][2]string{
	"unclosed_quote": {"Unclosed quote", "引号未闭合"}, "malformed_quote": {"Malformed quote", "引号错误"}, "ragged_row": {"Too many or too few columns", "列数不符"},
	"row_too_long": {"Row too long", "行过长"}, "bad_encoding": {"Broken encoding", "编码错误"}, "bad_value": {"Bad key, time or amount", "关键值无效"},
	"missing_value": {"Key, time or amount is missing", "关键值缺失"}, "nul_byte": {"NUL byte", "含NUL字节"}, "bad_json": {"Broken JSON", "JSON错误"},
	"unreadable_file": {"Unreadable file", "文件无法读取"}, "unknown_header": {"Unknown header", "表头未识别"},
	"blank_line": {"Blank line", "空行"}, "footer": {"Footer line", "页脚行"}, "superseded": {"Superseded by a later version", "被新版本取代"},
	"no_record": {"Holds no record", "无记录"},
}

// ruleTerms are the rules of identity and the reasons against a link.
var ruleTerms = map[string][2]string{
	"": {"The only record of a customer", "客户唯一记录"}, "decision": {"Decided by a person", "人工判定"}, "reference": {"One record names the other", "记录互指"},
	"model": {"Joined by the model", "概率模型"}, "email": {"Same e-mail", "邮箱相同"}, "phone": {"Same phone", "电话相同"},
	"given_names_contradict": {"Given names contradict", "名字矛盾"}, "birth_dates_contradict": {"Birth dates contradict", "出生日期矛盾"}, "shared_by_too_many": {"Shared by too many", "共用过多"},
	"person_and_organization": {"Person and organization", "个人与企业"}, "single_valued_id": {"Two values of a single-valued id", "唯一标识冲突"},
	"between_several_names": {"Fits several names", "对应多个姓名"},
	"decided_different":     {"Decided to be different", "人工判定不同"},
}

// countBars draws counts by name; key begins the keys of their figures.
func countBars(counts []NameCount, all int64, terms map[string][2]string, key ...string) []Bar {
	key = slices.Clip(key)
	var bars []Bar
	for _, c := range counts {
		name, known := terms[c.Name]
		if id, ok := strings.CutPrefix(c.Name, "id."); ok {
			name, known = [2]string{"Same id: " + id, "标识相同"}, true
		}
		if !known {
			name = [2]string{words(c.Name), ""}
		}
		bars = append(bars, Bar{Label: name[0], LabelZH: name[1], Value: float64(c.Count), Text: figureCount(c.Count, append(key, c.Name)...), Note: figureOf(c.Count, all, append(key, c.Name, "share")...)})
	}
	return Scale(bars)
}

func (v *view) identity() {
	id := &v.Identity
	for _, s := range id.Sizes {
		label, zh := Count(s.Size)+" records", Count(s.Size)+"条记录"
		if s.Size == 1 {
			label = "1 record"
		}
		v.Sizes = append(v.Sizes, sizeBar(label, zh, s.Customers, id.Customers, strconv.FormatInt(s.Size, 10)))
	}
	if len(v.Sizes) > maxBars { // the tail in one bar
		var rest int64
		for _, s := range id.Sizes[maxBars-1:] {
			rest += s.Customers
		}
		least := id.Sizes[maxBars-1].Size
		v.Sizes = append(v.Sizes[:maxBars-1], sizeBar(Count(least)+" records or more", Count(least)+"条及以上", rest, id.Customers, "more"))
	}
	v.Sizes = Scale(v.Sizes)
	v.Rules = countBars(id.Rules, id.Parties, ruleTerms, "identity", "rule")
	v.Conflicts = countBars(id.Conflicts, total(id.Conflicts), ruleTerms, "identity", "conflict")
}

func sizeBar(en, zh string, customers, all int64, size string) Bar {
	return Bar{
		Label: en, LabelZH: zh, Value: float64(customers),
		Text: figureCount(customers, "identity", "size", size), Note: figureOf(customers, all, "identity", "size", size, "share"),
	}
}

func total(counts []NameCount) int64 {
	var sum int64
	for _, c := range counts {
		sum += c.Count
	}
	return sum
}

// audienceRow is one audience on one platform.
type audienceRow struct {
	*schemas.Audience
	Width string // of the members' bar
	Other int64  // held back for other reasons
}

func (v *view) audiences() {
	for i := range v.Audiences {
		a := &v.Audiences[i]
		v.Lists = append(v.Lists, audienceRow{a, widthOf(a.Members, a.Matched), max(0, a.Held-a.NoConsent-a.Suppressed-a.Control-a.Capped)})
	}
}
