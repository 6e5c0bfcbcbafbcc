package demo

import "math"

// line is one line of an order, amounts in cents.
type line struct {
	product  *product
	quantity int64
	price    int64
}

// order is one sale.
type order struct {
	at       int64
	number   int // of the customer
	lines    []line
	currency string
	gross    int64
	discount int64
	shipping int64
	tax      int64
	refund   int64
	whole    bool // refunded in whole
	unpaid   bool
	form     buyerForm
	erpAgain bool
	issue    issue
	campaign bool // would not exist without the campaign
}

func (o *order) net() int64 { return o.gross - o.discount }

// buyerForm is what a shop order shows of its buyer.
type buyerForm int

const (
	buyerPlain buyerForm = iota
	buyerMaskedPhone
	buyerVirtualPhone
	buyerOtherRecipient
	buyerAnonymous
)

// issue is what went wrong with an order.
type issue int

const (
	noIssue issue = iota
	lateDelivery
	defect
	slowSupport
)

var issueNames = []string{"", "late_delivery", "product_quality", "slow_support"}

// ticket is one request to the support.
type ticket struct {
	at       int64
	topic    issue
	reply    int // minutes to the first answer; -1: none yet
	solve    int // minutes to the solution; -1: none yet
	score    int // 0 not asked, 1 bad, 2 good
	product  *product
	language string
}

// history is all that one customer bought and asked.
type history struct {
	orders    []order // in the window and, behind as_of, in the future
	tickets   []ticket
	chance    float64 // share of orders with an issue, for surveys
	churnedOn int     // day; 0: not yet
	reason    string
	lastOrder int
	treated   bool
	control   bool
}

// Probabilities of leaving for good after an order.
const (
	dropoutPlain  = 0.016 // competitor, price, no need any more, moved away
	dropoutFirst  = 0.120 // on top, after the first order: the shop was tried
	dropoutIssue  = 0.160 // on top, after something went wrong
	dropoutRefund = 0.040 // on top, after a refund
)

var plainReasons = []string{"competitor", "price", "no_need", "moved_away"}

// buyerShare is how many persons ever buy; the others are leads, followers and contacts.
const buyerShare = 0.88

// buyer are the traits of a customer that orders are drawn from.
type buyer struct {
	chinese  bool
	shape    float64 // of the gamma gaps: above 1 regular, below irregular
	gap      float64 // mean, plain days
	spend    float64 // median of an order, in units of the currency
	favour   [2]int  // categories
	currency string
	quantity float64 // factor of quantities: organizations buy more
	late     float64 // chance of a late delivery where this customer lives
	support  bool    // has an account at the support
	start    int
	discount float64 // how much discounts draw this customer
	restless float64 // factor of the chances of leaving, 1 on average
}

// restlessness differs a lot between customers: many leave after one order, a few never do.
func restlessness(r *random) float64 {
	const spread = 1.1
	return math.Exp(spread*r.normal() - spread*spread/2)
}

func (w *world) personBuyer(p *person, r *random) buyer {
	b := buyer{chinese: p.chinese, quantity: 1, start: p.since}
	if r.chance(0.35) {
		b.shape = 2.5 + 3*r.uniform()
	} else {
		b.shape = 0.6 + r.uniform()
	}
	b.gap = math.Max(4, 35*math.Exp(r.normal()))
	b.spend = 220 * math.Exp(0.6*r.normal())
	b.currency = "CNY"
	switch p.home.place.country {
	case "US", "GB":
		b.currency, b.spend = "USD", b.spend/5
	case "DE":
		b.currency, b.spend = "EUR", b.spend/6
	}
	b.favour = [2]int{r.below(len(categories)), r.below(len(categories))}
	b.late = 0.03 + 0.09*r.uniform()
	b.discount = r.uniform()
	b.restless = restlessness(r)
	for i := range p.records {
		b.support = b.support || p.records[i].system == support
	}
	return b
}

func (w *world) orgBuyer(o *org, r *random) buyer {
	b := buyer{chinese: o.chinese, quantity: 8, start: o.since, shape: 1 + 3*r.uniform(), late: 0.05, currency: "CNY"}
	b.gap = math.Max(6, 32*math.Exp(0.8*r.normal()))
	b.spend = 4000 * math.Exp(0.7*r.normal())
	b.restless = restlessness(r)
	switch o.office.place.country {
	case "US":
		b.currency, b.spend = "USD", b.spend/6
	case "GB", "DE":
		b.currency, b.spend = "EUR", b.spend/7
	}
	b.favour = [2]int{r.below(len(categories)), r.below(len(categories))}
	return b
}

