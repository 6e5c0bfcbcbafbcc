package source

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/internal/shareddata"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/fold"
)

// exportCase is one public export and what its description says it holds. Counted are records
// after folding, by kind ("party", tombstones apart) and by kind and state ("party.deleted",
// "party.person", "order.cancelled", "interaction.lead"), and rows ("rejected", "skip.superseded").
// want names the counts that matter; a kind that it does not name may not occur.
type exportCase struct {
	file    string // below the shared data; several files of one source are joined by a blank
	profile string
	source  settings
	want    map[string]int
}

var exportCases = []exportCase{
	{
		"exports/salesforce_Account.csv", "salesforce",
		settings{},
		map[string]int{"party": 4, "party.organization": 3, "party.person": 1, "party.deleted": 1},
	},
	{
		"exports/salesforce_Contact.csv", "salesforce",
		settings{},
		map[string]int{"party": 7, "party.person": 7, "party.deleted": 1, "consent": 2, "consent.denied": 2},
	},
	{
		"exports/salesforce_Lead.csv", "salesforce",
		settings{},
		map[string]int{"party": 5, "party.person": 5, "party.deleted": 1, "consent": 1},
	},
	{
		"exports/salesforce_Opportunity.csv", "salesforce",
		settings{},
		map[string]int{"opportunity": 4, "opportunity.deleted": 1, "party": 6},
	},
	{
		"exports/hubspot-crm-exports-all-contacts.csv", "hubspot",
		settings{},
		map[string]int{"party": 8, "party.person": 8},
	},
	{
		"exports/zoho_Accounts_001.csv", "zoho",
		settings{},
		map[string]int{"party": 4, "party.organization": 4},
	},
	{
		"exports/zoho_Contacts_001.csv", "zoho",
		settings{},
		map[string]int{"party": 5, "party.person": 5},
	},
	{
		"exports/zoho_Deals_001.csv", "zoho",
		settings{Currency: "GBP"},
		map[string]int{"opportunity": 4, "party": 2},
	},
	{
		"exports/sap_kna1_xtract.csv", "sap",
		settings{},
		map[string]int{"party": 8},
	},
	{
		"exports/sap_kna1_full.txt", "sap",
		settings{},
		map[string]int{"party": 7, "party.organization": 4, "party.person": 1, "party.one_time": 2, "party.deleted": 1},
	},
	{
		"exports/sap_kna1_full.txt exports/sap_kna1_xtract.csv exports/sap_vbak_flat.txt", "sap", // one-time accounts stay apart from the buyers of orders
		settings{}, map[string]int{"party": 7, "party.organization": 4, "party.person": 1, "party.one_time": 2, "party.deleted": 1, "order": 7, "rejected": 1},
	},
	{
		"exports/sap_vbak_flat.txt", "sap", // the order without a date is refused
		settings{}, map[string]int{"order": 7, "order.completed": 6, "order.returned": 1, "rejected": 1, "party": 5},
	},
	{
		"exports/sap_vbap_flat.txt", "sap",
		settings{},
		map[string]int{"order_line": 9, "order_line.deleted": 1},
	},
	{
		"exports/sap_vbrk_flat.txt", "sap", // the document without a date is refused
		settings{}, map[string]int{"order": 6, "order.cancelled": 2, "order.completed": 3, "order.returned": 1, "rejected": 1, "party": 3},
	},
	{
		"erp_sap/BusinessPartners.csv", "sap",
		settings{},
		map[string]int{"party": 40, "party.organization": 40},
	},
	{
		"erp_sap/SalesOrders.csv", "sap", // 5,166 rows, of which 1,467 use an order number again
		settings{}, map[string]int{"order": 3699, "skip.superseded": 1467, "party": 40},
	},
	{
		"erp_sap/SalesOrderItems.csv", "sap",
		settings{},
		map[string]int{"order_line": 17818},
	},
	{
		"exports/shopify_orders_export.csv", "shopify", // two orders come from one buyer with the same contact data
		settings{},
		map[string]int{
			"order": 8, "order.cancelled": 2, "order.shipped": 6, "order_line": 11, "party": 7, "consent": 7, "consent.granted": 3, "consent.denied": 4,
		},
	},
	{
		"exports/zendesk_users.ndjson", "zendesk",
		settings{},
		map[string]int{"party": 6, "party.person": 6, "skip.superseded": 1, "skip.staff": 1, "trait": 2},
	},
	{
		"exports/zendesk_tickets.ndjson", "zendesk", // two lines are superseded or repeated
		settings{}, map[string]int{"interaction": 6, "interaction.deleted": 1, "skip.superseded": 2, "party": 6},
	},
	{
		"exports/freshdesk_tickets.csv", "freshdesk",
		settings{},
		map[string]int{"interaction": 5, "party": 4},
	},
	{
		"exports/intercom_conversations.csv", "intercom",
		settings{},
		map[string]int{"interaction": 4, "party": 3},
	},
	{
		"exports/odoo_sale_order.csv", "odoo",
		settings{Currency: "GBP"},
		map[string]int{"order": 4, "order.cancelled": 1, "order.created": 1, "order_line": 7, "party": 3},
	},
	{
		"exports/erpnext_sales_order.csv", "erpnext",
		settings{},
		map[string]int{"order": 4, "order.cancelled": 1, "order.created": 2, "order_line": 7, "party": 3},
	},
	{
		"exports/linkedin_leads.csv", "linkedin_leads",
		settings{},
		map[string]int{"interaction": 5, "interaction.lead": 5, "party": 4, "consent": 3},
	},
}

