package runs

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/pipelines/config"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/source"
)

// kinds collects the references of records by kind.
type kinds map[string][]string

func (k kinds) Record(kind string, rec any) error {
	v := reflect.ValueOf(rec).Elem()
	meta := v.FieldByName("Meta").Addr().Interface().(*schemas.Meta)
	text := strings.Clone(meta.Reference())
	if ref := v.FieldByName("CustomerRef"); ref.IsValid() && ref.String() != "" {
		text += " of " + strings.Clone(ref.String())
	}
	k[kind] = append(k[kind], text)
	return nil
}

func (k kinds) Reject(r *schemas.Reject) error {
	k["reject"] = append(k["reject"], strings.Clone(r.Message))
	return nil
}

func (k kinds) Issue(string, string) {}

// readMapping reads delimited text with the short form of a source.
func readMapping(t *testing.T, mapping, text string) (kinds, error) {
	t.Helper()
	var m config.Mapping
	if err := yaml.Unmarshal([]byte(mapping), &m); err != nil {
		t.Fatal(err)
	}
	profile, err := mappingProfile(&config.Source{Name: "own", Mapping: &m})
	if err != nil {
		return nil, err
	}
	s, err := source.Compile(source.Spec{Name: "own", Profile: string(profile), ProfileName: "mapping of own", Currency: "EUR", Regions: []string{"DE"}})
	if err != nil {
		return nil, err
	}
	path := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := source.Files(path)
	if err != nil {
		t.Fatal(err)
	}
	splits, err := source.Splits(s, 0, files[0])
	if err != nil {
		return nil, err
	}
	found := kinds{}
	for i := range splits {
		if _, err := source.Read(context.Background(), s, &splits[i], found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Every record can be read by a mapping, and a row that names a customer yields its party.
func TestMappingOfEveryRecord(t *testing.T) {
	cases := []struct {
		record, mapping, text string
		want                  kinds
	}{
		{
			"party", "{record: party, key: id, fields: {full_name: name, email: [mail, mail2], birth_date: {column: born, format: dd/mm/yyyy}, account_ref: firm, text.state: state}}",
			"id,name,mail,mail2,born,firm,state\n1,Ada Roe,a@example.com,,31/12/1990,7,MA\n",
			kinds{"party": {"own:party:1"}},
		},
		{
			"party by file and row", "{record: party, fields: {full_name: name}}",
			"name\nAda Roe\n",
			kinds{"party": {"own:party:own.csv#1"}},
		},
		{
			"trait", "{record: trait, key: [who, tag], fields: {customer_ref: who, name: {const: tag}, value: tag}}",
			"who,tag\n1,vip\n",
			kinds{"party": {"own:party:1"}, "trait": {"own:trait:1|vip of own:party:1"}},
		},
		{
			"order", "{record: order, key: no, fields: {customer_ref: who, time: day, net: {column: sum, minus: off}}}",
			"no,who,day,sum,off\n5,1,2026-01-02,10.00,1.00\n6,,2026-01-02,10.00,\n",
			kinds{"party": {"own:party:1"}, "order": {"own:order:5 of own:party:1", "own:order:6"}},
		},
		{
			"order of another system's customer", "{record: order, key: no, fields: {customer_ref: {column: who, object: contact, namespace: salesforce}, time: day}}",
			"no,who,day\n5,1,2026-01-02\n",
			kinds{"order": {"own:order:5 of salesforce:contact:1"}},
		},
		{
			"order_line", `{record: order_line, key: [no, "#line"], fields: {order_id: no, sku: item, amount: {multiply: [n, price]}}}`,
			"no,item,n,price\n5,a,2,1.50\n5,a,2,1.50\n",
			kinds{"order_line": {"own:order_line:5|1", "own:order_line:5|2"}},
		},
		{"product", "{record: product, key: sku, fields: {sku: sku, name: name}}", "sku,name\na,Mug\n", kinds{"product": {"own:product:a"}}},
		{
			"opportunity", "{record: opportunity, key: id, fields: {customer_ref: who, stage: stage, amount: sum}}",
			"id,who,stage,sum\n1,2,open,5\n",
			kinds{"party": {"own:party:2"}, "opportunity": {"own:opportunity:1 of own:party:2"}},
		},
		{
			"subscription", "{record: subscription, key: id, fields: {customer_ref: who, status: {const: active}, started: start}}",
			"id,who,start\n1,2,2026-01-01\n",
			kinds{"party": {"own:party:2"}, "subscription": {"own:subscription:1 of own:party:2"}},
		},
		{
			"loyalty_event", "{record: loyalty_event, fields: {customer_ref: {column: card, object: card}, kind: {const: earn}, points: points, time: day}}",
			"card,points,day\n0001,\"1,200\",2026-01-01\n",
			kinds{"party": {"own:card:0001"}, "loyalty_event": {"own:loyalty_event:own.csv#1 of own:card:0001"}},
		},
		{
			"interaction", "{record: interaction, key: id, object: call, fields: {customer_ref: who, kind: {const: call}, time: day, resolved_time: {column: took, format: hms, after: day}}}",
			"id,who,day,took\n1,2,2026-01-01 10:00,00:05:10\n",
			kinds{"party": {"own:party:2"}, "interaction": {"own:call:1 of own:party:2"}},
		},
		{
			"behaviour", "{record: behaviour, key: id, fields: {device_id: device, time: {column: at, format: epoch_ms}, name: event}}",
			"id,device,at,event\n1,d,1767225600000,login\n",
			kinds{"behaviour": {"own:behaviour:1"}},
		},
		{
			"consent", "{record: consent, key: id, fields: {identifier_type: {const: email}, identifier: mail, purpose: {const: marketing}, status: {column: ok, values: {y: granted, n: denied}}, time: day}}",
			"id,mail,ok,day\n1,a@example.com,y,2026-01-01\n",
			kinds{"consent": {"own:consent:1"}},
		},
		{
			"campaign_cost", "{record: campaign_cost, key: [campaign, day], fields: {campaign_id: campaign, day: day, cost: cost}}",
			"campaign,day,cost\n007,2026-01-01,12.50\n",
			kinds{"campaign_cost": {"own:campaign_cost:007|2026-01-01"}},
		},
	}
	for _, c := range cases {
		t.Run(c.record, func(t *testing.T) {
			got, err := readMapping(t, c.mapping, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// Two columns of one name are never guessed between: the error says which column it is.
func TestMappingSaysAmbiguousColumns(t *testing.T) {
	const text = "id,Email,email \n1,a@example.com,b@example.com\n"
	if _, err := readMapping(t, "{record: party, key: id, fields: {email: EMAIL}}", text); err == nil || !strings.Contains(err.Error(), "EMAIL (there more than once)") {
		t.Errorf("EMAIL fits two columns, but: %v", err)
	}
	if _, err := readMapping(t, "{record: party, key: id, fields: {email: Email}}", text); err != nil {
		t.Errorf("Email is spelled exactly, but: %v", err)
	}
}
