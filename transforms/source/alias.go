package source

import "unsafe"

// alias views bytes as a string without a copy. It is valid as long as the bytes are not
// overwritten: sinks copy records at once.
func alias(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}
