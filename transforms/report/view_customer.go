package report

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
)

// customerView is what the template of one customer sees.
type customerView struct {
	*Customer
	Style      template.CSS
	Tiles      []tile
	Kinds      []kindOf
	Months     []monthOf
	Older      int // moments that are not shown
	Revenue    chart
	LinkRows   []linkRow
	RecordRows []recordRow
	ReasonBars []reasonBar
}

// kindOf is a kind of moments that the page can leave out.
type kindOf struct {
	Code  string
	Name  template.HTML
	Plain string
	Count int
}

// monthOf are the moments of one month, the last first.
type monthOf struct {
	Month   string
	Moments []momentRow
}

type momentRow struct {
	Kind, Day, Clock, Amount string
	KindName, Title, Detail  template.HTML
}

type linkRow struct {
	*RecordLink
	RuleName template.HTML
	Chance   string
	Bits     string
}

type recordRow struct {
	*SourceRecord
	RuleName template.HTML
	Chance   string
}

// reasonBar is a reason of churn to one side of a middle line.
type reasonBar struct {
	Text, Effect, Left, Width string
	Against                   bool // makes churn less likely
}

// kindTerms are the kinds of moments in the order of the switches.
var kindTerms = []struct{ code, en, zh string }{
	{MomentOrder, "Order", "订单"},
	{MomentService, "Service", "服务"},
	{MomentSent, "Campaign", "营销触达"},
	{MomentTouch, "Touchpoint", "触点"},
	{MomentTier, "Move", "变动"},
	{MomentLoyalty, "Points", "积分"},
	{MomentConsent, "Consent", "授权"},
	{MomentDeal, "Opportunity", "商机"},
	{MomentSubscription, "Subscription", "订阅"},
	{MomentTrait, "Trait", "特征"},
}

// whatTerms are words of moments in Chinese.
var whatTerms = map[string]string{
	"created": "已下单", "paid": "已付款", "shipped": "已发货", "completed": "已完成", "cancelled": "已取消", "returned": "已退货",
	"ticket": "工单", "call": "电话", "chat": "在线咨询", "email": "邮件", "message": "消息", "visit": "拜访", "survey": "问卷", "comment": "评论", "review": "评价",
	"social": "社交", "lead": "线索", "event": "活动", "granted": "同意", "denied": "拒绝", "withdrawn": "撤回", "earn": "获得积分", "redeem": "兑换积分",
	"expire": "积分过期", "adjust": "积分调整", "tier": "等级变动", "lifecycle": "生命周期变动", "started": "开始", "interest": "兴趣", "need": "需求", "page_view": "浏览页面",
	"search": "搜索", "add_to_cart": "加入购物车", "login": "登录",
}

var noteTerms = map[string][2]string{
	NoteNotCounted: {"does not count as revenue", "不计收入"}, NoteClicked: {"clicked", "已点击"}, NoteOpened: {"opened", "已打开"},
	NoteDelivered: {"delivered", "已送达"}, NoteResolved: {"resolved", "已解决"}, NoteExpected: {"expected", "预计"},
}

// maxMoments bounds the timeline: the last ones.
const maxMoments = 500

// RenderCustomer writes the page of one customer.
func RenderCustomer(c *Customer) ([]byte, error) {
	if c.Location == nil {
		c.Location = time.UTC
	}
	v := customerView{Customer: c, Style: template.CSS(styleText)} //nolint:gosec // embedded
	v.tiles()
	v.timeline()
	v.revenue()
	v.why()
	return execute("customer.html", &v)
}

// tiles are the figures at the top, as far as they are known.
func (v *customerView) tiles() {
	values := map[string]string{}
	for _, f := range v.Measures {
		values[f.Name] = f.Value
	}
	for _, t := range []struct{ field, en, zh, note, noteEN, noteZH string }{
		{"revenue", "Revenue", "净收入", "average_order_value", "per order", "客单价"},
		{"orders", "Orders", "订单", "last_order_day", "the last", "末单"},
		{"lifecycle", "Lifecycle", "生命周期", "funnel", "funnel", "漏斗"},
		{"tier", "Tier", "等级", "points", "points", "积分"},
		{"clv_12m", "12-month CLV", "12个月价值", "abc", "class", "分级"},
		{"churn_probability", "Churn probability", "流失概率", "churn_band", "risk", "风险"},
	} {
		value := values[t.field]
		if value == "" {
			continue
		}
		if p, err := strconv.ParseFloat(value, 64); err == nil && t.field == "churn_probability" {
			value = Percent(p)
		}
		out := tile{Name: term(t.en, t.zh), Value: figure("", value)}
		if note := values[t.note]; note != "" {
			out.Note = term(t.noteEN, t.noteZH) + " " + figure("", note)
		}
		v.Tiles = append(v.Tiles, out)
	}
}

// timeline groups the moments by month, the last first.
func (v *customerView) timeline() {
	counts := map[string]int{}
	shown := v.Moments
	if v.Older = len(shown) - maxMoments; v.Older > 0 {
		shown = shown[v.Older:]
	}
	for i := len(shown) - 1; i >= 0; i-- {
		m := &shown[i]
		at := time.UnixMicro(m.Time).In(v.Location)
		month := at.Format("2006-01")
		if n := len(v.Months); n == 0 || v.Months[n-1].Month != month {
			v.Months = append(v.Months, monthOf{Month: month})
		}
		last := &v.Months[len(v.Months)-1]
		last.Moments = append(last.Moments, v.moment(m, at))
		counts[m.Kind]++
	}
	for _, k := range kindTerms {
		if counts[k.code] > 0 {
			v.Kinds = append(v.Kinds, kindOf{k.code, term(k.en, k.zh), both(k.en, k.zh), counts[k.code]})
		}
	}
}

