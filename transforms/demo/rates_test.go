package demo

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/thorough"
)

// sample is a company of 20,000 customers, as written.
type sample struct {
	t       *testing.T
	w       *world
	data    [][]byte
	persons map[string]*person // by entity
	entity  map[string]string  // source/key/object to entity
	tags    map[string]string

	accounts map[string]string // like entity, of accounts that only orders name
}

func newSample(t *testing.T) *sample {
	customers := thorough.N(6_000, 20_000) // whole blocks
	s := &sample{t: t, data: made(t, customers), persons: map[string]*person{}, entity: map[string]string{}, tags: map[string]string{}}
	s.w = newWorld(Params{Customers: customers, Seed: 7, AsOf: DefaultAsOf})
	for number := range customers / blockSize {
		b := s.w.newBlock(number)
		for i := range b.persons {
			s.persons[b.persons[i].id] = &b.persons[i]
		}
	}
	for _, row := range table(t, truthIdentity, s.data[truthIdentity]) {
		s.entity[row[0]+"/"+row[1]+"/"+row[3]] = row[2]
	}
	s.accounts = map[string]string{}
	for _, row := range table(t, truthAccounts, s.data[truthAccounts]) {
		s.accounts[row[0]+"/"+row[1]+"/"+row[3]] = row[2]
	}
	for _, row := range table(t, truthTags, s.data[truthTags]) {
		s.tags[row[0]+"/"+row[1]+"/"+row[2]] = "|" + row[3] + "|"
	}
	return s
}

// deviations is how many standard deviations a measured rate may be off: at 4.5, one of
// 150,000 sound rates fails, for the one fixed seed.
const deviations = 4.5

// near checks k of n against a rate. Observations that come in groups of mean square size
// over mean size `design` and agree within them vary by so much more.
func (s *sample) near(what string, k, n int, rate, design float64) {
	s.t.Helper()
	limit := deviations*math.Sqrt(float64(n)*rate*(1-rate)*design) + 0.5
	if n == 0 || math.Abs(float64(k)-float64(n)*rate) > limit {
		s.t.Errorf("%s: %d of %d, want %.4f +- %.4f", what, k, n, rate, limit/float64(max(n, 1)))
	}
}

// Records of one person agree where a trait of the person decides. The squares of the numbers
// of records over the numbers themselves, of the law of personRecords.
func recordDesign() float64 {
	weights, before := zipfWeights(), 0.0
	var first, second float64
	for k, c := range weights {
		p := c - before
		before = c
		first += p * float64(k+1)
		second += p * float64(k+1) * float64(k+1)
	}
	return second / first
}

func TestRatesAreThoseOfTheDesign(t *testing.T) {
	s := newSample(t)
	s.recordsPerPerson()
	s.people()
	s.contacts()
	s.names()
	s.orders()
	s.complete()
}

var personObjects = map[string]system{"contact": crm, "lead": crm, "customer": erp, "user": support, "external_contact": social}

func (s *sample) recordsPerPerson() {
	records, systems, total := map[string]int{}, [4]int{}, 0
	for key, entity := range s.entity {
		object := key[strings.LastIndexByte(key, '/')+1:]
		if group, ok := personObjects[object]; ok && entity[0] == 'p' {
			records[entity]++
			systems[group]++
			total++
		}
	}
	if len(records) != len(s.persons) {
		s.t.Errorf("%d of %d persons have a record", len(records), len(s.persons))
	}
	byCount := [mostRecords + 1]int{}
	for _, n := range records {
		byCount[n]++
	}
	before := 0.0
	for k, c := range zipfWeights() {
		s.near("persons with "+strconv.Itoa(k+1)+" records", byCount[k+1], len(records), c-before, 1)
		before = c
	}
	s.near("records, single", byCount[1], len(records), singleShare, 1)
	for i, want := range []float64{0.40, 0.25, 0.20, 0.15} {
		s.near("records in group "+strconv.Itoa(i), systems[i], total, want, 1)
	}
}

func (s *sample) people() {
	var chinese, noEmail, household, shared, passed, twin, namesake, board int
	for _, p := range s.persons {
		add := func(n *int, yes bool) {
			if yes {
				*n++
			}
		}
		add(&chinese, p.chinese)
		add(&noEmail, p.email == "")
		add(&household, p.household)
		add(&shared, p.shared)
		add(&passed, p.passedOn != 0)
		add(&twin, p.twin)
		add(&namesake, p.namesake)
		add(&board, p.board != nil)
	}
	n := len(s.persons)
	s.near("Chinese", chinese, n, 0.50, 2)
	s.near("no e-mail", noEmail, n, 0.08, 1)
	s.near("address shared", household, n, 0.10, 2)
	s.near("phone shared", shared, n, 0.05, 2)
	s.near("number that changed owner", passed, n, 0.01, 1)
	s.near("twins", twin, n, 0.01, 2)
	s.near("namesakes", namesake, n, 0.015, 2)
	s.near("at a switchboard", board, n, 200.0/50_000, 1)
}

