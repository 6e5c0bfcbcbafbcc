package demo

import "strings"

// Names of the sources in the config, as truth uses them.
const (
	sourceCRM     = "salesforce"
	sourceERP     = "sap"
	sourceTmall   = "tmall"
	sourceShop    = "shop"
	sourceSupport = "zendesk"
	sourceWeCom   = "wecom"
	sourceSurvey  = "survey"
	sourceCards   = "loyalty"
)

// label writes which entity a row of an export belongs to.
func (c *chunk) label(source, id, entity, object string) {
	c.put(truthIdentity, c.row(truthIdentity).texts(source, id, entity, object))
}

// party writes one record into the export of its system, and its truth.
func (c *chunk) party(rec *record, entity string, organization bool, country string) {
	source, object := "", ""
	switch {
	case rec.system == crm && organization:
		source, object = sourceCRM, "account"
		c.account(rec)
	case rec.system == crm && rec.lead:
		source, object = sourceCRM, "lead"
		c.lead(rec)
	case rec.system == crm:
		source, object = sourceCRM, "contact"
		c.contact(rec)
	case rec.system == erp:
		source, object = sourceERP, "customer"
		c.customer(rec, organization)
	case rec.system == support:
		source, object = sourceSupport, "user"
		c.user(rec, country)
	default:
		source, object = sourceWeCom, "external_contact"
		c.follower(rec)
	}
	c.label(source, rec.key, entity, object)
	c.put(truthTags, c.row(truthTags).texts(source, rec.key, object, strings.Join(rec.tags, "|")))
}

const (
	noID      = "000000000000000AAA"
	crmUser   = "0058a00000DEMO1AAM"
	priceBook = "01s8a000000DEMOAA4"
)

var owners = []string{"0058a00000DEMO1AAM", "0058a00000DEMO2AAM", "0058a00000DEMO3AAM", "0058a00000DEMO4AAM", "0058a00000DEMO5AAM"}

func owner(key string) string { return owners[int(key[len(key)-4])%len(owners)] }

func (c *chunk) sfRow(file int) *cells {
	row := c.row(file)
	row.quote = true
	return row
}

// sfStamps are CreatedDate to LastActivityDate.
func sfStamps(row *cells, rec *record) {
	created, updated := utcTime(rec.created), utcTime(max(rec.updated, rec.created))
	row.texts(created, crmUser, updated, crmUser, updated)
}

func countryName(code string) string {
	return map[string]string{"CN": "China", "US": "USA", "GB": "United Kingdom", "DE": "Germany"}[code]
}

func currencyOf(code string) string {
	return map[string]string{"CN": "CNY", "US": "USD", "GB": "USD", "DE": "EUR"}[code]
}

// chineseStreet puts the district before the street, where exports have no column for it.
func streetOf(rec *record) string {
	if rec.address.place.country == "CN" {
		return rec.address.district + rec.street
	}
	return rec.street
}

func (c *chunk) account(rec *record) {
	place := rec.address.place
	row := c.sfRow(fileAccounts).texts(rec.key, "0", noID, rec.name.full, "Customer", noID, streetOf(rec), place.city, place.province, rec.address.postcode,
		countryName(place.country), rec.phone, "", "Retail", "", "", "", currencyOf(place.country), owner(rec.key))
	sfStamps(row, rec)
	c.put(fileAccounts, row.texts("", "Web", "0", noID, "", "", "", "", ""))
}

func orNoID(id string) string {
	if id == "" {
		return noID
	}
	return id
}

var leadSources = []string{"Web", "Trade Show", "Referral", "Facebook", "Store", "Email"}

func (c *chunk) contact(rec *record) {
	place := rec.address.place
	phone, mobile := "", rec.phone
	if hasTag(rec, "switchboard") {
		phone, mobile = rec.phone, ""
	}
	birth := rec.birth
	if birth != "" {
		birth += " 00:00:00"
	}
	row := c.sfRow(fileContacts).texts(rec.key, "0", noID, orNoID(rec.account), "0", rec.name.family, rec.name.given, "", streetOf(rec), place.city, place.province,
		rec.address.postcode, countryName(place.country), phone, mobile, rec.email, "", "", leadSources[int(rec.key[12])%len(leadSources)], birth, "",
		currencyOf(place.country), owner(rec.key), bit(int(rec.key[13])%25 == 0), bit(int(rec.key[14])%40 == 0))
	sfStamps(row, rec)
	c.put(fileContacts, row.texts("", "", "", rec.loyalty))
}

func bit(v bool) string {
	if v {
		return "1"
	}
	return "0"
}

func hasTag(rec *record, tag string) bool {
	for _, t := range rec.tags {
		if t == tag {
			return true
		}
	}
	return false
}

func (c *chunk) lead(rec *record) {
	place := rec.address.place
	company := rec.employer
	if company == "" {
		company = "-"
	}
	row := c.sfRow(fileLeads).texts(rec.key, "0", noID, rec.name.family, rec.name.given, "", "", company, streetOf(rec), place.city, place.province, rec.address.postcode,
		countryName(place.country), "", rec.phone, rec.email, "", leadSources[int(rec.key[12])%len(leadSources)], "Working - Contacted", "",
		currencyOf(place.country), owner(rec.key), "0", "0", "", noID, noID, noID)
	sfStamps(row, rec)
	c.put(fileLeads, row.text(campaigns[int(rec.key[13])%len(campaigns)].id))
}

