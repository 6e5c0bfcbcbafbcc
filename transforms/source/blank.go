package source

import (
	"reflect"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
)

// blankRecord is a record to be filled.
type blankRecord struct {
	rec   any // pointer to a struct of schemas
	at    unsafe.Pointer
	value reflect.Value
	form  reflect.Value // what all records of the plan in the file have in common
}

// newBlank makes a record of a plan with what no row changes: its source, and constants.
func (m *mapper) newBlank(plan *recordPlan) blankRecord {
	value := reflect.New(plan.typ)
	b := blankRecord{rec: value.Interface(), at: value.UnsafePointer(), value: value.Elem()}
	*plan.metaOf(&b) = schemas.Meta{
		System: m.source.System, Source: m.source.Spec.Name, Namespace: m.source.Namespace, Object: plan.object,
		File: m.split.Name, Derived: plan.derived,
	}
	for _, f := range plan.constants {
		*(*string)(unsafe.Add(b.at, f.offset)) = f.constant
	}
	b.form = reflect.New(plan.typ).Elem()
	b.form.Set(b.value)
	return b
}

// blank returns a record of a plan that is yet to be filled. The same one serves all rows,
// since sinks copy what they take; the elements of an array each need their own.
func (m *mapper) blank(i int, plan *recordPlan) *blankRecord {
	b := &m.blanks[i]
	if plan.several() {
		value := reflect.New(plan.typ)
		value.Elem().Set(b.form)
		return &blankRecord{rec: value.Interface(), at: value.UnsafePointer()}
	}
	party, ok := b.rec.(*schemas.Party)
	if !ok {
		b.value.Set(b.form)
		return b
	}
	phones, emails, ids, texts := party.Phones[:0], party.Emails[:0], party.IDs[:0], party.Texts[:0] // keep their room
	b.value.Set(b.form)
	party.Phones, party.Emails, party.IDs, party.Texts = phones, emails, ids, texts
	return b
}

func (p *recordPlan) metaOf(b *blankRecord) *schemas.Meta {
	return (*schemas.Meta)(unsafe.Add(b.at, p.meta))
}
