package resolve

import (
	"encoding/binary"
	"errors"
	"slices"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// ErrFeatures tells that bytes do not hold what is compared of a record.
var ErrFeatures = errors.New("not the compared fields of a record: the file is damaged or of another version")

// Flags of a record's bytes.
const (
	flagOrganization = 1 << iota
	flagBorrowed
	flagChinese
)

const rankBytes = 8

// texts are the single texts of a record, in the order in which they are written.
func (f *Features) texts() [11]*string {
	return [...]*string{
		&f.Given, &f.Family, &f.HanGiven, &f.HanFamily, &f.Birth, &f.Street, &f.City, &f.Postcode, &f.Gender, &f.Company, &f.Occupation,
	}
}

// AppendFeatures appends what is compared of a record, but for its ordinal. The free columns are
// those of the record, by name: which of them are compared is known later.
//
//	1 byte   flags
//	8 bytes  rank, little endian
//	11 texts, 3 lists of texts (further words of the name, phones, emails), then pairs of name and
//	value of free columns; texts behind their length, lists behind their number, varint
func AppendFeatures(dst []byte, f *Features, free []schemas.NameValue) []byte {
	flags := byte(0)
	for i, set := range [...]bool{f.Organization, f.Borrowed, f.Chinese} {
		if set {
			flags |= 1 << i
		}
	}
	dst = binary.LittleEndian.AppendUint64(append(dst, flags), f.Rank)
	for _, text := range f.texts() {
		dst = appendText(dst, *text)
	}
	for _, list := range [...][]string{f.Extra, f.Phones, f.Emails} {
		dst = binary.AppendUvarint(dst, uint64(len(list)))
		for _, text := range list {
			dst = appendText(dst, text)
		}
	}
	for _, v := range free {
		if value := normalize.Fold(v.Value); !normalize.IsNull(v.Value) && value != "" {
			dst = appendText(appendText(dst, v.Name), value)
		}
	}
	return dst
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// RankIn reads the rank alone from a record's bytes.
func RankIn(data []byte) uint64 {
	if len(data) < 1+rankBytes {
		return 0
	}
	return binary.LittleEndian.Uint64(data[1:])
}

// DecodeFeatures overwrites f with a record of which the given free columns are compared. Texts
// alias data, which must not change as long as f is in use; lists of f are used again.
func DecodeFeatures(data []byte, columns []string, f *Features) error {
	free, err := f.decode(data)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		f.Texts = f.Texts[:0]
		return eachFree(free, func(string, string) {})
	}
	f.Texts = slices.Grow(f.Texts[:0], len(columns))[:len(columns)]
	clear(f.Texts)
	return eachFree(free, func(name, value string) {
		if i := slices.Index(columns, name); i >= 0 {
			f.Texts[i] = value
		}
	})
}

// FreeColumns visits the free columns in a record's bytes.
func FreeColumns(data []byte, each func(name, value string)) error {
	var f Features
	free, err := f.decode(data)
	if err != nil {
		return err
	}
	return eachFree(free, each)
}

func eachFree(data []byte, each func(name, value string)) error {
	for len(data) > 0 {
		name, rest, ok := takeText(data)
		if !ok {
			return ErrFeatures
		}
		value, rest, ok := takeText(rest)
		if !ok {
			return ErrFeatures
		}
		each(name, value)
		data = rest
	}
	return nil
}

// decode reads all but the free columns, whose bytes it returns.
func (f *Features) decode(data []byte) (free []byte, err error) {
	if len(data) < 1+rankBytes {
		return nil, ErrFeatures
	}
	f.Ordinal = 0
	f.Organization, f.Borrowed, f.Chinese = data[0]&flagOrganization != 0, data[0]&flagBorrowed != 0, data[0]&flagChinese != 0
	f.Rank = binary.LittleEndian.Uint64(data[1:])
	data = data[1+rankBytes:]
	var ok bool
	for _, text := range f.texts() {
		if *text, data, ok = takeText(data); !ok {
			return nil, ErrFeatures
		}
	}
	for _, list := range [...]*[]string{&f.Extra, &f.Phones, &f.Emails} {
		n, size := binary.Uvarint(data)
		if size <= 0 || n > uint64(len(data)-size) {
			return nil, ErrFeatures
		}
		data = data[size:]
		out := (*list)[:0]
		for range n {
			var text string
			if text, data, ok = takeText(data); !ok {
				return nil, ErrFeatures
			}
			out = append(out, text)
		}
		*list = out
	}
	return data, nil
}

// takeText takes a text off, nearly always one shorter than 128 bytes.
func takeText(data []byte) (text string, rest []byte, ok bool) {
	if len(data) == 0 {
		return "", nil, false
	}
	length, n := uint64(data[0]), 1
	if length >= 0x80 {
		if length, n = binary.Uvarint(data); n <= 0 {
			return "", nil, false
		}
	}
	if length > uint64(len(data)-n) {
		return "", nil, false
	}
	end := n + int(length)
	if length == 0 {
		return "", data[end:], true
	}
	return unsafe.String(&data[n], length), data[end:], true
}
