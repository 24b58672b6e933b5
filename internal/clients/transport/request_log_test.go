package transport_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// TestRequestLog: each attempt is a line, without what may be secret.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "requests.jsonl")
	if err := os.WriteFile(path, []byte("earlier\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := transport.NewRequestLog(path, nil)
	t.Cleanup(func() { _ = log.Close() })
	n := 0
	v := newVendor(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "id of hunter2")
		if n++; n == 1 {
			w.WriteHeader(503)
		}
		_, _ = w.Write([]byte(`{"name":"hunter2"}`))
	}, func(o *transport.Options) {
		o.RequestLog = log
		o.Caller = func() string { return "7" }
		o.Scrubber.Add(transport.NewSecret("hunter2"))
	})
	r := request(transport.Idempotent)
	r.Path, r.Query, r.ResourceID = "/accounts/hunter2", "name=Secret", "42"
	if _, err := v.Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	if len(lines) != 3 || lines[0] != "earlier" {
		t.Fatalf("lines are %q", lines)
	}
	for i, text := range lines[1:] {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]any{
			"vendor": "Vendor", "caller": "7", "operation": "create account", "resource_id": "42", "method": "POST",
			"path": "/accounts/[redacted]", "status": []any{503.0, 200.0}[i], "attempt": float64(i + 1), "request_id": "id of [redacted]",
		} {
			if line[key] != want {
				t.Errorf("%s is %v, want %v", key, line[key], want)
			}
		}
		if _, ok := line["duration_ms"].(float64); !ok || !strings.HasSuffix(line["time"].(string), "Z") || len(line) != 11 {
			t.Errorf("line is %s", text)
		}
	}
	for _, secret := range []string{"hunter2", "Secret", "Acme", "Authorization"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the log has %s: %s", secret, raw)
		}
	}
}

// TestRequestLogUnusable: nothing is sent where the log can't be opened.
func TestRequestLogUnusable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "missing", "log"), ""} {
		v := newVendor(t, answer(200, "{}"), func(o *transport.Options) { o.RequestLog = transport.NewRequestLog(path, nil) })
		for _, login := range []bool{false, true} {
			r := request(transport.Create)
			r.Login = login
			_, err := v.Do(t.Context(), r)
			if e := mustFail(t, err); e.Kind != transport.KindCancelled || v.attempts.Load() != 0 || !strings.Contains(err.Error(), "request_log") {
				t.Errorf("%q: %v", path, err)
			}
		}
	}
}

// TestRequestLogFailsLater: requests go on, with one warning.
func TestRequestLogFailsLater(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full, which refuses every write")
	}
	var warnings []string
	log := transport.NewRequestLog("/dev/full", func(_ context.Context, message string) { warnings = append(warnings, message) })
	t.Cleanup(func() { _ = log.Close() })
	v := newVendor(t, answer(200, "{}"), func(o *transport.Options) { o.RequestLog = log })
	for range 3 {
		if _, err := v.Do(t.Context(), request(transport.Create)); err != nil {
			t.Error(err)
		}
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "incomplete") {
		t.Errorf("warnings are %q", warnings)
	}
}

// TestRequestLogShared: lines of two processes, and of many requests at once, don't mix.
func TestRequestLogShared(t *testing.T) {
	t.Parallel()
	const requests = 100
	path := os.Getenv("REQUEST_LOG_SHARED_TEST")
	child := path != ""
	var other *exec.Cmd
	if !child {
		path = filepath.Join(t.TempDir(), "log")
		other = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRequestLogShared$")
		other.Env = append(os.Environ(), "REQUEST_LOG_SHARED_TEST="+path)
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
	}
	log := transport.NewRequestLog(path, nil)
	t.Cleanup(func() { _ = log.Close() })
	client := newFake(t, func(*http.Request) (*http.Response, error) { return reply(200, "{}") },
		func(o *transport.Options) { o.RequestLog = log })
	var all sync.WaitGroup
	for i := range requests {
		all.Go(func() {
			r := request(transport.Idempotent)
			r.Path = "/" + strings.Repeat(fmt.Sprint(i%10), 900)
			if _, err := client.Do(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if child {
		return
	}
	if err := other.Wait(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("line is %s", line)
		}
	}
	if len(lines) != 2*requests {
		t.Errorf("%d lines", len(lines))
	}
}
