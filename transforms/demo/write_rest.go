package demo

import "strings"

const cardShare = 0.10 // of persons with a loyalty card

// churn writes who left for good, when and why; the true reason no system knows. Who left
// behind as_of has not churned yet.
func (c *chunk) churn(entity string, h *history) {
	if h.churnedOn == 0 || h.churnedOn <= c.w.asOf-pastDays {
		return
	}
	churned := "0"
	if h.churnedOn <= c.w.asOf {
		churned = "1"
	}
	c.put(truthChurn, c.row(truthChurn).texts(entity, isoDay(h.churnedOn), churned, h.reason))
}

// tickets writes the person's requests, under the latest account at the support.
func (c *chunk) tickets(p *person, h *history) {
	key := ""
	for i := range p.records {
		if p.records[i].system == support {
			key = p.records[i].key
		}
	}
	if key == "" {
		return
	}
	for i := range h.tickets {
		id := int64(c.w.ticketNumber(p.index, i))
		c.ticket(&h.tickets[i], id, key)
	}
}

func (w *world) ticketNumber(person, n int) uint64 {
	return 10_000_000 + scramble(uint64(person)*256+uint64(n%256), 32, w.seed^0x71)
}

var ticketTexts = map[issue][2]string{
	noIssue:      {"Question about my order", "想咨询一下订单"},
	lateDelivery: {"Where is my order?", "快递一直没到"},
	defect:       {"Arrived broken", "收到时已经破损"},
}

var ticketTags = map[issue]string{noIssue: "question", lateDelivery: "shipping", defect: "quality"}

func (c *chunk) ticket(t *ticket, id int64, requester string) {
	end := t.at
	status, solved := "open", ""
	if t.reply >= 0 {
		end = t.at + int64(t.reply)*60
		status = "pending"
	}
	if t.solve >= 0 {
		end = t.at + int64(t.solve)*60
		status, solved = "solved", utcStamp(end)
	}
	text := ticketTexts[t.topic][0]
	if t.language == "zh" {
		text = ticketTexts[t.topic][1]
	}
	number := appendInt(nil, id)
	created, updated := utcStamp(t.at), utcStamp(end)
	b := c.buffers[fileZendeskTickets]
	b = append(append(b, `{"id":`...), number...)
	b = append(append(b, `,"url":"https://linden.zendesk.example.com/api/v2/tickets/`...), number...)
	b = append(append(b, `.json","external_id":null,"via":{"channel":"`...), []string{"web", "email", "chat"}[id%3]...)
	b = append(append(b, `"},"created_at":"`...), created...)
	b = append(append(b, `","updated_at":"`...), updated...)
	b = append(append(b, `","type":"`...), []string{"question", "incident", "problem"}[int(t.topic)%3]...)
	b = appendJSON(append(b, `","subject":`...), text)
	product := t.product.name
	if t.language == "zh" {
		product = t.product.nameZH
	}
	b = appendJSON(append(b, `,"description":`...), text+": "+product)
	b = append(append(b, `,"priority":"normal","status":"`...), status...)
	b = append(append(b, `","recipient":null,"requester_id":`...), requester...)
	b = append(append(b, `,"submitter_id":`...), requester...)
	b = append(b, `,"assignee_id":123`...)
	b = append(b, byte('0'+id%7))
	b = append(append(b, `,"organization_id":null,"group_id":5,"due_at":null,"tags":["`...), ticketTags[t.topic]...)
	b = append(b, `"],"satisfaction_rating":`...)
	b = append(b, []string{`{"score":"unoffered"}`, `{"score":"bad"}`, `{"score":"good"}`}[t.score]...)
	b = append(append(b, `,"metric_set":{"ticket_id":`...), number...)
	b = append(b, `,"reopens":0,"replies":1,"solved_at":`...)
	b = appendJSONOrNull(b, solved)
	b = append(b, `,"reply_time_in_minutes":{"calendar":`...)
	b = appendMinutes(b, t.reply)
	b = append(b, `,"business":null},"full_resolution_time_in_minutes":{"calendar":`...)
	b = appendMinutes(b, t.solve)
	b = append(b, `,"business":null}}}`+"\n"...)
	c.buffers[fileZendeskTickets] = b
	c.rows[fileZendeskTickets]++
}

