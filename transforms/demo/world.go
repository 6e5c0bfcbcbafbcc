package demo

// world is what all entities share. It is read only once it is made.
type world struct {
	seed      uint64
	customers int
	asOf      int // day

	chinese        chineseNames
	western        westernNames
	chinesePlaces  []place
	westernPlaces  []place
	chineseWeights []float64
	westernWeights []float64
	catalogue      catalogue
	seasons        *seasons
	recordWeights  []float64

	// Shares of names that can be changed in these ways at all.
	traditionalShare, homophoneShare, shortShare float64

	files fileSet
}

func newWorld(p Params) *world {
	w := &world{seed: scramble(uint64(p.Seed)+1, 63, 0), customers: p.Customers, asOf: p.asOfDay()}
	w.chinese, w.western, w.catalogue = readChineseNames(), readWesternNames(), readCatalogue()
	w.chinesePlaces, w.westernPlaces = readPlaces()
	w.chineseWeights, w.westernWeights = placeWeights(w.chinesePlaces), placeWeights(w.westernPlaces)
	w.seasons = newSeasons(w.asOf)
	w.recordWeights = zipfWeights()
	w.traditionalShare, w.homophoneShare = w.chinese.changeable()
	w.shortShare = w.western.withShort()
	w.files = newFileSet(w.asOf)
	return w
}

// chunk is what one range of blocks wrote, by file.
type chunk struct {
	w       *world
	buffers [][]byte
	rows    []int64
	effect  effect
	encoded []byte // spare buffer
	nobody  block  // of persons who are no customers
}

// effect counts the past campaign.
type effect struct{ treated, control, extra, treatedOrders, controlOrders int64 }

func (e *effect) add(o effect) {
	e.treated += o.treated
	e.control += o.control
	e.extra += o.extra
	e.treatedOrders += o.treatedOrders
	e.controlOrders += o.controlOrders
}

func (w *world) newChunk() *chunk {
	return &chunk{w: w, buffers: make([][]byte, len(w.files.list)), rows: make([]int64, len(w.files.list))}
}

func (c *chunk) reset() {
	for i := range c.buffers {
		c.buffers[i] = c.buffers[i][:0]
	}
	clear(c.rows)
	c.effect = effect{}
}

// row starts a CSV row of a file; put ends it.
func (c *chunk) row(file int) *cells { return newCells(c.buffers[file]) }

func (c *chunk) put(file int, row *cells) {
	c.buffers[file] = row.end(c.w.files.list[file].newline)
	c.rows[file]++
}

// entities writes everything about the entities of one block.
func (c *chunk) entities(number int) {
	w := c.w
	b := w.newBlock(number)
	for i := range b.orgs {
		if b.orgs[i].index < w.customers {
			w.orgRecords(&b.orgs[i])
			c.org(&b.orgs[i])
		}
	}
	for i := range b.persons {
		if b.persons[i].index < w.customers {
			w.personRecords(b, &b.persons[i])
		}
	}
	for i := range b.persons {
		if p := &b.persons[i]; p.index < w.customers {
			c.person(p, &b.persons[i^1])
		}
	}
}

func (c *chunk) org(o *org) {
	for i := range o.records {
		c.party(&o.records[i], o.id, true, "")
	}
	r := newRandom(c.w.seed, streamOrders, o.index)
	if !r.chance(0.85) {
		c.opportunities(o, &r)
		return
	}
	buyer := c.w.orgBuyer(o, &r)
	h := c.w.buy(&buyer, &r, false)
	key := ""
	for i := range o.records {
		if o.records[i].system == erp {
			key = o.records[i].key
		}
	}
	if key == "" {
		key = o.accountOfERP(c.w)
		c.erpOnly(o, key)
	}
	for i := range h.orders {
		c.trade(o, &h.orders[i], key)
	}
	c.opportunities(o, &r)
	c.churn(o.id, &h)
}

func (c *chunk) person(p, neighbour *person) {
	w := c.w
	country := p.home.place.country
	for i := range p.records {
		c.party(&p.records[i], p.id, false, country)
	}
	c.relations(p, neighbour)
	r := newRandom(w.seed, streamOrders, p.index)
	var h history
	var buyer buyer
	if r.chance(buyerShare) {
		buyer = w.personBuyer(p, &r)
		h = w.buy(&buyer, &r, p.contactKey(w.campaignDay()) != "")
		c.shopOrders(p, neighbour, &h)
		c.tickets(p, &h)
		c.campaign(p, &h)
		c.churn(p.id, &h)
	}
	c.survey(p, &h)
	c.card(p, &h)
	c.consents(p)
	c.webEvents(p, &h)
}

// contactKey is a contact that the CRM had on a day, empty without one.
func (p *person) contactKey(day int) string {
	for i := range p.records {
		if rec := &p.records[i]; rec.system == crm && !rec.lead && dayOf(rec.created) < day {
			return rec.key
		}
	}
	return ""
}

// erpKey is the person's customer number on a day: the latest that was made before.
func (p *person) erpKey(at int64) string {
	key, best := "", int64(-1)
	for i := range p.records {
		if rec := &p.records[i]; rec.system == erp && rec.created <= at && rec.created > best {
			key, best = rec.key, rec.created
		}
	}
	return key
}
