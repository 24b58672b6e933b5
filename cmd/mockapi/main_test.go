package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRunServesUntilInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-seed", "3"}, write, io.Discard)
		_ = write.Close()
		ended <- err
	}()

	exported := map[string]string{}
	lines := bufio.NewScanner(read)
	for len(exported) < 7 && lines.Scan() {
		if name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "="); ok {
			exported[name] = strings.Trim(value, "'")
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, exported["MPT_API_BASE_URL"]+"/public/v1/accounts/accounts?limit=100", nil)
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
	interrupt()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if resp, err := client.Do(req); err == nil {
		_ = resp.Body.Close()
		t.Error("still served after the interrupt")
	}
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
