package demo

import "strings"

// shopOrders writes a person's orders: to the shop of the country, some again to the ERP, and
// those behind as_of to the truth alone.
func (c *chunk) shopOrders(p, neighbour *person, h *history) {
	end := int64(c.w.asOf+1) * secondsPerDay
	labelled, erp := false, 0
	for i := range h.orders {
		o := &h.orders[i]
		if o.at >= end {
			if !o.unpaid {
				c.future(p.id, o)
			}
			continue
		}
		number := ""
		source := sourceTmall
		recipient := p
		if o.form == buyerOtherRecipient {
			recipient = c.recipient(p, neighbour, o)
		}
		if p.chinese {
			number = c.w.taobaoNumber(p.index, o.number)
			c.taobao(p, recipient, o, number)
			if o.form != buyerAnonymous && !labelled {
				labelled = true
				c.put(truthAccounts, c.row(truthAccounts).texts(sourceTmall, p.nick(), p.id, "buyer"))
			}
		} else {
			source = sourceShop
			number = c.shopify(p, recipient, o)
		}
		if o.form != buyerAnonymous {
			c.label(source, number, p.id, "order")
		}
		if o.erpAgain && erp < erpCap {
			c.again(p, o, source, number, erp)
			erp++
		}
	}
}

func (c *chunk) future(entity string, o *order) {
	row := c.row(truthFuture).texts(entity, isoDay(dayOf(o.at)), o.currency, cents(o.net()), cents(o.refund))
	c.put(truthFuture, row)
}

// nick is the buyer's account on the platform.
func (p *person) nick() string {
	tail := number(p.index*7+int(p.birth%7)) + p.again
	if p.index%3 == 0 {
		return p.givenText() + tail
	}
	return p.family.pinyin + "_" + p.givenPinyin() + tail
}

// recipient is who gets an order that is not for the buyer: one of three, of whom one is a
// customer and two are nobody that another system knows.
func (c *chunk) recipient(p, neighbour *person, o *order) *person {
	if i := o.number % 3; i > 0 {
		outsider := c.w.newPerson(&c.nobody, p.index+20_000_000*i, p.chinese)
		return &outsider
	}
	return neighbour
}

func maskedName(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i] + strings.Repeat("*", len([]rune(s))-1)
		}
	}
	return s + "*"
}

func maskedPhone(s string) string { return s[:3] + "****" + s[len(s)-4:] }

// shown is what an order tells of buyer and recipient.
type shown struct {
	nick, account, name, street, phone string
}

// show hides or replaces what the order does not tell of its buyer.
func (c *chunk) show(p, recipient *person, o *order) shown {
	day := dayOf(o.at)
	home := &p.home
	if day < p.movedOn && p.movedOn > 0 && p.index%10 == 0 {
		home = &p.oldHome
	}
	s := shown{nick: p.nick(), name: p.fullName(), phone: p.phoneOn(day).plain()}
	s.street = home.place.province + " " + home.place.city + " " + home.district + " " + home.line(addressPlain, nil)
	if p.email != "" && p.index%4 == 0 {
		s.account = p.email
	}
	switch o.form {
	case buyerMaskedPhone:
		s.phone = maskedPhone(s.phone)
	case buyerVirtualPhone:
		x := scramble(uint64(o.at), 40, c.w.seed)
		s.phone = "184" + padded(x%100_000_000, 8) + "-" + padded(x/7%10_000, 4)
	case buyerOtherRecipient:
		s.name, s.phone = recipient.fullName(), recipient.phoneOn(day).plain()
		home := &recipient.home
		s.street = home.place.province + " " + home.place.city + " " + home.district + " " + home.line(addressPlain, nil)
	case buyerAnonymous:
		s = shown{
			nick: "t***" + number(o.number%10), name: maskedName(s.name), phone: maskedPhone(s.phone),
			street: home.place.province + " " + home.place.city + " " + home.district + " ***",
		}
	}
	return s
}