func appendMinutes(b []byte, v int) []byte {
	if v < 0 {
		return append(b, "null"...)
	}
	return appendInt(b, int64(v))
}

// The past campaign.
const (
	campaignID    = "AUTUMN-HOME"
	campaignWaves = 3
)

// campaign writes the sends to a treated person, and the assignment of a control person: a
// row that was never sent.
func (c *chunk) campaign(p *person, h *history) {
	if !h.treated && !h.control {
		return
	}
	r := newRandom(c.w.seed, streamCampaign, p.index)
	end := int64(c.w.asOf+1) * secondsPerDay
	orders := int64(0)
	from, to := c.w.campaignDay(), c.w.campaignDay()+campaignWindow
	for i := range h.orders {
		if d := dayOf(h.orders[i].at); d > from && d <= to && h.orders[i].at < end && !h.orders[i].unpaid {
			orders++
			if h.orders[i].campaign {
				c.effect.extra++
			}
		}
	}
	contact := p.contactKey(from)
	at := int64(from)*secondsPerDay + 10*3600
	id := number(p.index)
	if h.control {
		c.effect.control++
		c.effect.controlOrders += orders
		c.put(fileSends, c.row(fileSends).texts("S"+id+"-0", contact, campaignID, "email", wallTime(at), "0", "control", "0", "0", "0"))
		return
	}
	c.effect.treated++
	c.effect.treatedOrders += orders
	for wave := range campaignWaves {
		delivered := r.chance(0.96)
		opened := delivered && r.chance(0.3)
		clicked := opened && r.chance(0.15)
		channel := "email"
		if p.email == "" {
			channel = "sms"
		}
		c.put(fileSends, c.row(fileSends).texts("S"+id+"-"+number(wave+1), contact, campaignID, channel,
			wallTime(at+int64(wave*9)*secondsPerDay+int64(r.below(7200))), number(wave+1), "treated", bit(delivered), bit(opened), bit(clicked)))
	}
}

var hanInterests = strings.Fields("厨房 卧室 客厅 阳台 书房")

// survey writes the answers of a person in China: how likely a recommendation is follows what
// went wrong.
func (c *chunk) survey(p *person, h *history) {
	if !p.chinese {
		return
	}
	r := newRandom(c.w.seed, streamService, p.index)
	for n := 0; n < 3 && r.chance(0.38); n++ {
		day := c.w.asOf - r.below(365)
		if day < p.since {
			continue
		}
		at := int64(day)*secondsPerDay + int64(r.between(9*3600, 22*3600))
		score := min(10, max(0, int(9.4-7*h.chance+1.7*r.normal())))
		phone := p.phoneOn(day).plain()
		switch {
		case r.chance(0.15):
			phone = "(空)"
		case r.chance(rateJunk):
			phone = junkPhones[0]
		case r.chance(ratePhoneForm):
			phone = p.phoneOn(day).otherForm(&r)
		}
		interests := hanInterests[r.below(5)]
		if r.chance(0.4) {
			interests += "┋" + hanInterests[r.below(5)]
		}
		id := number(p.index*3 + n + 1)
		row := c.row(fileSurvey).texts(id, dayTime(at, "/", " "), number(r.between(19, 400))+"秒", "微信", "N/A", "192.0.2."+number(r.below(256))+"(未知)", phone, interests)
		c.put(fileSurvey, row.integer(int64(score)))
		if phone != "(空)" && phone != junkPhones[0] {
			c.label(sourceSurvey, id+"|"+dayTime(at, "/", " "), p.id, "interaction")
		}
	}
}

