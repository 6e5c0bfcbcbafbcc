package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tributary-cdp/tributary/schemas"
)

// benchProfile maps what an order list and a contact list have in common.
const benchProfile = `
system: bench
timezone: Asia/Shanghai
layouts:
  - name: taobao_like
    header: [订单编号, 买家会员名]
    records:
      - record: party
        as: buyer
        key: 买家会员名
        derived: true
        fields: {full_name: 收货人姓名, phone: 联系手机, street: 收货地址}
      - record: order
        key: 订单编号
        fields: {customer_ref: {party: buyer}, time: 订单付款时间, status: {const: paid}, net: 买家实际支付金额, currency: {const: CNY}}
  - name: salesforce_like
    header: [Id, LastName]
    records:
      - record: party
        key: Id
        fields: {given_name: FirstName, family_name: LastName, phone: Phone, email: Email, street: MailingStreet, updated_at: SystemModstamp}
`

// taobaoLike is an order list in GB18030 with guarded numbers, mostly unquoted.
func taobaoLike(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,收货人姓名,收货地址,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝总数量\r\n")
	for i := range rows {
		fmt.Fprintf(&b, "=\"30%010d\",nick_%06d,%d.90,%d.90,交易成功,王小明,上海市 浦东新区 某某路%d号,'139%08d,2026-03-%02d 10:11:12,2026-03-%02d 10:12:13,四件套 纯棉 1.8米,%d\r\n",
			i, i%5000, i%900, i%900, i%100, i%5000, i%28+1, i%28+1, i%3+1)
	}
	encoded, err := simplifiedchinese.GB18030.NewEncoder().Bytes(b.Bytes())
	if err != nil {
		panic(err)
	}
	return encoded
}

// salesforceLike is a contact list whose every cell is quoted.
func salesforceLike(rows int) []byte {
	var b bytes.Buffer
	b.WriteString(`"Id","IsDeleted","FirstName","LastName","Phone","Email","MailingStreet","MailingCity","CreatedDate","SystemModstamp","Description"` + "\n")
	for i := range rows {
		fmt.Fprintf(&b, "\"0035g%010dAAA\",\"0\",\"Laura\",\"Chen%d\",\"+1 212 555 01%02d\",\"laura.chen%d@example.com\",\"%d Cedar Street\nSuite %d\",\"New York\",\"2025-02-%02d 20:47:49\",\"2025-03-%02d 20:47:49\",\"said \"\"yes\"\" twice\"\n",
			i, i, i%100, i, i%900, i%40, i%28+1, i%28+1)
	}
	return b.Bytes()
}

// nothing is a sink that drops everything.
type nothing struct{}

func (nothing) Record(string, any) error     { return nil }
func (nothing) Reject(*schemas.Reject) error { return nil }
func (nothing) Issue(string, string)         {}

func benchInputs() map[string][]byte {
	return map[string][]byte{"taobao": taobaoLike(100_000), "salesforce": salesforceLike(100_000)}
}

// perCore reports the rate by CPU time, which other load on the machine does not change.
func perCore(b *testing.B, bytes int, run func()) {
	b.ReportAllocs()
	start := cpuSeconds()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64(bytes)*float64(b.N)/1e6/(cpuSeconds()-start), "MB/cpu-s")
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// The scanner alone: rows and cells, nothing decoded.
func BenchmarkScan(b *testing.B) {
	for name, text := range benchInputs() {
		b.Run(name, func(b *testing.B) {
			perCore(b, len(text), func() {
				reader := newCSVReader(bytes.NewReader(text), ',', 0)
				for {
					if _, err := reader.next(); errors.Is(err, io.EOF) {
						break
					}
				}
			})
		})
	}
}

// Finding row ends, as cutting a big file into ranges does.
func BenchmarkSkim(b *testing.B) {
	for name, text := range benchInputs() {
		b.Run(name, func(b *testing.B) {
			perCore(b, len(text), func() {
				reader := newCSVReader(bytes.NewReader(text), ',', 0)
				reader.skim = true
				for {
					if _, err := reader.next(); errors.Is(err, io.EOF) {
						break
					}
				}
			})
		})
	}
}

// The whole reader: scan, decode, map to records.
func BenchmarkRead(b *testing.B) {
	s, err := Compile(Spec{Name: "bench", ProfileName: "bench", Profile: benchProfile, Regions: []string{"CN", "US"}})
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range benchInputs() {
		path := filepath.Join(b.TempDir(), name+".csv")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			perCore(b, len(text), func() {
				files, err := Files(path)
				if err != nil {
					b.Fatal(err)
				}
				splits, err := Splits(s, 0, files[0])
				if err != nil {
					b.Fatal(err)
				}
				counts, err := Read(context.Background(), s, &splits[0], nothing{})
				if err != nil || counts.Rejected.Rows > 0 {
					b.Fatal(err, counts)
				}
			})
		})
	}
}