// taobao writes one row of the order list and one for each line.
func (c *chunk) taobao(p, recipient *person, o *order, id string) {
	list, lines := c.w.files.taobao(dayOf(o.at))
	s := c.show(p, recipient, o)
	guarded := `="` + id + `"`
	age := c.w.asOf - dayOf(o.at)
	status, closed, paid, paidAt, refund := "交易成功", "订单未关闭", o.net()+o.shipping, wallTime(o.at+35), int64(0)
	switch {
	case o.unpaid && age < 1:
		status, paid, paidAt = "等待买家付款", 0, "0000-00-00"
	case o.unpaid:
		status, closed, paid, paidAt = "交易关闭", "买家未付款", 0, "0000-00-00"
	case o.refund > 0 && o.whole:
		status, closed, refund = "交易关闭", "退款", paid
	case o.refund > 0:
		refund = o.refund
	case age < 1:
		status = "买家已付款，等待卖家发货"
	case age < 8:
		status = "卖家已发货，等待买家确认"
	}
	titles, goods := "", int64(0)
	for i, l := range o.lines {
		if i > 0 {
			titles += "，"
		}
		titles += l.product.nameZH
		goods += l.quantity
		row := c.row(lines).raw(guarded).text("Linden Home林登家居 " + l.product.nameZH).cents(l.price).integer(l.quantity)
		row.texts(l.product.sku, "颜色分类:"+[]string{"本白", "原木色", "雾蓝"}[i%3]+";编号:"+number(i+1), "", "", status, l.product.sku)
		c.put(lines, row)
	}
	row := c.row(list).raw(guarded).texts(s.nick, s.account).cents(o.gross).cents(o.shipping).text("0").cents(o.gross + o.shipping).text("0").cents(paid).text("0")
	row.texts(status, "", s.name, s.street, "快递", "", "'"+s.phone, wallTime(o.at), paidAt, titles, number(len(o.lines)))
	if paid > 0 {
		row.texts("No:SF"+padded(scramble(uint64(o.at), 40, 3), 12), "顺丰速运", "")
	} else {
		row.texts("", "", "")
	}
	row.integer(goods).texts("", "", closed, "0", "0", "", "", "", "", "", "0", "0", "")
	refunded := ""
	if refund > 0 {
		refunded = cents(refund)
	}
	c.put(list, row.text(refunded))
}

// shopify writes one row for each line; the cells of the order stand on the first.
func (c *chunk) shopify(p, recipient *person, o *order) string {
	name, id := c.w.shopifyNumber(p.index, o.number)
	s := c.show(p, recipient, o)
	created := newYorkTime(o.at)
	total := o.net() + o.shipping + o.tax
	financial, paidAt, fulfilled, fulfilledAt, cancelled, refund := "paid", created, "fulfilled", newYorkTime(o.at+2*secondsPerDay), "", int64(0)
	switch {
	case o.unpaid:
		financial, paidAt, fulfilled, fulfilledAt, cancelled = "voided", "", "unfulfilled", "", newYorkTime(o.at+secondsPerDay)
	case o.refund > 0 && o.whole:
		financial, refund = "refunded", total
	case o.refund > 0:
		financial, refund = "partially_refunded", o.refund
	}
	for i, l := range o.lines {
		row := c.row(fileShopify).text(name)
		if i == 0 {
			row.texts(p.orderEmail(o), financial, paidAt, fulfilled, fulfilledAt, yes(p.index%3 > 0), o.currency).cents(o.net()).cents(o.shipping).cents(o.tax).cents(total)
			row.text(discountCode(o)).cents(o.discount).texts("Standard", created)
		} else {
			row.empty(15)
		}
		row.integer(l.quantity).text(l.product.name).cents(l.price).texts("", l.product.sku, "true", "true", fulfilled)
		if i == 0 {
			c.shopifyBuyer(row, p, recipient, o, &s)
			row.texts("", "", cancelled, "Shopify Payments", "r"+id+".1").cents(refund).texts("Linden Home", "0.00", "", "", "", id, "", "Low", "web", "0.00")
			if o.tax > 0 {
				row.text("State Tax 8%").cents(o.tax)
			} else {
				row.empty(2)
			}
			row.empty(8).text(p.orderPhone(o, &s)).empty(2).texts(p.home.place.provinceZ, p.home.place.provinceZ, "r"+id+".1", "", "", "r"+id+".1")
		} else {
			row.empty(26).text("Linden Home").empty(8).text("0.00").empty(19)
		}
		c.put(fileShopify, row)
	}
	return name
}