// customer writes a row of KNA1. E-mail and birth date come from tables ADR6 and KNVK, which
// extracts join in.
func (c *chunk) customer(rec *record, organization bool) {
	place := rec.address.place
	group, natural, title := "0001", "", "Firma"
	if !organization {
		group, natural, title = "0002", "X", ""
	}
	row := c.row(fileKNA1)
	row.comma = '\t'
	row.texts("800", rec.key, place.country, rec.name.full, "", place.city, rec.address.postcode, place.province, streetOf(rec), rec.phone, "", rec.vat, group, title,
		map[string]string{"CN": "1", "DE": "D"}[place.country], compactDay(dayOf(rec.created)), "", "", natural, "", rec.email, strings.ReplaceAll(rec.birth, "-", ""))
	c.put(fileKNA1, row)
}

// user writes a Zendesk user, in the last version only.
func (c *chunk) user(rec *record, country string) {
	locale, zone := "en-US", "Eastern Time (US & Canada)"
	switch country {
	case "CN":
		locale, zone = "zh-CN", "Beijing"
	case "GB":
		locale, zone = "en-GB", "London"
	case "DE":
		locale, zone = "de", "Berlin"
	}
	b := c.buffers[fileZendeskUsers]
	b = append(b, `{"id":`...)
	b = append(b, rec.key...)
	b = append(b, `,"url":"https://linden.zendesk.example.com/api/v2/users/`...)
	b = append(b, rec.key...)
	b = append(b, `.json","name":`...)
	b = appendJSON(b, rec.name.full)
	b = append(b, `,"email":`...)
	b = appendJSONOrNull(b, rec.email)
	b = append(b, `,"created_at":`...)
	b = appendJSON(b, utcStamp(rec.created))
	b = append(b, `,"updated_at":`...)
	b = appendJSON(b, utcStamp(max(rec.updated, rec.created)))
	b = append(b, `,"time_zone":`...)
	b = appendJSON(b, zone)
	b = append(b, `,"phone":`...)
	b = appendJSONOrNull(b, rec.phone)
	b = append(b, `,"shared_phone_number":null,"photo":null,"locale":"`...)
	b = append(b, locale...)
	b = append(b, `","organization_id":null,"role":"end-user","verified":true,"external_id":null,"tags":[],"alias":"","active":true,"shared":false,"suspended":false,"user_fields":{`...)
	if rec.birth != "" {
		b = append(b, `"birth_date":"`...)
		b = append(b, rec.birth...)
		b = append(b, '"')
	}
	b = append(b, "}}\n"...)
	c.buffers[fileZendeskUsers] = b
	c.rows[fileZendeskUsers]++
}

var (
	nicknames = strings.Fields("阳光 小鱼 momo 随风 听雨 云淡风轻 平安是福 Amy Leo Kiki 大熊 一叶知秋 星空 柠檬 南瓜 晴天 糖糖 老王 旅行者 安静")
	staff     = []string{"luyi", "haner", "zhoumo", "linqi"}
	ways      = []string{"1", "3", "6", "16", "201"}
)

// follower writes an external contact of WeCom. The name is a nickname; the remark is what
// staff call the person.
func (c *chunk) follower(rec *record) {
	n := int(rec.key[8]) + int(rec.key[10])*7
	b := c.buffers[fileWeCom]
	b = append(b, `{"external_contact":{"external_userid":"`...)
	b = append(b, rec.key...)
	b = append(b, `","name":`...)
	b = appendJSON(b, nicknames[n%len(nicknames)])
	b = append(b, `,"avatar":"","type":1,"gender":0`...)
	if rec.unionid != "" {
		b = append(b, `,"unionid":"`...)
		b = append(b, rec.unionid...)
		b = append(b, '"')
	}
	b = append(b, `,"position":"","corp_name":"","corp_full_name":""},"follow_user":[{"userid":"`...)
	b = append(b, staff[n%len(staff)]...)
	b = append(b, `","remark":`...)
	b = appendJSON(b, rec.name.full)
	b = append(b, `,"description":"","createtime":`...)
	b = appendInt(b, rec.created-shanghaiOffset)
	b = append(b, `,"tags":[`...)
	if n%3 == 0 {
		b = append(b, `{"group_name":"偏好","tag_name":"`...)
		b = append(b, hanInterests[n/3%len(hanInterests)]...)
		b = append(b, `","type":1,"tag_id":"etLH1`...)
		b = append(b, byte('0'+n/3%len(hanInterests)))
		b = append(b, `"}`...)
	}
	b = append(b, `],"remark_corp_name":"","remark_mobiles":[`...)
	if rec.phone != "" {
		b = appendJSON(b, rec.phone)
	}
	b = append(b, `],"oper_userid":"`...)
	b = append(b, staff[n%len(staff)]...)
	b = append(b, `","add_way":`...)
	b = append(b, ways[n%len(ways)]...)
	b = append(b, `,"state":""}],"next_cursor":""}`+"\n"...)
	c.buffers[fileWeCom] = b
	c.rows[fileWeCom]++
}

// relations writes whom a person lives with (once for the two of them) and works for.
func (c *chunk) relations(p, neighbour *person) {
	relate := func(kind, to string) {
		c.put(truthRelations, c.row(truthRelations).texts(kind, p.id, to))
	}
	if p.household && p.index < neighbour.index && neighbour.index < c.w.customers {
		relate("household", neighbour.id)
	}
	if p.employer != nil {
		relate("works_at", p.employer.id)
	}
	if p.board != nil {
		relate("works_at", p.board.id)
	}
}