// buy lets a customer buy from the first contact to the end of the future.
func (w *world) buy(b *buyer, r *random, campaign bool) history {
	var h history
	asOfEnd := w.asOf + 1
	p := w.seasons.plain(float64(b.start)+r.uniform(), b.chinese)
	var spent int64
	issues, n := 0, 0
	cap := orderCap - 10
	if b.quantity > 1 {
		cap = erpCap - 10
	}
	for len(h.orders) < cap {
		t := w.seasons.wall(p, b.chinese)
		if t >= float64(asOfEnd+futureDays) {
			break
		}
		day := int(math.Floor(t))
		o := w.newOrder(b, day, spent, r)
		spent += o.net() * perYuan(b.currency)
		n++
		bad := o.issue
		if inWindow := day > w.asOf-pastDays; inWindow {
			if b.support {
				bad = w.askSupport(b, &o, &h, r)
			}
			o.number = len(h.orders)
			h.orders = append(h.orders, o)
		}
		h.lastOrder = day
		if bad != noIssue {
			issues++
		}
		if reason := leaves(b.restless, n == 1, bad, o.refund > 0, r); reason != "" {
			h.churnedOn, h.reason = day, reason
			break
		}
		gap := r.gamma(b.shape, b.gap)
		if spent > 1_000_000 { // silver and above come back sooner
			gap *= 0.9
		}
		p += math.Max(gap, 0.02)
		if promotion(day+int(gap), b.chinese) == 0 && r.chance(0.15*b.discount) {
			p += 4 * r.uniform() // waits for the next promotion
		}
	}
	h.chance = float64(issues) / float64(n)
	if campaign {
		w.runCampaign(b, &h, spent, r)
	}
	return h
}

// leaves draws whether, and why, a customer does not come back after an order.
func leaves(restless float64, first bool, bad issue, refunded bool, r *random) string {
	u, plain := r.uniform()/restless, dropoutPlain
	if first {
		plain += dropoutFirst
	}
	if u < plain {
		return plainReasons[r.below(len(plainReasons))]
	}
	u -= plain
	if bad != noIssue {
		if u < dropoutIssue {
			return issueNames[bad]
		}
		u -= dropoutIssue
	}
	if refunded && u < dropoutRefund {
		return "refund"
	}
	return ""
}

// newOrder fills a basket: lines are added until a lognormal sum is reached.
func (w *world) newOrder(b *buyer, day int, spent int64, r *random) order {
	o := order{currency: b.currency}
	o.at = int64(day)*secondsPerDay + shopHour(b.chinese, r)
	target := int64(100 * b.spend * math.Exp(0.5*r.normal()))
	most := 4
	if b.quantity > 1 {
		most = 8
	}
	for len(o.lines) < most && (len(o.lines) == 0 || o.gross < target*4/5) {
		p := w.pick(b, r)
		price := p.price(b.currency)
		quantity := int64(1)
		if left := (target - o.gross) / price; left > 1 {
			quantity = 1 + int64(r.below(int(min(left, int64(4*b.quantity)))))
		}
		o.lines = append(o.lines, line{p, quantity, price})
		o.gross += quantity * price
	}
	percent := promotion(day, b.chinese) + tierPercent(spent)
	o.discount = o.gross * percent / 100
	if b.quantity > 1 {
		o.discount = 0 // prices of the trade are net
	}
	if free := int64(19900); o.net() < free/perYuan(b.currency) {
		o.shipping = 800 / perYuan(b.currency) * 5 / 4
	}
	if b.currency == "USD" {
		o.tax = o.net() * 8 / 100
	}
	w.spoil(&o, b, r)
	w.showBuyer(&o, r)
	return o
}

// perYuan is about how many yuan a unit is worth: thresholds follow it, accounts do not.
func perYuan(currency string) int64 {
	if currency == "CNY" {
		return 1
	}
	return 6
}

// tierPercent is the discount of tiers by what was spent so far, in cents of a yuan.
func tierPercent(spent int64) int64 {
	switch {
	case spent >= 5_000_000:
		return 8
	case spent >= 1_000_000:
		return 5
	case spent >= 200_000:
		return 3
	}
	return 0
}

