package demo

import "math"

// record is one party as one system shows it.
type record struct {
	system  system
	lead    bool
	key     string
	created int64
	updated int64
	name    personName
	phone   string
	email   string
	birth   string // YYYY-MM-DD
	address *address
	street  string
	employer,
	account string // CRM: name and key of the organization
	vat     string
	unionid string
	loyalty string
	tags    []string
}

func (r *record) tag(t string) {
	if t != "" {
		r.tags = append(r.tags, t)
	}
}

// hasEmail and hasBirth: the layouts of some systems have no column for them.
func (r *record) hasEmail() bool { return r.system != social }
func (r *record) hasBirth() bool { return r.system != social && !r.lead }

const leadShare = 0.2 // of the CRM records of persons

// zipfWeights are the cumulative probabilities of 1 to mostRecords records: p(k) falls as
// k^-s, with the s for which singleShare have one.
func zipfWeights() []float64 {
	sum := func(s float64) float64 {
		total := 0.0
		for k := 1; k <= mostRecords; k++ {
			total += math.Pow(float64(k), -s)
		}
		return total
	}
	low, high := 0.0, 4.0
	for range 60 {
		middle := (low + high) / 2
		if sum(middle) > 1/singleShare {
			low = middle
		} else {
			high = middle
		}
	}
	out, total := make([]float64, mostRecords), 0.0
	for k := 1; k <= mostRecords; k++ {
		total += math.Pow(float64(k), -low) * singleShare
		out[k-1] = total
	}
	return out
}

// personRecords makes the person's records in all systems.
func (w *world) personRecords(b *block, p *person) {
	r := newRandom(w.seed, streamParties, p.index)
	n := 1 + r.weighted(w.recordWeights)
	p.records = make([]record, 0, n)
	for slot := range n {
		p.records = append(p.records, w.personRecord(b, p, slot))
	}
}

func (w *world) personRecord(b *block, p *person, slot int) record {
	number := p.index*mostRecords + slot
	r := newRandom(w.seed, streamRecord, number)
	rec := record{system: system(r.weighted(systemShare))}
	rec.lead = rec.system == crm && r.chance(leadShare)
	rec.key = w.recordKey(rec.system, rec.lead, number)
	w.recordTimes(&rec, p, &r)
	name, tag := w.nameIn(p, rec.system, &r)
	rec.name = name
	rec.tag(tag)
	if r.chance(rateJunk) {
		junk := junkNames[r.below(len(junkNames))]
		rec.name = personName{junk, "", junk}
		rec.tags = []string{"name_junk"}
	}
	w.recordPhone(&rec, p, &r)
	w.recordEmail(&rec, b, p, &r)
	w.recordBirth(&rec, p, &r)
	w.recordAddress(&rec, p, &r)
	if e := p.employer; e != nil && rec.system == crm {
		rec.employer = e.name(&r)
		if len(e.accounts) > 0 {
			rec.account = e.accounts[0]
		}
	}
	if rec.system == social && r.chance(0.5) {
		rec.unionid = p.unionid
	}
	if rec.system == crm && !rec.lead && p.hasCard && r.chance(0.3) {
		rec.loyalty = p.card
	}
	if p.board != nil && rec.system == crm && len(p.board.accounts) > 0 {
		rec.account, rec.employer = p.board.accounts[0], p.board.name(&r)
	}
	return rec
}

// recordTimes puts the record somewhere into the time since the first contact. What a
// record says was true at its last change: before a number changed owner it shows the old one.
func (w *world) recordTimes(rec *record, p *person, r *random) {
	created := p.since + r.below(w.asOf-p.since)
	last := w.asOf
	if p.passedOn != 0 && created < p.passedOn {
		last = p.passedOn
	}
	updated := created + r.below(last-created)
	rec.created = int64(created)*secondsPerDay + int64(r.between(8*3600, 20*3600))
	rec.updated = int64(updated)*secondsPerDay + int64(r.between(20*3600, 22*3600))
}

func (w *world) recordPhone(rec *record, p *person, r *random) {
	switch {
	case r.chance(ratePhoneMissing[rec.system]):
		rec.tag("phone_missing")
		return
	case r.chance(rateJunk):
		rec.phone = junkPhones[r.below(len(junkPhones))]
		rec.tag("phone_junk")
		return
	case p.board != nil:
		rec.phone = p.board.phone.plain()
		rec.tag("switchboard")
		return
	}
	value := p.phoneOn(dayOf(rec.updated))
	if value != p.phone {
		rec.tag("phone_before_change")
	}
	if p.shared {
		rec.tag("phone_shared")
	}
	rec.phone = value.plain()
	if r.chance(ratePhoneForm) {
		rec.phone = value.otherForm(r)
		rec.tag("phone_form")
	}
}

