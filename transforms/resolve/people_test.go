package resolve

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// partyOf makes a record as ingest would of fields "field=value; field=value".
func partyOf(key, fields string) (*schemas.Party, error) {
	p := &schemas.Party{Meta: schemas.Meta{Namespace: "crm", Object: "contact", Key: key}, Kind: schemas.Person}
	for field := range strings.SplitSeq(fields, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(field), "=")
		if !ok {
			return nil, fmt.Errorf("%q: expected field=value", field)
		}
		switch name {
		case "kind":
			p.Kind = value
		case "name":
			p.FullName = value
		case "given":
			p.GivenName = value
		case "family":
			p.FamilyName = value
		case "gender":
			p.Gender = value
		case "birth":
			if day, err := normalize.Day(value, ""); err == nil {
				p.BirthDate = day
			} else {
				p.BirthDateRaw = value
			}
		case "phone":
			number, status := normalize.Phone(value, []string{"GB", "CN", "US"})
			p.Phones = append(p.Phones, schemas.Contact{Raw: value, Value: number, Status: status})
		case "email":
			address, status := normalize.Email(value)
			p.Emails = append(p.Emails, schemas.Contact{Raw: value, Value: address, Status: status})
		case "street":
			p.Street = value
		case "district":
			p.District = value
		case "city":
			p.City = value
		case "postcode":
			p.Postcode = value
		case "company":
			p.Company = value
		case "occupation":
			p.Occupation = value
		default:
			return nil, fmt.Errorf("unknown field %q", name)
		}
	}
	return p, nil
}

// recordOf is what is compared of a record made by partyOf.
func recordOf(fields string) Features {
	p, err := partyOf("1", fields)
	if err != nil {
		panic(err)
	}
	return FeaturesOf(p, 0, nil)
}

// drawFeatures draws records whose values collide often, some of them in forms that no source
// has.
func drawFeatures(t *rapid.T) Features {
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	several := func(name string, values ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, 2, rapid.ID[string]).Draw(t, name)
	}
	if rapid.IntRange(0, 9).Draw(t, "organization") == 0 {
		p := schemas.Party{
			Meta: schemas.Meta{Key: pick("key", "1", "2", "3")}, Kind: schemas.Organization, FullName: pick("company", "", "Moss & Sons Ltd", "Moss und Sohn GmbH", "上海莫斯贸易有限公司"),
			City: pick("city", "", "Leeds", "上海"),
		}
		return FeaturesOf(&p, 0, nil)
	}
	p := schemas.Party{
		Meta: schemas.Meta{Key: pick("key", "1", "2", "3")}, Kind: schemas.Person,
		FullName:  pick("full", "", "", "王小明", "王明", "Wang Xiaoming", "XIAOMING WANG", "Robert van Dyck", "Bob", "J. Moss", "吕娜", "Lu Na", "欧阳娜娜", "Ouyang Nana", "Анна Иванова", " ", "-", "é"),
		GivenName: pick("given", "", "", "Nora", "Nora Jane", "Nora Jane Ruth", "Nora Ruth Jane", "Jane Nora", "N", "Moss", "Bob", "Robert", "小明"), FamilyName: pick("family", "", "", "Moss", "Mosse", "Nora", "Garcia Lopez", "Lopez", "王"),
		Gender: pick("gender", "", "female", "male"), BirthDateRaw: pick("birth", "", "19800101", "19810101", "19800112", "19801201", "1980-02-30", "1980", "unknown"),
		Street: pick("street", "", "12 High Street", "12 High St High", "高新路88号", "88 Gaoxin Road"), District: pick("district", "", "雁塔区"),
		City: pick("city", "", "Leeds", "上海市", "Shanghai", "Bath"), Postcode: pick("postcode", "", "LS1 1AA", "LS1 1AB", "200000", "200001", "1"),
		Company: pick("employer", "", "Moss & Sons Ltd"), Occupation: pick("occupation", "", "teacher", "teacher of music", "music teacher", "miner"),
		IDs:   []schemas.NameValue{{Name: "nick", Value: "x"}},
		Texts: []schemas.NameValue{{Name: "state", Value: pick("state", "", "NY", "nsw", "nsw nsw vic", "vic nsw")}},
	}
	p.Derived = rapid.IntRange(0, 9).Draw(t, "derived") == 0
	for _, v := range several("phones", "+8613900000001", "+8613900000010", "+447700900301") {
		p.Phones = append(p.Phones, schemas.Contact{Value: v, Status: schemas.ContactValid})
	}
	for _, v := range several("emails", "nora@example.com", "nora@example.cn", "norah@example.com", "ann@example.com", "x@example.com") {
		p.Emails = append(p.Emails, schemas.Contact{Value: v, Status: schemas.ContactValid})
	}
	return FeaturesOf(&p, 0, []string{"state"})
}
