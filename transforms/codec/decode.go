package codec

import (
	"encoding/binary"
	"math"
	"reflect"
	"unsafe"
)

func decodePlan(src []byte, base unsafe.Pointer, plan []step) ([]byte, error) {
	for i := range plan {
		s := &plan[i]
		if s.kind != kindFloat && len(src) > 0 && src[0] == 0 {
			src = src[1:] // zero, as the field is already
			continue
		}
		at := unsafe.Add(base, uintptr(s.offset))
		var ok bool
		switch s.kind {
		case kindString:
			var v []byte
			if v, src, ok = takeBytes(src); ok && len(v) > 0 {
				*(*string)(at) = unsafe.String(&v[0], len(v))
			}
		case kindBytes:
			var v []byte
			if v, src, ok = takeBytes(src); ok && len(v) > 0 {
				*(*[]byte)(at) = v[:len(v):len(v)]
			}
		case kindBool:
			if ok = len(src) > 0 && src[0] <= 1; ok {
				*(*bool)(at) = src[0] == 1
				src = src[1:]
			}
		case kindInt:
			v, n := binary.Varint(src)
			if ok = n > 0 && storeInt(at, s.size, v); ok {
				src = src[n:]
			}
		case kindUint:
			v, n := binary.Uvarint(src)
			if ok = n > 0 && storeUint(at, s.size, v); ok {
				src = src[n:]
			}
		case kindFloat:
			if ok = len(src) >= 8; ok {
				*(*float64)(at) = math.Float64frombits(binary.LittleEndian.Uint64(src))
				src = src[8:]
			}
		case kindPointer:
			if ok = len(src) > 0 && src[0] <= 1; !ok {
				break
			}
			present := src[0] == 1
			src = src[1:]
			if present {
				target := reflect.New(s.element.typ).UnsafePointer()
				var err error
				if src, err = decodePlan(src, target, s.element.plan); err != nil {
					return nil, err
				}
				*(*unsafe.Pointer)(at) = target
			}
		case kindSlice:
			var err error
			if src, err = decodeSlice(src, at, s); err != nil {
				return nil, err
			}
			ok = true
		}
		if !ok {
			return nil, ErrCorrupt
		}
	}
	return src, nil
}

func decodeSlice(src []byte, at unsafe.Pointer, s *step) ([]byte, error) {
	count, n := binary.Uvarint(src)
	if n <= 0 || count > uint64(len(src)) { // an element has at least one byte
		return nil, ErrCorrupt
	}
	src = src[n:]
	if count == 0 {
		return src, nil
	}
	slice := reflect.MakeSlice(s.element.typ, int(count), int(count))
	data := slice.UnsafePointer()
	var err error
	for j := range uintptr(count) {
		if src, err = decodePlan(src, unsafe.Add(data, j*s.element.stride), s.element.plan); err != nil {
			return nil, err
		}
	}
	*(*sliceHeader)(at) = sliceHeader{data, int(count), int(count)}
	return src, nil
}

// takeBytes takes a text off, nearly always one shorter than 128 bytes.
func takeBytes(src []byte) (value, rest []byte, ok bool) {
	if len(src) > 0 && src[0] < 0x80 {
		if end := 1 + int(src[0]); end <= len(src) {
			return src[1:end], src[end:], true
		}
		return nil, src, false
	}
	length, n := binary.Uvarint(src)
	if n <= 0 || length > uint64(len(src)-n) {
		return nil, src, false
	}
	end := n + int(length)
	return src[n:end], src[end:], true
}

func storeInt(at unsafe.Pointer, size uint8, v int64) bool {
	switch size {
	case 1:
		*(*int8)(at) = int8(v)
		return int64(int8(v)) == v
	case 2:
		*(*int16)(at) = int16(v)
		return int64(int16(v)) == v
	case 4:
		*(*int32)(at) = int32(v)
		return int64(int32(v)) == v
	}
	*(*int64)(at) = v
	return true
}

func storeUint(at unsafe.Pointer, size uint8, v uint64) bool {
	switch size {
	case 1:
		*(*uint8)(at) = uint8(v)
		return uint64(uint8(v)) == v
	case 2:
		*(*uint16)(at) = uint16(v)
		return uint64(uint16(v)) == v
	case 4:
		*(*uint32)(at) = uint32(v)
		return uint64(uint32(v)) == v
	}
	*(*uint64)(at) = v
	return true
}
