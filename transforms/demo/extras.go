package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// company holds the files that are the same for every demo but for a few values: the config,
// rules, and what truth means.
//
//go:embed company
var company embed.FS

// extras writes what is known at the end: the campaign's effect, config, rules, documentation.
func (o *output) extras(w *world, p Params, e effect) error {
	rate := func(orders, persons int64) string {
		if persons == 0 {
			return ""
		}
		return fmt.Sprintf("%.6f", float64(orders)/float64(persons))
	}
	effects := "campaign_id,from,to,treated,control,orders_treated,orders_control,orders_per_treated,orders_per_control,extra_orders,true_lift\n" +
		fmt.Sprintf("%s,%s,%s,%d,%d,%d,%d,%s,%s,%d,%g\n", campaignID, isoDay(w.campaignDay()+1), isoDay(w.campaignDay()+campaignWindow), e.treated, e.control,
			e.treatedOrders, e.controlOrders, rate(e.treatedOrders, e.treated), rate(e.controlOrders, e.control), e.extra, campaignLift)
	if err := o.text("truth/effects.csv", effects); err != nil {
		return err
	}
	values := strings.NewReplacer("{{title}}", p.title(), "{{as_of}}", p.AsOf, "{{seed}}", fmt.Sprint(p.Seed), "{{customers}}", fmt.Sprint(p.Customers), "{{bad}}", fmt.Sprint(len(badRows)),
		"{{bad_rows}}", badRowList())
	write := func(path string) error {
		text, err := company.ReadFile(path)
		if err != nil {
			return err
		}
		return o.text(strings.TrimPrefix(path, "company/"), values.Replace(string(text)))
	}
	err := fs.WalkDir(company, "company", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == companyConfig {
			return err
		}
		return write(path)
	})
	if err != nil {
		return err
	}
	return write(companyConfig) // last: a folder with it is complete
}

const companyConfig = "company/tributary.yaml"

// title is the first line of the config, which says what company it is.
func (p *Params) title() string {
	return fmt.Sprintf("# Linden Home, a company that does not exist: %d customers, seed %d, as of %s.", p.Customers, p.Seed, p.AsOf)
}

// Complete tells whether a folder holds the company of these parameters already.
func Complete(folder string, p Params) bool {
	text, err := os.ReadFile(filepath.Join(folder, strings.TrimPrefix(companyConfig, "company/")))
	return err == nil && strings.HasPrefix(string(text), p.title()+"\n")
}

// once writes what the company has once: staff, one-time accounts, costs, and the rows that
// are bad on purpose.
func (c *chunk) once() {
	for i, key := range oneTime {
		row := c.sapRow(fileKNA1)
		row.texts(key, []string{"US", "CN"}[i], []string{"One-time customer", "一次性客户"}[i], "", "", "", "", "", "", "", "", "CPD", "", "", "00000000", "", "", "", "X", "", "")
		c.put(fileKNA1, row)
	}
	for i := range 7 {
		id := "123" + number(i)
		c.buffers[fileZendeskUsers] = append(c.buffers[fileZendeskUsers], `{"id":`+id+`,"url":"https://linden.zendesk.example.com/api/v2/users/`+id+`.json","name":"Agent `+number(i+1)+
			`","email":"agent`+number(i+1)+`@linden.example.com","created_at":"2019-01-01T00:00:00Z","updated_at":"2019-01-01T00:00:00Z","time_zone":"London","phone":null,"shared_phone_number":null,"photo":null,"locale":"en-GB","organization_id":null,"role":"agent","verified":true,"external_id":null,"tags":[],"alias":"","active":true,"shared":false,"suspended":false,"user_fields":{}}`+"\n"...)
		c.rows[fileZendeskUsers]++
	}
	c.costs()
	for i := range badRows {
		c.bad(&badRows[i])
	}
}

// badRow is a row that no reader may accept.
type badRow struct {
	file func(*world) int
	why  string
	row  string
}

func only(file int) func(*world) int { return func(*world) int { return file } }

func lastList(w *world) int {
	list, _ := w.files.taobao(w.asOf)
	return list
}

// badRows are the rows that are bad on purpose: each must end as one reject.
var badRows = []badRow{
	{lastList, "an impossible date", `="2000000000000000001",bad_date,,10.00,0.00,0,10.00,0,10.00,0,交易成功,,,,快递,,,2026-02-30 10:00:00,2026-02-30 10:00:35,陶瓷马克杯,1,,,,1,,,订单未关闭,0,0,,,,,,0,0,,`},
	{lastList, "an amount that is none", `="2000000000000000002",bad_amount,,"1,2,3.4.5",0.00,0,10.00,0,1.2.3,0,交易成功,,,,快递,,,2026-02-03 10:00:00,2026-02-03 10:00:35,陶瓷马克杯,1,,,,1,,,订单未关闭,0,0,,,,,,0,0,,`},
	{lastList, "no order number", `,no_number,,10.00,0.00,0,10.00,0,10.00,0,交易成功,,,,快递,,,2026-02-03 10:00:00,2026-02-03 10:00:35,陶瓷马克杯,1,,,,1,,,订单未关闭,0,0,,,,,,0,0,,`},
	{only(fileVBAK), "a date that does not exist", "800\t0999999991\t20260231\tTA\t0000000901\t1000\t10\t00\t10.00 \tCNY\t"},
	{only(fileVBRK), "a sign before and behind", "800\t0999999992\tF2\t20260203\t0000000901\t0000000901\t-10.00-\tCNY\t1.00000\t\t\t"},
	{only(fileZendeskTickets), "a line that was cut off", `{"id":9999991,"url":"https://linden.zendesk.example.com/api/v2/tickets/9999991.json","created_at":"2026-0`},
	{only(fileCosts), "a cost in words", `2026-02-03,facebook,120000000000000003,Spring Dining,twelve,USD,100,1`},
	{only(fileCosts), "a month 13", `2026-13-03,facebook,120000000000000003,Spring Dining,12.00,USD,100,1`},
	{only(fileConsents), "a status that is none", `email,nobody@mail.example.com,marketing,email,perhaps,2026-02-03 10:00:00,newsletter`},
	{only(fileConsents), "no time", `email,nobody@mail.example.com,marketing,email,granted,,newsletter`},
}

func (c *chunk) bad(b *badRow) {
	file := b.file(c.w)
	c.buffers[file] = append(c.buffers[file], b.row+c.w.files.list[file].newline...)
	c.rows[file]++
}

func badRowList() string {
	files := newFileSet(0)
	w := &world{asOf: 0, files: files}
	lines := ""
	for i := range badRows {
		name := "exports/tmall/ExportOrderList of the last month"
		if file := badRows[i].file(w); file < fileTaobao {
			name = strings.Replace(files.list[file].path, "%d", "1", 1)
		}
		lines += "- " + name + ": " + badRows[i].why + "\n"
	}
	return lines
}
