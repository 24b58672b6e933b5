package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs the command until interrupt, which says how it ended, and returns the variables that it prints.
func start(t *testing.T, seed string) (exported map[string]string, interrupt func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-seed", seed}, write, io.Discard)
		_ = write.Close()
		ended <- err
	}()
	exported = map[string]string{}
	lines := bufio.NewScanner(read)
	for len(exported) < 7 && lines.Scan() {
		if name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "="); ok {
			exported[name] = strings.Trim(value, "'")
		}
	}
	return exported, func() error {
		cancel()
		return <-ended
	}
}

func TestRunServesUntilInterrupted(t *testing.T) {
	t.Parallel()
	exported, interrupt := start(t, "3")
	address := exported["MPT_API_BASE_URL"] + "/public/v1/accounts/accounts?limit=100"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+exported["MPT_API_TOKEN"])
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"total":4`) {
		t.Errorf("listing: %d %s %v", resp.StatusCode, body, err)
	}
	if err := interrupt(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if resp, err := client.Do(req); err == nil {
		_ = resp.Body.Close()
		t.Error("still served after the interrupt")
	}
}

// The state of an earlier start never meets an account of a later one.
func TestIDsDifferFromStartToStart(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 3 {
		exported, interrupt := start(t, "2")
		for path, authorization := range map[string]string{
			"/iam/clients?limit=100":                 "APIKey " + exported["GCORE_API_KEY"],
			"/public/v1/accounts/accounts?limit=100": "Bearer " + exported["MPT_API_TOKEN"],
		} {
			body := get(t, exported["GCORE_BASE_URL"]+path, authorization)
			ids := regexp.MustCompile(`"id":("ACC-[0-9-]+"|[0-9]{7,})`).FindAllString(body, -1)
			if len(ids) < 2 {
				t.Fatalf("%s shows %d accounts: %s", path, len(ids), body)
			}
			for _, id := range ids {
				if seen[id] && id != `"id":"`+softwareone.OperationsID+`"` {
					t.Errorf("%s was there in an earlier start", id)
				}
				seen[id] = true
			}
		}
		if err := interrupt(); err != nil {
			t.Error(err)
		}
	}
}

// get returns the body of a successful reply.
func get(t *testing.T, url, authorization string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s %v", url, resp.StatusCode, body, err)
	}
	return string(body)
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-addr 0.0.0.0:0":    "loopback",
		"-addr 192.0.2.1:80": "loopback",
		"-addr :8080":        "loopback",
		"-addr example.com:": "loopback",
		"-addr 127.0.0.1":    "missing port",
		"-seed -1":           "negative",
		"-latency -1s":       "negative",
		"-colour":            "not defined",
		"more":               "unexpected",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // a server that does start ends at once
		if err := run(ctx, strings.Fields(args), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", args, err, want)
		}
	}
	if err := run(t.Context(), []string{"-h"}, io.Discard, io.Discard); err != nil {
		t.Errorf("-h: %v", err)
	}
}
