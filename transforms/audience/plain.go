package audience

import (
	"encoding/csv"
	"io"
	"strings"
)

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

// writePlain writes a list for people and other tools: plain values, one line a customer,
// further e-mails and phones left out.
func writePlain(w io.Writer, people []Person) (Written, error) {
	out := csv.NewWriter(w)
	var written Written
	if err := out.Write([]string{"customer_id", "first_name", "last_name", "email", "phone", "country"}); err != nil {
		return written, err
	}
	for _, p := range people {
		row := []string{guard(p.CustomerID), guard(p.GivenName), guard(p.FamilyName), guard(first(p.Emails)), phoneCell(first(p.Phones)), guard(p.Country)}
		if err := out.Write(row); err != nil {
			return written, err
		}
		written.Rows++
	}
	out.Flush()
	return written, out.Error()
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// writeList writes one type of identifier, one a line, with the customer id beside it.
func writeList(identifierType string) func(io.Writer, []Person) (Written, error) {
	return func(w io.Writer, people []Person) (Written, error) {
		out := csv.NewWriter(w)
		var written Written
		if err := out.Write([]string{"customer_id", identifierType}); err != nil {
			return written, err
		}
		for _, p := range people {
			values, valid := p.Emails, plainEmail.MatchString
			if identifierType == TypePhone {
				values, valid = p.Phones, e164.MatchString
			}
			for _, v := range values {
				if !valid(v) {
					written.Refused++
					continue
				}
				cell := guard(v)
				if identifierType == TypePhone {
					cell = phoneCell(v)
				}
				if err := out.Write([]string{guard(p.CustomerID), cell}); err != nil {
					return written, err
				}
				written.Rows++
			}
		}
		out.Flush()
		return written, out.Error()
	}
}

// writeWeCom writes the ids by which WeCom and WeChat know a customer.
func writeWeCom(w io.Writer, people []Person) (Written, error) {
	out := csv.NewWriter(w)
	var written Written
	if err := out.Write([]string{"customer_id", "id_type", "id"}); err != nil {
		return written, err
	}
	for _, p := range people {
		for _, id := range p.IDs {
			if err := out.Write([]string{guard(p.CustomerID), id.Type, guard(id.Value)}); err != nil {
				return written, err
			}
			written.Rows++
		}
	}
	out.Flush()
	return written, out.Error()
}