// card writes a loyalty card with the points of what was bought.
func (c *chunk) card(p *person, h *history) {
	if !p.hasCard {
		return
	}
	r := newRandom(c.w.seed, streamCosts, p.index)
	points := int64(0)
	for i := range h.orders {
		if o := &h.orders[i]; o.at < int64(c.w.asOf+1)*secondsPerDay && !o.unpaid {
			points += (o.net() - o.refund) * perYuan(o.currency) / 100
		}
	}
	level := 0
	for _, from := range []int64{2000, 10000, 50000} {
		if points >= from {
			level++
		}
	}
	tier := []string{"Regular", "Silver", "Gold", "Diamond"}[level]
	if p.chinese {
		tier = []string{"普通", "银卡", "金卡", "钻石"}[level]
	}
	joined := min(c.w.asOf, p.since+r.below(60))
	value := p.phoneOn(joined)
	phone := value.plain()
	tag := ""
	switch {
	case r.chance(0.15):
		phone, tag = "", "phone_missing"
	case r.chance(ratePhoneForm):
		phone, tag = value.otherForm(&r), "phone_form"
	}
	date := isoDay(joined)
	if r.chance(0.1) {
		date = slashDay(joined)
	}
	c.put(fileCards, c.row(fileCards).texts(p.card, p.fullName(), phone, tier).integer(points*9/10).text(date))
	c.label(sourceCards, p.card, p.id, "card")
	c.put(truthTags, c.row(truthTags).texts(sourceCards, p.card, "card", tag))
}

// consents writes what the person granted and withdrew, and now and then a line of the
// suppression list.
func (c *chunk) consents(p *person) {
	r := newRandom(c.w.seed, streamConsent, p.index)
	state := func(kind, id, purpose, channel, source string, rate float64) {
		if id == "" || !r.chance(rate) {
			return
		}
		day := min(c.w.asOf-1, p.since+r.below(200))
		if kind == "phone" {
			id = p.phoneOn(day).international() // a grant stays behind when a number changes its owner
		}
		at := int64(day)*secondsPerDay + int64(r.between(8*3600, 22*3600))
		c.put(fileConsents, c.row(fileConsents).texts(kind, id, purpose, channel, "granted", wallTime(at), source))
		if r.chance(0.08) {
			later := min(int64(c.w.asOf)*secondsPerDay, at+int64(1+r.below(300))*secondsPerDay)
			c.put(fileConsents, c.row(fileConsents).texts(kind, id, purpose, channel, "withdrawn", wallTime(later), "unsubscribe"))
		}
	}
	phone := p.phone.international()
	state("email", p.email, "marketing", "email", "newsletter", 0.5)
	state("phone", phone, "marketing", "sms", "checkout", 0.35)
	state("email", p.email, "share_ads", "ads_google", "preference centre", 0.25)
	if p.chinese {
		state("phone", phone, "share_ads", "ads_tencent", "app", 0.25)
		state("unionid", p.followed(), "marketing", "wechat", "wechat", 0.6)
	}
	if r.chance(0.004) {
		if p.email != "" {
			c.put(fileSuppression, c.row(fileSuppression).texts("email", p.email, "email", "hard_bounce", isoDay(c.w.asOf-r.below(400))))
		}
		c.put(fileSuppression, c.row(fileSuppression).texts("phone", phone, "all", "complaint", isoDay(c.w.asOf-r.below(400))))
	}
}

// followed is the union id, if a record shows it.
func (p *person) followed() string {
	for i := range p.records {
		if p.records[i].unionid != "" {
			return p.unionid
		}
	}
	return ""
}

var webEvents = []string{"session_start", "page_view", "view_item", "add_to_cart", "view_search_results"}

// webEvents writes a visit or two of a person; a third of them are logged in with the account
// that the support shows, too.
func (c *chunk) webEvents(p *person, h *history) {
	r := newRandom(c.w.seed, streamWeb, p.index)
	account := ""
	for i := range p.records {
		if p.records[i].system == support {
			account = p.records[i].key
		}
	}
	for visit := 0; visit < 3 && r.chance(0.15); visit++ {
		day := c.w.asOf - r.below(120)
		if day < p.since {
			continue
		}
		at := (int64(day)*secondsPerDay + int64(r.between(7*3600, 22*3600)) - shanghaiOffset) * 1_000_000
		device := base62(scramble(uint64(p.index), 40, c.w.seed^0xd1), 10) + "." + number(1+visit/2)
		session := number(int(at / 1_000_000))
		source := []string{"google", "(direct)", "baidu", "facebook", "newsletter"}[r.below(5)]
		kind := []string{"mobile", "desktop", "tablet"}[r.below(3)]
		for n := range r.between(3, 6) {
			name := webEvents[min(n, 1)]
			if n > 1 {
				name = webEvents[1+r.below(4)]
			}
			item, search := "", ""
			product := &c.w.catalogue.products[r.weighted(c.w.catalogue.cumulative)]
			switch name {
			case "view_item", "add_to_cart":
				item = product.name
			case "view_search_results":
				search = strings.ToLower(product.name)
			}
			at += int64(r.between(1_000_000, 90_000_000))
			row := c.row(fileWeb).texts(string(appendInt(nil, at)), name, device, account, session, "https://www.linden.example.com/"+product.sku, kind, source, "", search, item)
			c.put(fileWeb, row)
		}
	}
}

