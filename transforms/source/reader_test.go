package source

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tributary-cdp/tributary/schemas"
)

// ordersProfile is what the config's `mapping` makes of a simple order list.
const ordersProfile = `
system: shop
layouts:
  - name: orders
    header: [order_id, amount]
    records:
      - record: party
        as: buyer
        derived: true
        fields: {full_name: customer, email: email, phone: phone}
      - record: order
        key: order_id
        fields: {customer_ref: {party: buyer}, time: order_date, status: {const: paid}, net: amount, currency: currency}
`

func compileProfile(t testing.TB, profile string) *Source {
	t.Helper()
	s, err := Compile(Spec{Name: "test", ProfileName: "test", Profile: profile, Regions: []string{"CN", "US"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// collector keeps what a reader finds.
type collector struct {
	standing int64    // records that stand for their row
	orders   []string // "row key net/currency time"
	names    []string // "row name" of parties
	keys     []string // of all records: kind, row, reference
	rejects  []schemas.Reject
	issues   []string // "column|code"
}

func (c *collector) Record(kind string, rec any) error {
	meta := reflect.ValueOf(rec).Elem().FieldByName("Meta").Addr().Interface().(*schemas.Meta)
	if meta.RowBytes > 0 {
		c.standing++
	}
	c.keys = append(c.keys, fmt.Sprintf("%s %d %s", kind, meta.Row, meta.Reference()))
	switch r := rec.(type) {
	case *schemas.Order:
		net := "none"
		if r.Net != nil {
			net = fmt.Sprint(*r.Net)
		}
		c.orders = append(c.orders, fmt.Sprintf("%d %s %s/%s %s", meta.Row, meta.Key, net, r.Currency, instant(r.Time)))
	case *schemas.Product:
		c.names = append(c.names, fmt.Sprintf("%d %s", meta.Row, r.Name))
	case *schemas.Party:
		c.names = append(c.names, fmt.Sprintf("%d %s", meta.Row, r.FullName))
	}
	return nil
}

func (c *collector) Reject(r *schemas.Reject) error {
	one := *r
	one.Original, one.Message, one.Column = strings.Clone(r.Original), strings.Clone(r.Message), strings.Clone(r.Column)
	c.rejects = append(c.rejects, one)
	return nil
}

func (c *collector) Issue(column, code string) {
	c.issues = append(c.issues, strings.Clone(column)+"|"+code)
}

// rejectCodes lists "row code column".
func (c *collector) rejectCodes() []string {
	var codes []string
	for _, r := range c.rejects {
		codes = append(codes, strings.TrimSpace(fmt.Sprintf("%d %s %s", r.Row, r.Code, r.Column)))
	}
	return codes
}

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readPath reads all files that a path holds into one account and checks that it adds up.
func readPath(t testing.TB, s *Source, path string) (*Counts, *collector, error) {
	t.Helper()
	files, err := Files(path)
	if err != nil {
		t.Fatal(err)
	}
	sum, sink := &Counts{}, &collector{}
	for _, file := range files {
		splits, err := Splits(s, 0, file)
		if err != nil {
			return nil, nil, err
		}
		counts, err := readSplits(s, splits, sink)
		if err != nil {
			return nil, nil, err
		}
		if !file.streamed() && counts.Bytes != file.Bytes {
			t.Errorf("%s has %d bytes, its accounts %d", file.Name, file.Bytes, counts.Bytes)
		}
		sum.Add(counts)
		sum.Layout = counts.Layout
	}
	addsUp(t, sum, sink)
	return sum, sink, nil
}

func readSplits(s *Source, splits []Split, sink Sink) (*Counts, error) {
	sum := &Counts{}
	for i := range splits {
		counts, err := Read(context.Background(), s, &splits[i], sink)
		if err != nil {
			return nil, err
		}
		sum.Add(counts)
		sum.Layout = counts.Layout
	}
	return sum, nil
}

func readBytes(t testing.TB, s *Source, name string, data []byte) (*Counts, *collector, error) {
	t.Helper()
	return readPath(t, s, writeFile(t, name, data))
}

// addsUp: header, accepted, skipped and rejected bytes make the file, each accepted row has one
// record that stands for it and each refused one a reject that says where and why.
func addsUp(t testing.TB, c *Counts, sink *collector) {
	t.Helper()
	if !c.Balanced() || c.Header < 0 || c.Accepted.Bytes < 0 || c.Skipped.Bytes < 0 || c.Rejected.Bytes < 0 {
		t.Errorf("bytes do not add up: %+v", c)
	}
	if sink.standing != c.Accepted.Rows || int64(len(sink.rejects)) != c.Rejected.Rows || sum(c.Rejects) != c.Rejected.Rows || sum(c.Reasons) != c.Skipped.Rows {
		t.Errorf("rows do not add up: %d records stand for one and %d rejects, but %+v", sink.standing, len(sink.rejects), c)
	}
	if int64(len(sink.keys)) != sum(c.Records) || int64(len(sink.issues)) != sum(c.Issues) {
		t.Errorf("%d records and %d issues, but %+v", len(sink.keys), len(sink.issues), c)
	}
	for _, r := range sink.rejects {
		if r.Row < 1 || r.Code == "" || r.File == "" || r.Message == "" || !utf8.ValidString(r.Original) || !utf8.ValidString(r.Message) {
			t.Errorf("a reject does not say where and why: %+v", r)
		}
	}
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped makes an archive of pairs of names and contents.
func zipped(t testing.TB, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		member, err := w.Create(members[i])
		if err == nil {
			_, err = member.Write([]byte(members[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