// Every public export gives the records that its description promises.
func TestExports(t *testing.T) {
	for _, c := range slices.Concat(exportCases, chineseExports) {
		t.Run(c.profile+"/"+c.file[strings.LastIndex(c.file, "/")+1:], func(t *testing.T) {
			sink := readExport(t, c)
			got := sink.counts()
			for name := range got {
				kind, _, state := strings.Cut(name, ".") // a state may be left out
				if _, wanted := c.want[name]; !wanted && (state || anyPrefix(c.want, kind)) {
					delete(got, name)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("counts differ (-want +got):\n%s%s", diff, sink.rejects.String())
			}
		})
	}
}

// anyPrefix tells whether the counts of a kind are stated at all.
func anyPrefix(want map[string]int, kind string) bool {
	for name := range want {
		if name == kind || strings.HasPrefix(name, kind+".") {
			return true
		}
	}
	return false
}

// readExport reads the files of a case.
func readExport(t *testing.T, c exportCase) *exportSink {
	t.Helper()
	compiled, err := Compile(c.source.spec(t, c.profile))
	if err != nil {
		t.Fatal(err)
	}
	sink := &exportSink{rows: map[string]int{}, records: map[string][]any{}}
	for _, name := range strings.Fields(c.file) {
		files, err := Files(shareddata.Shared(t, strings.Split(name, "/")...))
		if err != nil || len(files) != 1 {
			t.Fatalf("%s: %d files, %v", name, len(files), err)
		}
		splits, err := Splits(compiled, 0, files[0])
		if err != nil {
			t.Fatal(err)
		}
		for i := range splits {
			counts, err := Read(context.Background(), compiled, &splits[i], sink)
			if err != nil {
				t.Fatal(err)
			}
			if n := int(counts.Rejected.Rows); n > 0 {
				sink.rows["rejected"] += n
			}
			for reason, n := range counts.Reasons {
				sink.rows["skip."+reason] += int(n)
			}
			for issue, n := range counts.Issues {
				sink.rows["issue."+issue] += int(n)
			}
		}
	}
	return sink
}

// exportSink keeps the records of an export by reference.
type exportSink struct {
	rows    map[string]int
	records map[string][]any // by kind and reference
	rejects bytes.Buffer
}

func (s *exportSink) Record(kind string, rec any) error {
	meta := reflect.ValueOf(rec).Elem().FieldByName("Meta").Addr().Interface().(*schemas.Meta)
	key := kind + " " + strings.Clone(meta.Reference())
	s.records[key] = append(s.records[key], deepCopy(rec))
	return nil
}

// deepCopy copies a record and its texts, which are valid during the call only.
func deepCopy(rec any) any {
	v := reflect.New(reflect.TypeOf(rec).Elem())
	v.Elem().Set(reflect.ValueOf(rec).Elem())
	cloneTexts(v.Elem())
	return v.Interface()
}

func cloneTexts(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Clone(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			cloneTexts(v.Field(i))
		}
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		for i := range list.Len() {
			cloneTexts(list.Index(i))
		}
		v.Set(list)
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(v.Elem())
			v.Set(p)
		}
	}
}

func (s *exportSink) Reject(r *schemas.Reject) error {
	fmt.Fprintln(&s.rejects, r.Message)
	return nil
}

func (s *exportSink) Issue(string, string) {}

// counts folds the records as the ingest stage does and counts them.
func (s *exportSink) counts() map[string]int {
	got := map[string]int{}
	records := s.folded()
	for name, n := range s.rows {
		got[name] = n
	}
	for _, record := range records {
		meta := reflect.ValueOf(record).Elem().FieldByName("Meta").Interface().(schemas.Meta)
		kind, state := kindAndState(record)
		if meta.Deleted {
			got[kind+".deleted"]++
			continue
		}
		got[kind]++
		if state != "" {
			got[kind+"."+state]++
		}
	}
	return got
}

// folded gives one record for each reference, in order of kind and reference.
func (s *exportSink) folded() []any {
	keys := make([]string, 0, len(s.records))
	for key := range s.records {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var out []any
	for _, key := range keys {
		versions := s.records[key]
		if _, party := versions[0].(*schemas.Party); party {
			var parties []schemas.Party
			for _, v := range versions {
				parties = append(parties, *v.(*schemas.Party))
			}
			winner, losers := fold.Parties(parties)
			s.rows["skip."+SkipSuperseded] += int(losers.Rows)
			out = append(out, winner)
			continue
		}
		winner, losers := fold.Latest(versions, func(v *any) *schemas.Meta {
			return reflect.ValueOf(*v).Elem().FieldByName("Meta").Addr().Interface().(*schemas.Meta)
		})
		s.rows["skip."+SkipSuperseded] += int(losers.Rows)
		out = append(out, *winner)
	}
	return out
}

func kindAndState(record any) (kind, state string) {
	switch r := record.(type) {
	case *schemas.Party:
		if r.Role == schemas.RoleOneTime {
			return schemas.KindParty, r.Role
		}
		return schemas.KindParty, r.Kind
	case *schemas.Trait:
		return schemas.KindTrait, r.Name
	case *schemas.Order:
		return schemas.KindOrder, r.Status
	case *schemas.OrderLine:
		return schemas.KindOrderLine, ""
	case *schemas.Product:
		return schemas.KindProduct, ""
	case *schemas.Opportunity:
		return schemas.KindOpportunity, ""
	case *schemas.Subscription:
		return schemas.KindSubscription, r.Status
	case *schemas.LoyaltyEvent:
		return schemas.KindLoyaltyEvent, r.Kind
	case *schemas.Interaction:
		return schemas.KindInteraction, r.Kind
	case *schemas.Behaviour:
		return schemas.KindBehaviour, r.Name
	case *schemas.Consent:
		return schemas.KindConsent, r.Status
	case *schemas.CampaignCost:
		return schemas.KindCampaignCost, ""
	}
	return "?", ""
}
