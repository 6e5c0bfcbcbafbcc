package publish

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
)

const emulatorProject = "test-project"

// emulator starts the BigQuery emulator that testdata/install-emulator.sh leaves in the
// cache, and gives a client and the folder that stands for gs://.
func emulator(t *testing.T) (client *bigquery.Client, gcsRoot string) {
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
	cmd := exec.Command(program, "--host", "127.0.0.1", "--port", port, "--grpc-port", grpcPort, "--project", emulatorProject, "--data-dir", t.TempDir())
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(cache, "bigquery-emulator", "home"), "GCS_LOCAL_ROOT="+gcsRoot)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		log.Close()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("the emulator's log ends:\n%s", text[max(0, len(text)-4000):])
		}
	})
	endpoint := "http://127.0.0.1:" + port + "/bigquery/v2/"
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		response, err := http.Get(endpoint + "projects")
		if err == nil {
			response.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the emulator does not answer: %v", err)
		}
	}
	client, err = Connect(t.Context(), emulatorProject, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client, gcsRoot
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}

// one runs a query that gives one value.
func one(t *testing.T, client *bigquery.Client, sql string) any {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	it, err := client.Query(sql).Read(ctx)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	var row []bigquery.Value
	if err := it.Next(&row); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return row[0]
}