func (w *world) recordEmail(rec *record, b *block, p *person, r *random) {
	if !rec.hasEmail() {
		return
	}
	missing := r.chance(w.emailMissing(rec.system))
	switch {
	case missing || p.email == "":
		rec.tag("email_missing")
	case r.chance(rateJunk):
		rec.email = junkEmails[r.below(len(junkEmails))]
		rec.tag("email_junk")
	case r.chance(rateRoleEmail):
		rec.email = "info@" + b.orgs[r.below(blockOrgs)].domain
		if p.employer != nil {
			rec.email = "info@" + p.employer.domain
		}
		rec.tag("email_role")
	case r.chance(rateEmailForm):
		rec.email = otherEmail(p.email, r)
		rec.tag("email_form")
	default:
		rec.email = p.email
	}
}

// emailMissing is the chance for persons who have an address, such that of all records the
// share of the design has none.
func (w *world) emailMissing(s system) float64 {
	return (rateEmailMissing[s] - rateNoEmail) / (1 - rateNoEmail)
}

func (w *world) recordBirth(rec *record, p *person, r *random) {
	if !rec.hasBirth() {
		return
	}
	switch {
	case rec.system != crm && r.chance(rateBirthMissing):
		rec.tag("birth_missing")
	case r.chance(rateJunk):
		rec.birth = "1900-01-01"
		rec.tag("birth_junk")
	case r.chance(rateBirthWrong):
		rec.birth = isoDay(wrongBirth(p.birth, r))
		rec.tag("birth_wrong")
	default:
		rec.birth = isoDay(p.birth)
	}
}

func (w *world) recordAddress(rec *record, p *person, r *random) {
	if rec.system != crm && rec.system != erp {
		return
	}
	rec.address = &p.home
	if r.chance(rateMoved) {
		rec.address = &p.oldHome
		rec.tag("address_before_move")
	}
	form := addressPlain
	if r.chance(rateAddressForm) {
		form = addressForm(1 + r.below(3))
		rec.tag("address_form")
	}
	rec.street = rec.address.line(form, r)
}

// orgRecords makes the records of an organization: accounts of the CRM and customers of the
// ERP, under variants of its name.
func (w *world) orgRecords(o *org) {
	r := newRandom(w.seed, streamParties, o.index)
	n := 1 + r.weighted(w.recordWeights)
	for slot := range n {
		number := o.index*mostRecords + slot
		q := newRandom(w.seed, streamRecord, number)
		rec := record{system: erp, vat: o.vat}
		if q.chance(0.55) {
			rec.system, rec.vat = crm, ""
		}
		rec.key = w.orgKey(rec.system, number)
		if rec.system == crm {
			o.accounts = append(o.accounts, rec.key)
		}
		created := o.since + q.below(w.asOf-o.since)
		rec.created = int64(created)*secondsPerDay + int64(q.between(8*3600, 18*3600))
		rec.updated = rec.created + int64(q.below(w.asOf-created))*secondsPerDay
		rec.name = personName{full: o.name(&q)}
		if rec.name.full != o.core+o.legal(0) {
			rec.tag("company_suffix")
		}
		if rec.vat != "" && q.chance(0.3) {
			rec.vat = ""
			rec.tag("vat_missing")
		}
		if q.chance(ratePhoneMissing[rec.system]) {
			rec.tag("phone_missing")
		} else {
			rec.phone = o.phone.plain()
			if q.chance(ratePhoneForm) {
				rec.phone = o.phone.otherForm(&q)
				rec.tag("phone_form")
			}
		}
		if rec.system == erp {
			if q.chance(rateEmailMissing[erp]) {
				rec.tag("email_missing")
			} else {
				rec.email = "info@" + o.domain
				rec.tag("email_role")
			}
		}
		form := addressPlain
		if q.chance(rateAddressForm) {
			form = addressForm(1 + q.below(3))
			rec.tag("address_form")
		}
		rec.address = &o.office
		rec.street = o.office.line(form, &q)
		o.records = append(o.records, rec)
	}
}

func (o *org) legal(i int) string {
	s := o.suffixes[i]
	if o.chinese || s == "" {
		return s
	}
	return " " + s
}

// name is the organization's name with one of its legal forms; the first is the most common.
func (o *org) name(r *random) string {
	if r.chance(0.6) {
		return o.core + o.legal(0)
	}
	return o.core + o.legal(r.below(len(o.suffixes)))
}