func (v *customerView) moment(m *Moment, at time.Time) momentRow {
	row := momentRow{Kind: m.Kind, Day: at.Format(time.DateOnly), Clock: at.Format("15:04"), Title: term(words(m.What), whatTerms[m.What])}
	for _, k := range kindTerms {
		if k.code == m.Kind {
			row.KindName = term(k.en, k.zh)
		}
	}
	var parts []template.HTML
	add := func(text template.HTML) { parts = append(parts, text) }
	separator := ", "
	if m.Kind == MomentTier {
		separator = " → "
	}
	if len(m.Items) > 0 {
		add(figure("", strings.Join(m.Items, separator)))
	}
	if m.Score != nil {
		add(figure("", strings.ToUpper(m.ScoreKind)+" "+Short(*m.Score)))
	}
	if m.Points != nil {
		add(figure("", Count(*m.Points)) + " " + term("points", "积分"))
	}
	if note, ok := noteTerms[m.Note]; ok {
		text := term(note[0], note[1])
		if m.Note == NoteResolved {
			text += figure("", " ("+Count(m.NoteDays)+" d)")
		}
		add(text)
	}
	for _, text := range []string{m.Channel, m.Campaign} {
		if text != "" {
			add(figure("", text))
		}
	}
	if m.Stage != "" {
		add(term(words(m.Stage), stageTerms[m.Stage]))
	}
	if m.Source != "" {
		add(say("from ", "来自 ") + figure("", m.Source))
	}
	for i, p := range parts {
		if i > 0 {
			row.Detail += " · "
		}
		row.Detail += p
	}
	if m.Amount != nil {
		row.Amount = Money(*m.Amount)
	}
	return row
}

// revenue draws the customer's revenue month by month, to the month of as_of.
func (v *customerView) revenue() {
	byMonth := map[string]int64{}
	first := ""
	end := Day(v.AsOf)[:len("2026-01")]
	for i := range v.Moments {
		m := &v.Moments[i]
		month := time.UnixMicro(m.Time).In(v.Location).Format("2006-01")
		if m.Kind != MomentOrder || m.Amount == nil || month > end {
			continue
		}
		byMonth[month] += *m.Amount
		if first == "" || month < first {
			first = month
		}
	}
	if first == "" {
		return
	}
	var points []Point
	out := chart{Head: []template.HTML{term("Month", "月份"), term("Revenue", "净收入")}}
	for _, month := range monthsTo(first, end) {
		points = append(points, Point{Label: month, Value: float64(byMonth[month]) / moneyScale, Text: Money(byMonth[month]), Known: true})
		if byMonth[month] != 0 {
			out.Rows = append(out.Rows, []template.HTML{figure("", month), figureMoney(byMonth[month], "revenue", month)})
		}
	}
	out.Drawing = Columns("Revenue by month 月度净收入", points, "bar")
	v.Revenue = out
}

// monthsTo lists the last months from first to end.
func monthsTo(first, end string) []string {
	at, err := time.Parse("2006-01", end)
	if err != nil {
		return nil
	}
	var out []string
	for month := end; month >= first && len(out) < maxMonths; month = at.Format("2006-01") {
		out = append(out, month)
		at = at.AddDate(0, -1, 0)
	}
	slices.Reverse(out)
	return out
}

// why tells what holds the records together and what drives the churn score.
func (v *customerView) why() {
	for i := range v.Records {
		r := &v.Records[i]
		v.RecordRows = append(v.RecordRows, recordRow{r, ruleName(r.Rule), chance(r.Probability)})
	}
	for i := range v.Links {
		l := &v.Links[i]
		row := linkRow{RecordLink: l, RuleName: ruleName(l.Rule), Chance: chance(l.Probability)}
		if len(l.Weights) > 0 {
			sum := 0.0
			for _, w := range l.Weights {
				sum += w.Bits
			}
			row.Bits = signed(sum)
		}
		v.LinkRows = append(v.LinkRows, row)
	}
	most := 0.0
	for _, r := range v.Reasons {
		most = max(most, r.Effect, -r.Effect)
	}
	for _, r := range v.Reasons {
		width := 50 * max(r.Effect, -r.Effect) / cmp.Or(most, 1)
		bar := reasonBar{Text: r.Text, Effect: signed(r.Effect), Left: "50", Width: pixel(width), Against: r.Effect > 0}
		if r.Effect < 0 {
			bar.Left = pixel(50 - width)
		}
		v.ReasonBars = append(v.ReasonBars, bar)
	}
}

func ruleName(rule string) template.HTML {
	if id, ok := strings.CutPrefix(rule, "id."); ok {
		return term("Same id: "+id, "标识相同："+id)
	}
	name, ok := ruleTerms[rule]
	if !ok {
		return term(words(rule), "")
	}
	return term(name[0], name[1])
}

func chance(p *float64) string {
	if p == nil {
		return ""
	}
	return probability(*p)
}
