package audience

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzSuppression: a list is read whole or refused with its name, never read in part.
func FuzzSuppression(f *testing.F) {
	f.Add([]byte("identifier_type,identifier,channel,reason,since\nphone,13900000001,sms,,\nemail,a@example.com,all,x,2026-01-01\n"))
	f.Add([]byte("identifier_type,identifier,channel\nemail_sha256," + strings.Repeat("0a", 32) + ",\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ReadSuppression("list.csv", bytes.NewReader(data), []string{"CN"})
		if err != nil && (list != nil || !strings.HasPrefix(err.Error(), "list.csv")) {
			t.Errorf("list %v, error %v", list, err)
		}
		if err == nil && list == nil {
			t.Error("neither a list nor an error")
		}
	})
}
