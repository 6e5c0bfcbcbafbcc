package report

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// load opens a page in headless Chromium and returns what its console said, the hosts that
// were asked for something, and the page as the browser understood it.
func load(t *testing.T, page []byte) (console []string, hosts map[string]bool, dom string) {
	t.Helper()
	dir := t.TempDir()
	file, log := filepath.Join(dir, "index.html"), filepath.Join(dir, "net.json")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--enable-logging=stderr", "--log-net-log="+log, "--dump-dom", "file://"+file)
	var messages strings.Builder
	cmd.Stderr = &messages
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, messages.String())
	}
	for line := range strings.Lines(messages.String()) {
		if strings.Contains(line, ":CONSOLE") {
			console = append(console, strings.TrimSpace(line))
		}
	}
	requests, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	hosts = map[string]bool{}
	for _, m := range regexp.MustCompile(`"url":"(https?:[^"]*)"`).FindAllStringSubmatch(string(requests), -1) {
		u, err := url.Parse(m[1])
		if err != nil {
			t.Fatal(err)
		}
		hosts[u.Host] = true
	}
	return console, hosts, string(out)
}

func TestPageLoadsInABrowserWithoutErrorsAndRequests(t *testing.T) {
	if os.Getenv("TRIBUTARY_TEST_ENGINES") != "1" {
		t.Skip("needs Chromium: TRIBUTARY_TEST_ENGINES=1 and make engines")
	}
	// What the browser itself asks for, and proof that a request and an error would be seen.
	const outside = "127.0.0.1:9"
	console, own, _ := load(t, fmt.Appendf(nil, `<img src="http://%s/x.png"><script>missing()</script>`, outside))
	if !own[outside] || len(console) == 0 {
		t.Fatalf("a request and an error of a page were not seen: console %q, hosts %v", console, own)
	}
	delete(own, outside)

	for name, test := range map[string]struct {
		render func() ([]byte, error)
		counts map[string]int // marks of the page as the browser understood it
	}{
		"run": {func() ([]byte, error) { return Render(sample()) }, map[string]int{
			`class="cell"`: 25, `<svg class="chart"`: 8, // revenue, new buyers, deciles, concentration, two flows, feedback, pairs
			`<svg class="spark"`: 1, `<details class="values"`: 4,
		}},
		"first run": {func() ([]byte, error) { return Render(&Data{Project: "p", RunID: "r", Currency: "EUR"}) }, map[string]int{"<svg": 0}},
		"customer":  {func() ([]byte, error) { return RenderCustomer(sampleCustomer()) }, map[string]int{`<svg class="chart"`: 1, `<li class="m-`: 8}},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := test.render()
			if err != nil {
				t.Fatal(err)
			}
			console, hosts, dom := load(t, page)
			if len(console) > 0 {
				t.Errorf("the console says %q", console)
			}
			for host := range hosts {
				if !own[host] {
					t.Errorf("the page asked %s", host)
				}
			}
			for mark, want := range test.counts {
				if n := strings.Count(dom, mark); n != want {
					t.Errorf("%d times %s, want %d", n, mark, want)
				}
			}
		})
	}
}

// TestTheSwitchOfLanguagesNeedsNoScript looks at what is left of a page when a language is chosen.
func TestTheSwitchOfLanguagesNeedsNoScript(t *testing.T) {
	if os.Getenv("TRIBUTARY_TEST_ENGINES") != "1" {
		t.Skip("needs Chromium: TRIBUTARY_TEST_ENGINES=1 and make engines")
	}
	page, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	// A script of the test's own tells which texts are shown; the page's policy would forbid it.
	text := regexp.MustCompile(`<meta http-equiv[^>]*>`).ReplaceAllString(string(page), "")
	for id, want := range map[string]struct{ shows, hides string }{
		"l-both": {"Repeat rate 复购率", "流失概率×预测期内期望价值"}, "l-en": {"Repeat rate", "复购率"}, "l-zh": {"流失概率×预测期内期望价值", "Repeat rate"},
	} {
		_, _, dom := load(t, []byte(text+`<script>document.getElementById("`+id+`").checked = true; document.title = "read: " + document.body.innerText.replace(/\s+/g, " ")</script>`))
		title := dom[strings.Index(dom, "<title>"):strings.Index(dom, "</title>")]
		if !strings.Contains(title, want.shows) || strings.Contains(title, want.hides) {
			t.Errorf("%s: shows %q: %v, hides %q: %v", id, want.shows, strings.Contains(title, want.shows), want.hides, !strings.Contains(title, want.hides))
		}
	}
}
