// Package emulator starts local stand-ins of cloud services for tests.
package emulator

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Project is the project that the emulator holds.
const Project = "test-project"

// BigQuery starts the emulator that make engines leaves in the cache; it ends with the test.
// It gives the endpoint of its API and the folder that stands for gs://. Without
// TRIBUTARY_TEST_ENGINES=1 the test is skipped.
func BigQuery(t testing.TB) (endpoint, gcsRoot string) {
	t.Helper()
	if os.Getenv("TRIBUTARY_TEST_ENGINES") != "1" {
		t.Skip("needs the BigQuery emulator: make test-all")
	}
	cache := os.Getenv("TRIBUTARY_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, ".cache", "tributary")
	}
	program := filepath.Join(cache, "bigquery-emulator", "bin", "local-bigquery")
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("the BigQuery emulator is not installed (make engines): %v", err)
	}
	gcsRoot = t.TempDir()
	port, grpcPort := freePort(t), freePort(t)
	log, err := os.Create(filepath.Join(t.TempDir(), "emulator.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--host", "127.0.0.1", "--port", port, "--grpc-port", grpcPort, "--project", Project, "--data-dir", t.TempDir())
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(cache, "bigquery-emulator", "home"), "GCS_LOCAL_ROOT="+gcsRoot)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // says that it was killed
		log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the emulator's log ends:\n%s", text[max(0, len(text)-4000):])
		}
	})
	endpoint = "http://127.0.0.1:" + port + "/bigquery/v2/"
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		response, err := http.Get(endpoint + "projects")
		if err == nil {
			response.Body.Close()
			return endpoint, gcsRoot
		}
		if time.Now().After(deadline) {
			t.Fatalf("the emulator does not answer: %v", err)
		}
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}
