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

	page, err := Render(sample())
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
	if n := strings.Count(dom, `class="cell"`); n != 25 {
		t.Errorf("the grid has %d cells, want 25", n)
	}
	if n := strings.Count(dom, "<svg"); n != 4 {
		t.Errorf("%d charts, want revenue, new buyers, deciles and pairs by probability", n)
	}
}
