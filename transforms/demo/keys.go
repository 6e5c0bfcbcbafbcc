package demo

// Keys in the forms of the systems. Numbers are scrambled: neighbours in a file are not
// neighbours in truth.

const (
	keyBits       = 32        // of the numbers from which keys are made
	orderCap      = 1000      // orders of one customer in the shops, at most
	erpCap        = 250       // and in the ERP
	MostCustomers = 8_000_000 // more would not have keys of their own
)

func (w *world) recordKey(s system, lead bool, number int) string {
	switch {
	case lead:
		return salesforceID("00Q8a", scramble(uint64(number), keyBits, w.seed^1))
	case s == crm:
		return salesforceID("0038a", scramble(uint64(number), keyBits, w.seed^2))
	case s == erp:
		return padded(scramble(uint64(number), keyBits, w.seed^3), 10)
	case s == support:
		return string(appendInt(nil, int64(1_900_000_000_000+scramble(uint64(number), keyBits, w.seed^4))))
	}
	return "wmLH" + base62(scramble(uint64(number), keyBits, w.seed^5)*0x2545f491, 11) + "0000000000000" + base62(scramble(uint64(number), 22, w.seed^6), 4)
}

// orgKey is the key of an organization's record, in the same number ranges as persons'.
func (w *world) orgKey(s system, number int) string {
	if s == crm {
		return salesforceID("0018a", scramble(uint64(number), keyBits, w.seed^2))
	}
	return padded(scramble(uint64(number), keyBits, w.seed^3), 10)
}

// isRecordOfERP tells whether a customer number of the ERP may be that of a record.
func (w *world) isRecordOfERP(key uint64) bool {
	return unscramble(key, keyBits, w.seed^3) < uint64(w.customers*mostRecords)
}

// salesforceID is an 18-character id: prefix of the object, number, and three characters that
// say which of the fifteen before are capitals.
func salesforceID(prefix string, n uint64) string {
	id := prefix + "0000" + base62(n, 6)
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	for part := range 3 {
		bits := 0
		for i := range 5 {
			if c := id[part*5+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		id += string(digits[bits])
	}
	return id
}

// taobaoNumber is a platform order number of 19 digits.
func (w *world) taobaoNumber(person, order int) string {
	return "2" + padded(scramble(uint64(person*orderCap+order), 40, w.seed^7)*100_003, 18)
}

func (w *world) shopifyNumber(person, order int) (name, id string) {
	n := scramble(uint64(person*orderCap+order), 36, w.seed^8)
	return "#" + string(appendInt(nil, int64(n))), "56" + padded(n, 11)
}

// erpNumbers are a sales order and its billing document, and the credit memo to it.
func (w *world) erpNumbers(entity, order int) (sales, billing, credit string) {
	n := scramble(uint64(entity*erpCap+order), 31, w.seed^9)
	return padded(n+1_000_000_000, 10), padded(n+3_200_000_000, 10), padded(n+5_400_000_000, 10)
}
