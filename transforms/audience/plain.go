package audience

import "strings"

// guard keeps a cell from being run as a formula by a spreadsheet: one that begins with = + -
// @ tab or carriage return gets an apostrophe before it.
func guard(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// phoneCell is a phone for a file that people open: an E.164 number is safe as it is (a plus
// and digits compute to themselves), anything else is guarded.
func phoneCell(phone string) string {
	if e164.MatchString(phone) {
		return phone
	}
	return guard(phone)
}

var plainHeader = []string{"customer_id", "first_name", "last_name", "email", "phone", "country"}

// rowsPlain are a list for people and other tools: plain values, one line a customer, further
// e-mails and phones left out.
func rowsPlain(p *Person) ([][]string, int) {
	return [][]string{{guard(p.CustomerID), guard(p.GivenName), guard(p.FamilyName), guard(first(p.Emails)), phoneCell(first(p.Phones)), guard(p.Country)}}, 0
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// rowsList are one type of identifier, one a line, with the customer id beside it.
func rowsList(identifierType string) func(*Person) ([][]string, int) {
	return func(p *Person) (rows [][]string, refused int) {
		values, valid, cell := p.Emails, plainEmail.MatchString, guard
		if identifierType == TypePhone {
			values, valid, cell = p.Phones, e164.MatchString, phoneCell
		}
		for _, v := range values {
			if !valid(v) {
				refused++
				continue
			}
			rows = append(rows, []string{guard(p.CustomerID), cell(v)})
		}
		return rows, refused
	}
}

var weComHeader = []string{"customer_id", "id_type", "id"}

// rowsWeCom are the ids by which WeCom and WeChat know a customer.
func rowsWeCom(p *Person) (rows [][]string, refused int) {
	for _, id := range p.IDs {
		rows = append(rows, []string{guard(p.CustomerID), id.Type, guard(id.Value)})
	}
	return rows, 0
}
