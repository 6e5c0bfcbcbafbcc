// Package codec turns structs into compact bytes and back: the form in which records
// travel through the shuffle.
//
// A plan is compiled once for each type by reflection; after that, encoding walks the plan
// over field offsets. Equal values give equal bytes. Fields are written in their order in
// the struct; strings and byte slices with a varint length, integers as zigzag varints,
// floats as 8 bytes little endian, pointers as a presence byte and the value, slices as a
// varint count and the elements. The bytes carry no schema: both sides must be of one build.
package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"unsafe"
)

// ErrCorrupt tells that bytes do not hold a value of the type.
var ErrCorrupt = errors.New("codec: corrupt record")

// Codec encodes and decodes values of T.
type Codec[T any] struct{ plan []step }

// For compiles the plan of T, without the fields of some names, which stay zero: the other side
// knows them otherwise. It panics when T has a field that cannot be encoded, or has not one of
// these names, since that is a mistake in the program.
func For[T any](without ...string) *Codec[T] {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("codec: %s is not a struct", t))
	}
	for _, name := range without {
		if _, ok := t.FieldByName(name); !ok {
			panic(fmt.Sprintf("codec: %s has no field %s", t, name))
		}
	}
	return &Codec[T]{plan: compile(t, 0, nil, without)}
}

// Append appends the bytes of v to dst.
func (c *Codec[T]) Append(dst []byte, v *T) []byte {
	return appendPlan(dst, unsafe.Pointer(v), c.plan)
}

// Decode overwrites v with the value in src. Strings and byte slices of v alias src, which
// must not change as long as v is in use.
func (c *Codec[T]) Decode(src []byte, v *T) error {
	var zero T
	*v = zero
	rest, err := decodePlan(src, unsafe.Pointer(v), c.plan)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return ErrCorrupt
	}
	return nil
}

type kind uint8

const (
	kindString kind = iota
	kindBytes
	kindBool
	kindInt
	kindUint
	kindFloat
	kindPointer
	kindSlice
)

// step is one field: where it lies, how it is written. Steps are small, since each record walks
// over all of them.
type step struct {
	offset  uint32
	kind    kind
	size    uint8    // of integers
	element *element // of pointers and slices
}

// element is what a pointer or a slice leads to.
type element struct {
	typ    reflect.Type // of a pointer's target, of the slice itself
	plan   []step
	stride uintptr // size of a slice's element
}

func compile(t reflect.Type, offset uintptr, plan []step, without []string) []step {
	for i := range t.NumField() {
		field := t.Field(i)
		if slices.Contains(without, field.Name) {
			continue
		}
		if field.Type.Kind() == reflect.Struct {
			plan = compile(field.Type, offset+field.Offset, plan, without)
			continue
		}
		plan = append(plan, compileType(field.Type, offset+field.Offset, t.String()+"."+field.Name))
	}
	return plan
}

func compileType(t reflect.Type, offset uintptr, name string) step {
	s := step{offset: uint32(offset), size: uint8(min(t.Size(), math.MaxUint8))}
	switch t.Kind() {
	case reflect.String:
		s.kind = kindString
	case reflect.Bool:
		s.kind = kindBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.kind = kindInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		s.kind = kindUint
	case reflect.Float64:
		s.kind = kindFloat
	case reflect.Pointer:
		s.kind = kindPointer
		s.element = &element{typ: t.Elem(), plan: []step{compileType(t.Elem(), 0, name)}}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			s.kind = kindBytes
			return s
		}
		s.kind, s.element = kindSlice, &element{typ: t, stride: t.Elem().Size()}
		if t.Elem().Kind() == reflect.Struct {
			s.element.plan = compile(t.Elem(), 0, nil, nil)
		} else {
			s.element.plan = []step{compileType(t.Elem(), 0, name)}
		}
	default:
		panic(fmt.Sprintf("codec: %s has type %s, which cannot be encoded", name, t))
	}
	return s
}

func appendPlan(dst []byte, base unsafe.Pointer, plan []step) []byte {
	for i := range plan {
		s := &plan[i]
		at := unsafe.Add(base, uintptr(s.offset))
		switch s.kind {
		case kindString:
			v := *(*string)(at)
			if dst = appendLength(dst, len(v)); v != "" {
				dst = append(dst, v...)
			}
		case kindBytes:
			v := *(*[]byte)(at)
			dst = append(appendLength(dst, len(v)), v...)
		case kindBool:
			b := byte(0)
			if *(*bool)(at) {
				b = 1
			}
			dst = append(dst, b)
		case kindInt:
			v := loadInt(at, s.size)
			if v == 0 {
				dst = append(dst, 0)
				continue
			}
			dst = binary.AppendVarint(dst, v)
		case kindUint:
			dst = binary.AppendUvarint(dst, loadUint(at, s.size))
		case kindFloat:
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(*(*float64)(at)))
		case kindPointer:
			target := *(*unsafe.Pointer)(at)
			if target == nil {
				dst = append(dst, 0)
				continue
			}
			dst = appendPlan(append(dst, 1), target, s.element.plan)
		case kindSlice:
			header := (*sliceHeader)(at)
			dst = appendLength(dst, header.len)
			for j := range header.len {
				dst = appendPlan(dst, unsafe.Add(header.data, uintptr(j)*s.element.stride), s.element.plan)
			}
		}
	}
	return dst
}

// appendLength is AppendUvarint, at once for what is short.
func appendLength(dst []byte, length int) []byte {
	if length < 0x80 {
		return append(dst, byte(length))
	}
	return binary.AppendUvarint(dst, uint64(length))
}

// sliceHeader is the runtime's layout of a slice.
type sliceHeader struct {
	data unsafe.Pointer
	len  int
	cap  int
}

func loadInt(at unsafe.Pointer, size uint8) int64 {
	switch size {
	case 1:
		return int64(*(*int8)(at))
	case 2:
		return int64(*(*int16)(at))
	case 4:
		return int64(*(*int32)(at))
	}
	return *(*int64)(at)
}

func loadUint(at unsafe.Pointer, size uint8) uint64 {
	switch size {
	case 1:
		return uint64(*(*uint8)(at))
	case 2:
		return uint64(*(*uint16)(at))
	case 4:
		return uint64(*(*uint32)(at))
	}
	return *(*uint64)(at)
}