// contacts measures what is missing or in another form, in the exports themselves.
func (s *sample) contacts() {
	design := recordDesign()
	contacts, leads := table(s.t, fileContacts, s.data[fileContacts]), table(s.t, fileLeads, s.data[fileLeads])
	empty := func(rows [][]string, file int, columns ...string) int {
		n, places := 0, []int{}
		for _, column := range columns {
			places = append(places, at(s.t, file, column))
		}
		for _, row := range rows {
			value := ""
			for _, place := range places {
				value += row[place]
			}
			if value == "" {
				n++
			}
		}
		return n
	}
	crmRows := len(contacts) + len(leads)
	s.near("CRM e-mail missing", empty(contacts, fileContacts, "Email")+empty(leads, fileLeads, "Email"), crmRows, 0.21, design)
	s.near("CRM phone missing", empty(contacts, fileContacts, "Phone", "MobilePhone")+empty(leads, fileLeads, "MobilePhone"), crmRows, 0.30, 1)
	if n := empty(contacts, fileContacts, "Birthdate"); n > 0 {
		s.t.Errorf("%d contacts have no birth date", n)
	}
	var customers [][]string
	natural := at(s.t, fileKNA1, "STKZN")
	for _, row := range table(s.t, fileKNA1, s.data[fileKNA1]) {
		if row[natural] == "X" {
			customers = append(customers, row)
		}
	}
	s.near("ERP e-mail missing", empty(customers, fileKNA1, "SMTP_ADDR"), len(customers), 0.44, design)
	s.near("ERP phone missing", empty(customers, fileKNA1, "TELF1"), len(customers), 0.15, 1)
	s.near("ERP birth date missing", empty(customers, fileKNA1, "GBDAT"), len(customers), 0.60, 1)
	users := bytes.Count(s.data[fileZendeskUsers], []byte(`"role":"end-user"`))
	s.near("support e-mail missing", bytes.Count(s.data[fileZendeskUsers], []byte(`"email":null`)), users, 0.20, design)
	s.near("support phone missing", bytes.Count(s.data[fileZendeskUsers], []byte(`"phone":null`))-7, users, 0.15, 1)
	s.near("support birth date missing", bytes.Count(s.data[fileZendeskUsers], []byte(`"user_fields":{}`))-7, users, 0.60, 1)
	followers := bytes.Count(s.data[fileWeCom], []byte("\n"))
	s.near("social phone missing", bytes.Count(s.data[fileWeCom], []byte(`"remark_mobiles":[]`)), followers, 0.15, 1)
}

// names measures tags: what was done to a record of those it could be done to.
func (s *sample) names() {
	has := func(tags, tag string) bool { return strings.Contains(tags, "|"+tag+"|") }
	count, of := map[string]int{}, map[string]int{}
	add := func(tag, tags string, base bool) {
		if base {
			of[tag]++
			if has(tags, tag) {
				count[tag]++
			}
		}
	}
	for key, tags := range s.tags {
		object := key[strings.LastIndexByte(key, '/')+1:]
		group, ok := personObjects[object]
		p := s.persons[s.entity[key]]
		if !ok || p == nil {
			continue
		}
		typed := p.chinese && (group == support || group == social) && !has(tags, "name_junk")
		western := !p.chinese && !has(tags, "name_junk")
		for _, tag := range []string{"name_pinyin", "name_traditional", "name_homophone"} {
			add(tag, tags, typed)
		}
		for _, tag := range []string{"nickname", "name_typo", "married_name"} {
			add(tag, tags, western)
		}
		if has(tags, "name_swapped") && typed {
			count["han swapped"]++
		}
		if has(tags, "name_swapped") && western {
			count["swapped"]++
		}
		add("name_junk", tags, true)
		phone := !has(tags, "phone_missing")
		add("phone_junk", tags, phone)
		add("phone_form", tags, phone && !has(tags, "phone_junk") && !has(tags, "switchboard"))
		email := group != social && !has(tags, "email_missing")
		add("email_junk", tags, email)
		add("email_role", tags, email && !has(tags, "email_junk"))
		add("email_form", tags, email && !has(tags, "email_junk") && !has(tags, "email_role"))
		birth := group != social && object != "lead" && !has(tags, "birth_missing")
		add("birth_junk", tags, birth)
		add("birth_wrong", tags, birth && !has(tags, "birth_junk"))
		address := group == crm || group == erp
		add("address_form", tags, address)
		add("address_before_move", tags, address)
	}
	of["han swapped"], of["swapped"] = of["name_pinyin"], of["nickname"]
	names := recordDesign() // a name that cannot change in a way cannot do so in any record
	for _, want := range []struct {
		tag          string
		rate, design float64
	}{
		{"name_pinyin", 0.30, 1},
		{"name_traditional", 0.06, names},
		{"name_homophone", 0.03, names},
		{"han swapped", 0.02, 1},
		{"nickname", 0.06, names},
		{"name_typo", 0.04, 1},
		{"swapped", 0.03, 1},
		{"married_name", 0.02, names},
		{"name_junk", 0.005, 1},
		{"phone_junk", 0.005, 1},
		{"phone_form", 0.30, 1},
		{"email_junk", 0.005, 1},
		{"email_role", 0.005, 1},
		{"email_form", 0.10, 1},
		{"birth_junk", 0.005, 1},
		{"birth_wrong", 0.02, 1},
		{"address_form", 0.10, 1},
		{"address_before_move", 0.05, 1},
	} {
		s.near(want.tag, count[want.tag], of[want.tag], want.rate, want.design)
	}
}

