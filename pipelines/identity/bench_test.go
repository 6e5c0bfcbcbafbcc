package identity_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
)

var parties = flag.Int("parties", 50_000, "records of BenchmarkIdentity")

// writePeople writes records of invented persons, five for two persons: Chinese and Western
// names in turn, some by phone, some by e-mail, some by both.
func writePeople(b *testing.B, path string, n int) {
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(file)
	han := []rune("小雨明强静丽伟芳磊洋艳勇娟涛超霞刚平辉玲")
	families := []rune("王李张刘陈杨黄赵吴周")
	given := []string{"Nora", "Paul", "Ada", "Jana", "Marcus", "Vikram", "Asha", "Tom"}
	fmt.Fprintln(w, "id,name,phone,email,card")
	for i := range n {
		p := i * 2 / 5
		name := fmt.Sprintf("%s Family%d", given[p%8], p%5000)
		if p%2 == 0 {
			name = string([]rune{families[p/2%10], han[p/20%20], han[p/400%20]})
		}
		phone, email, card := fmt.Sprintf("139%08d", p), fmt.Sprintf("person%d@example.com", p), ""
		switch i % 5 {
		case 0, 1:
			email = ""
		case 2:
			phone = ""
		case 3:
			card = fmt.Sprintf("%010d", p+1)
		}
		if _, err := fmt.Fprintf(w, "%d,%s,%s,%s,%s\n", i, name, phone, email, card); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkIdentity takes -parties records through ingest and identity and reports each job of
// the stage. The time of an operation includes ingest; in the second run all ids are kept.
func BenchmarkIdentity(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		writePeople(b, filepath.Join(dir, "people.csv"), *parties)
		for run := 1; run <= 2; run++ {
			config := fmt.Sprintf(`{project: bench, as_of: 2026-06-%02d, timezone: UTC, currency: EUR, output: {path: out},
sources: [{name: crm, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, phone: phone, email: email, id.loyalty: card}}}],
identity: {regions: [CN], single_valued: [id.loyalty]}}`, run)
			pipetest.Write(b, dir, map[string]string{"tributary.yaml": config})
			env := pipetest.Run(b, filepath.Join(dir, "tributary.yaml"), stage)
			for _, job := range env.Times {
				if strings.HasPrefix(job.Job, stage) {
					b.ReportMetric(job.Seconds, fmt.Sprintf("%s-run%d-s", job.Job, run))
					b.ReportMetric(job.CPUSeconds, fmt.Sprintf("%s-run%d-cpu-s", job.Job, run))
					b.ReportMetric(float64(job.PeakMB), fmt.Sprintf("%s-run%d-peak-MB", job.Job, run))
				}
			}
		}
	}
}