var stages = []struct {
	name          string
	order         string
	probability   string
	closed, won   string
	forecast, why string
}{
	{"Prospecting", "1", "10", "0", "0", "Pipeline", ""},
	{"Proposal/Price Quote", "3", "50", "0", "0", "BestCase", ""},
	{"Negotiation/Review", "5", "90", "0", "0", "Forecast", ""},
	{"Closed Won", "6", "100", "1", "1", "Closed", ""},
	{"Closed Lost", "7", "0", "1", "0", "Omitted", "Price"},
}

// opportunities writes the deals of an organization that the CRM knows.
func (c *chunk) opportunities(o *org, r *random) {
	if len(o.accounts) == 0 {
		return
	}
	for n := 0; n < 3 && r.chance(0.5); n++ {
		s := &stages[r.below(len(stages))]
		created := o.since + r.below(c.w.asOf-o.since)
		closes := created + r.between(20, 150)
		if s.closed == "0" {
			closes = c.w.asOf + r.between(1, 120)
		} else {
			closes = min(closes, c.w.asOf)
		}
		year, month, _ := civil(closes)
		amount := cents(int64(r.between(20, 900)) * 10_000)
		at, changed := utcTime(int64(created)*secondsPerDay+12*3600), utcTime(int64(min(closes, c.w.asOf))*secondsPerDay+15*3600)
		id := salesforceID("0068a", scramble(uint64(o.index*4+n), keyBits, c.w.seed^0x0b))
		row := c.sfRow(fileOpportunities).texts(id, "0", o.accounts[0], "0", o.core+" refit", "", s.name, s.order, amount, s.probability, amount, "",
			isoDay(closes)+" 00:00:00", "New Business", "", leadSources[r.below(len(leadSources))], s.closed, s.won, s.forecast, s.forecast, currencyOf(o.office.place.country), noID, "0", priceBook,
			owner(id), at, crmUser, changed, crmUser, changed, "", changed, number(year), number((month+2)/3), noID, s.why)
		c.put(fileOpportunities, row)
	}
}

// campaigns are the advertising campaigns of the two years.
var campaigns = []struct{ id, platform, name, currency string }{
	{"120000000000000003", "facebook", "Spring Dining", "USD"},
	{"120000000000000004", "facebook", "Retargeting", "USD"},
	{"7300000000000000001", "oceanengine", "春季餐桌", "CNY"},
	{"7300000000000000002", "oceanengine", "到店领券", "CNY"},
	{"5000001", "tencent", "朋友圈-床品", "CNY"},
	{"300000001", "linkedin", "Interiors", "EUR"},
}

// costs writes what each campaign cost on each day; campaigns run every other month.
func (c *chunk) costs() {
	for i, k := range campaigns {
		r := newRandom(c.w.seed, streamCosts, -1-i)
		scale := 1 + int64(c.w.customers)/2000
		for day := c.w.asOf - pastDays + 1; day <= c.w.asOf; day++ {
			if _, month, _ := civil(day); month%2 != i%2 {
				continue
			}
			cost := int64(r.between(3000, 12000)) * scale / 4
			if k.currency != "CNY" {
				cost /= 7
			}
			views := cost / 4
			c.put(fileCosts, c.row(fileCosts).texts(isoDay(day), k.platform, k.id, k.name).cents(cost).text(k.currency).integer(views).integer(views/int64(r.between(30, 90))))
		}
	}
}