func (s *sample) orders() {
	list, _ := s.w.files.taobao(testDay)
	var shop, anonymous, masked, virtual, recipient, refunded int
	buyers := map[string]bool{}
	phoneAt, nameAt, nickAt, refundAt := at(s.t, list, "联系手机"), at(s.t, list, "收货人姓名"), at(s.t, list, "买家会员名"), at(s.t, list, "退款金额")
	for file := fileTaobao; file <= list; file += 2 {
		for _, row := range table(s.t, file, s.data[file]) {
			id := strings.Trim(row[0], `="`)
			if id == "" || strings.HasPrefix(id, "200000000000000000") {
				continue // bad on purpose
			}
			shop++
			p := s.persons[s.entity[sourceTmall+"/"+id+"/order"]]
			phone := row[phoneAt]
			switch {
			case p == nil:
				anonymous++
			case strings.Contains(phone, "*"):
				masked++
			case strings.Contains(phone, "-"):
				virtual++
			case row[nameAt] != p.fullName():
				recipient++
			}
			if p != nil {
				buyers[row[nickAt]] = true
			}
			if row[refundAt] != "" {
				refunded++
			}
		}
	}
	s.near("anonymous orders", anonymous, shop, 0.15, 1)
	s.near("masked phones", masked, shop, 0.05, 1)
	s.near("virtual numbers", virtual, shop, 0.03, 1)
	s.near("other recipients", recipient, shop, 0.08, 1.2) // namesakes among neighbours look alike
	s.near("refunds", refunded, shop, 0.12, 1)
	for nick := range buyers {
		account := sourceTmall + "/" + nick + "/buyer"
		if s.accounts[account] == "" || s.entity[account] != "" {
			s.t.Fatalf("a buyer of the shop has no label, or one among those whom more than orders name")
		}
	}
	western := 0
	for _, line := range bytes.Split(s.data[fileShopify], []byte("\n")) {
		if cut := bytes.IndexByte(line, ','); cut > 0 && !bytes.HasPrefix(line[cut:], []byte(",,,")) {
			western++ // the first row of an order states e-mail or payment
		}
	}
	again := bytes.Count(s.data[truthLinks], []byte(",sap,order,"))
	s.near("orders that the ERP shows again", again, shop+western, 0.06, 1)
	var control, treated int
	wave := at(s.t, fileSends, "wave")
	for _, row := range table(s.t, fileSends, s.data[fileSends]) {
		switch row[wave] {
		case "0":
			control++
		case "1":
			treated++
		}
	}
	s.near("control group", control, control+treated, 0.10, 1)
}

// complete checks that each party row of the exports has a label.
func (s *sample) complete() {
	labelled := func(source, object string, keys []string) {
		for _, key := range keys {
			if s.entity[source+"/"+key+"/"+object] == "" {
				s.t.Errorf("%s %s %s has no label", source, object, key)
				return
			}
		}
	}
	column := func(file, i int, skip func([]string) bool) (keys []string) {
		for _, row := range table(s.t, file, s.data[file]) {
			if skip == nil || !skip(row) {
				keys = append(keys, row[i])
			}
		}
		return keys
	}
	labelled(sourceCRM, "account", column(fileAccounts, 0, nil))
	labelled(sourceCRM, "contact", column(fileContacts, 0, nil))
	labelled(sourceCRM, "lead", column(fileLeads, 0, nil))
	labelled(sourceCards, "card", column(fileCards, 0, nil))
	oneTimeAccount := at(s.t, fileKNA1, "XCPDK")
	labelled(sourceERP, "customer", column(fileKNA1, 1, func(row []string) bool { return row[oneTimeAccount] == "X" }))
	labelled(sourceSupport, "user", between(s.data[fileZendeskUsers], `{"id":`, `,`, `"role":"end-user"`))
	labelled(sourceWeCom, "external_contact", between(s.data[fileWeCom], `"external_userid":"`, `"`, ""))
}

// between finds the text between two marks on each line that holds a third.
func between(data []byte, before, after, must string) (out []string) {
	for _, line := range strings.Split(string(data), "\n") {
		if _, rest, ok := strings.Cut(line, before); ok && strings.Contains(line, must) {
			key, _, _ := strings.Cut(rest, after)
			out = append(out, key)
		}
	}
	return out
}
