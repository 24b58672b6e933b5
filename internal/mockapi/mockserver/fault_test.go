package mockserver

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	const thing = `{"name":"a"}`
	tests := map[string]struct {
		fault  Fault
		status int
		body   string // part of the body, or of the client's error where status is 0
		acted  bool
	}{
		"status":             {Fault{Status: 503, Body: "down"}, 503, "down", false},
		"status with effect": {Fault{Status: 502, Effect: true}, 502, "", true},
		"page":               {Fault{Body: "<html>"}, 200, "<html>", false},
		"reply by request":   {Fault{Reply: func(r *http.Request) string { return r.Method + r.URL.Path }}, 200, "POST/things", false},
		"reset":              {Fault{Reset: true}, 0, "reset", false},
		"reset with effect":  {Fault{Reset: true, Effect: true}, 0, "reset", true},
		"close":              {Fault{Close: true}, 0, "EOF", false},
		"close with effect":  {Fault{Close: true, Effect: true}, 0, "EOF", true},
		"cut":                {Fault{Cut: true, Body: thing}, 0, "EOF", false},
		"cut with effect":    {Fault{Cut: true, Effect: true}, 0, "EOF", true},
		"only a delay":       {Fault{Delay: time.Millisecond}, 200, "thing", true},
		"other path":         {Fault{On: "POST /things/*", Status: 500}, 200, "thing", true},
		"other request":      {Fault{Where: func(r *http.Request) bool { return r.Header.Get("X") != "" }, Status: 500}, 200, "thing", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, api := start(t)
			s.Inject(tt.fault)
			status, body := send(t, s, "POST", "/things", thing)
			if status != tt.status || !strings.Contains(body, tt.body) {
				t.Errorf("got %d %q", status, body)
			}
			if api.did("POST /things") != tt.acted {
				t.Errorf("vendor acted: %v", !tt.acted)
			}
			if s.Count("POST /things") != 1 {
				t.Error("the request was not recorded")
			}
		})
	}
}

func TestFaultOrder(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	before := 0
	s.Inject(
		Fault{On: "GET *", Skip: 1, Times: 2, Status: 429, Header: http.Header{"Retry-After": {"1"}}, Before: func() { before++ }},
		Fault{On: "GET /things", Status: 500},
	)
	for i, want := range []int{500, 429, 429, 500} {
		if got, _ := send(t, s, "GET", "/things", ""); got != want {
			t.Errorf("request %d: %d, want %d", i, got, want)
		}
	}
	if before != 2 {
		t.Errorf("Before ran %d times", before)
	}
	s.ClearFaults()
	if got, _ := send(t, s, "GET", "/things", ""); got != 200 {
		t.Errorf("after ClearFaults: %d", got)
	}
}

func TestDelayEndsWithTheServer(t *testing.T) {
	t.Parallel()
	tb := &fakeTB{TB: t}
	s := Start(tb, &shelf{})
	arrived, answered := make(chan struct{}), make(chan struct{})
	s.Inject(Fault{Delay: time.Hour, Before: func() { close(arrived) }})
	go func() {
		defer close(answered)
		send(t, s, "GET", "/things", "")
	}()
	<-arrived
	for _, c := range tb.cleanups {
		c()
	}
	<-answered
}

func TestLatency(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	s.SetLatency(20 * time.Millisecond)
	began := time.Now()
	send(t, s, "GET", "/things", "")
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("answered after %s", took)
	}
}