func yes(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

func discountCode(o *order) string {
	if o.discount > 0 {
		return "HOME" + number(int(o.discount*100/max(o.gross, 1)))
	}
	return ""
}

// orderEmail: a fifth of the buyers check out with a phone alone.
func (p *person) orderEmail(o *order) string {
	if o.form == buyerAnonymous || p.index%5 == 0 {
		return ""
	}
	return p.email
}

func (p *person) orderPhone(o *order, s *shown) string {
	switch o.form {
	case buyerAnonymous:
		return ""
	case buyerOtherRecipient:
		return p.phoneOn(dayOf(o.at)).plain()
	case buyerVirtualPhone:
		return "+1 " + s.phone[:3] + " " + s.phone[3:6] + " " + s.phone[6:10] + " ext. " + s.phone[12:]
	}
	return s.phone
}

// shopifyBuyer writes billing and shipping; sales at the till have neither.
func (c *chunk) shopifyBuyer(row *cells, p, recipient *person, o *order, s *shown) {
	if o.form == buyerAnonymous {
		row.empty(20)
		return
	}
	for _, who := range []*person{p, recipient} {
		home := &who.home
		street, zip := home.line(addressPlain, nil), home.postcode
		if home.place.country == "US" {
			zip = "'" + zip
		}
		phone := p.orderPhone(o, s)
		if who != p {
			phone = who.phoneOn(dayOf(o.at)).plain()
		}
		row.texts(who.fullName(), street, street, "", "", home.place.city, zip, home.place.province, home.place.country, phone)
	}
}

// again writes a shop order a second time, as the ERP books it: with the platform's number as
// the customer's reference.
func (c *chunk) again(p *person, o *order, source, number string, n int) {
	key := p.erpKey(o.at)
	if key == "" {
		key = oneTime[side(p.chinese)]
	}
	sales, billing := c.book(p.index, n, key, o, number)
	c.put(truthLinks, c.row(truthLinks).texts(source, number, sourceERP, "order", sales))
	c.put(truthLinks, c.row(truthLinks).texts(source, number, sourceERP, "billing_document", billing))
}

// oneTime are the one-time accounts: many buyers share each number.
var oneTime = [2]string{"0000000902", "0000000901"}

// trade writes an order of an organization, which only the ERP knows.
func (c *chunk) trade(o *org, sale *order, key string) {
	if sale.at >= int64(c.w.asOf+1)*secondsPerDay {
		c.future(o.id, sale)
		return
	}
	c.book(o.index, sale.number, key, sale, "")
}

func sapAmount(v int64) string {
	if v < 0 {
		return cents(-v) + "-"
	}
	return cents(v) + " "
}

func (c *chunk) sapRow(file int) *cells {
	row := c.row(file)
	row.comma = '\t'
	return row.text("800")
}

// book writes a sales order with its items and its billing document, and a credit memo where
// money goes back.
func (c *chunk) book(entity, n int, key string, o *order, reference string) (sales, billing string) {
	sales, billing, credit := c.w.erpNumbers(entity, n)
	day := compactDay(dayOf(o.at))
	region := map[string]string{"CNY": "1000", "USD": "3000", "EUR": "2000"}[o.currency]
	c.put(fileVBAK, c.sapRow(fileVBAK).texts(sales, day, "TA", key, region, "10", "00", sapAmount(o.net()), o.currency, reference))
	left := o.net()
	for i, l := range o.lines {
		amount := o.net() * (l.price * l.quantity) / max(o.gross, 1)
		if i == len(o.lines)-1 {
			amount = left
		}
		left -= amount
		c.put(fileVBAP, c.sapRow(fileVBAP).texts(sales, padded(uint64(10*(i+1)), 6), l.product.sku, l.product.name, number(int(l.quantity))+".000 ", "ST", sapAmount(amount), o.currency, ""))
	}
	billed := min(dayOf(o.at)+1, c.w.asOf)
	rate := map[string]string{"CNY": "1.00000", "USD": "7.10000", "EUR": "7.75000"}[o.currency]
	ref := reference
	if ref == "" {
		ref = billing
	}
	c.put(fileVBRK, c.sapRow(fileVBRK).texts(billing, "F2", compactDay(billed), key, key, sapAmount(o.net()), o.currency, rate, "", "", ref))
	if o.refund > 0 && reference == "" {
		c.put(fileVBRK, c.sapRow(fileVBRK).texts(credit, "RE", compactDay(min(billed+9, c.w.asOf)), key, key, sapAmount(-o.refund), o.currency, rate, "", "", ref))
	}
	return sales, billing
}

// erpOnly writes the customer row of an organization whose records are all in the CRM: who is
// billed has a number. It is one more record, known by the VAT number.
func (c *chunk) erpOnly(o *org, key string) {
	rec := record{system: erp, key: key, name: personName{full: o.core + o.legal(0)}, phone: o.phone.plain(), vat: o.vat, address: &o.office}
	rec.street = o.office.line(addressPlain, nil)
	rec.created = int64(o.since) * secondsPerDay
	c.party(&rec, o.id, true, "")
}

// accountOfERP is a customer number that is none of the numbers of records.
func (o *org) accountOfERP(w *world) string {
	n := scramble(uint64(o.index), 26, w.seed^0x77)
	if w.isRecordOfERP(200_000_000 + n) {
		n += 9_000_000_000 - 200_000_000 // behind all numbers of records
	}
	return padded(200_000_000+n, 10)
}