func (w *world) pick(b *buyer, r *random) *product {
	c := &w.catalogue
	if u := r.uniform(); u < 0.6 {
		category := b.favour[0]
		if u < 0.2 {
			category = b.favour[1]
		}
		return &c.products[c.byCategory[category][r.weighted(c.within[category])]]
	}
	return &c.products[r.weighted(c.cumulative)]
}

// spoil draws what goes wrong: nobody pays, delivery is late, goods are broken or go back.
func (w *world) spoil(o *order, b *buyer, r *random) {
	if b.quantity == 1 && r.chance(rateUnpaid) {
		o.unpaid = true
		return
	}
	switch {
	case r.chance(b.late):
		o.issue = lateDelivery
	case r.chance(0.03):
		o.issue = defect
	}
	rate := rateRefund / (1 - rateUnpaid) // of all orders
	if b.quantity > 1 {
		rate = rateRefund
	}
	if !r.chance(rate) {
		return
	}
	o.whole = r.chance(rateWholeRefund)
	o.refund = o.net()
	if !o.whole {
		o.refund = max(1, o.net()*int64(r.between(10, 70))/100)
	}
}

func (w *world) showBuyer(o *order, r *random) {
	u := r.uniform()
	for _, f := range []struct {
		form buyerForm
		rate float64
	}{{buyerAnonymous, rateAnonymous}, {buyerMaskedPhone, rateMaskedPhone}, {buyerVirtualPhone, rateVirtualPhone}, {buyerOtherRecipient, rateRecipient}} {
		if u < f.rate {
			o.form = f.form
			break
		}
		u -= f.rate
	}
	o.erpAgain = !o.unpaid && r.chance(rateERPAgain/(1-rateUnpaid))
}

// shopHour is a time of day: few at night, most in the evening.
func shopHour(chinese bool, r *random) int64 {
	hours := []float64{2, 2.6, 2.8, 3, 3.2, 3.8, 5, 8, 13, 20, 27, 32, 37, 42, 47, 52, 57, 62, 68, 76, 86, 95, 99, 102}
	hour := r.weighted(hours)
	if !chinese {
		hour = (hour + 12) % 24 // the wall clock of Shanghai
	}
	return int64(hour*3600 + r.below(3600))
}

// askSupport lets the customer write to the support; a late answer is an issue of its own.
func (w *world) askSupport(b *buyer, o *order, h *history, r *random) issue {
	ask := 0.16
	if o.issue != noIssue {
		ask = 0.8
	}
	if !r.chance(ask) {
		return o.issue
	}
	t := ticket{at: o.at + int64(r.between(4*3600, 6*secondsPerDay)), topic: o.issue, language: "en", product: o.lines[0].product}
	if b.chinese {
		t.language = "zh"
	}
	end := int64(w.asOf+1) * secondsPerDay
	t.reply = int(150 * math.Exp(1.7*r.normal()))
	t.solve = t.reply + int(500*math.Exp(1.2*r.normal()))
	bad := t.reply > 24*60 || t.solve > 72*60
	if t.at+int64(t.reply)*60 >= end {
		t.reply = -1
	}
	if t.at+int64(t.solve)*60 >= end || r.chance(0.02) {
		t.solve = -1
	}
	if t.solve >= 0 && r.chance(0.45) {
		t.score = 2
		if r.chance(0.1) != bad {
			t.score = 1
		}
	}
	if t.at < end {
		h.tickets = append(h.tickets, t)
	}
	if bad {
		return slowSupport
	}
	return o.issue
}

// runCampaign puts the customer into the past campaign or its control group. A treated
// customer makes an extra order with probability campaignLift.
func (w *world) runCampaign(b *buyer, h *history, spent int64, r *random) {
	h.control = r.chance(controlShare)
	h.treated = !h.control
	extra := r.chance(campaignLift)
	day := w.campaignDay() + 1 + r.below(campaignWindow)
	o := w.newOrder(b, day, spent, r)
	if !h.treated || !extra {
		return
	}
	o.number, o.campaign, o.unpaid = len(h.orders), true, false
	h.orders = append(h.orders, o)
}

func (w *world) campaignDay() int { return w.asOf - campaignAgo }
