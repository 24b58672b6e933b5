package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"testing"
)

// TestDelivery: a request is either sent or called off, never both.
func TestDelivery(t *testing.T) {
	t.Parallel()
	got := func(d *delivery) { d.trace().GotConn(httptrace.GotConnInfo{}) }
	ask := func(d *delivery) { d.trace().GetConn("") }
	off := func(d *delivery) { d.callOff() }
	for name, tt := range map[string]struct {
		steps []func(*delivery)
		state int32
		body  error // what reading the body gives
	}{
		"waiting":                          {[]func(*delivery){ask}, waiting, nil},
		"connected":                        {[]func(*delivery){ask, got}, sent, nil},
		"called off":                       {[]func(*delivery){ask, off}, calledOff, context.Canceled},
		"called off, then connected":       {[]func(*delivery){ask, off, got}, calledOff, context.Canceled},
		"connected, then called off":       {[]func(*delivery){ask, got, off}, sent, nil},
		"connected, nothing written":       {[]func(*delivery){ask, got, ask}, waiting, nil},
		"connected again":                  {[]func(*delivery){ask, got, ask, got}, sent, nil},
		"called off before another":        {[]func(*delivery){ask, got, ask, off, got}, calledOff, context.Canceled},
		"called off, then asked for again": {[]func(*delivery){ask, off, ask}, calledOff, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d delivery
			req := &http.Request{}
			d.setBody(req, []byte("body"))
			for _, step := range tt.steps {
				step(&d)
			}
			if d.state.Load() != tt.state {
				t.Errorf("state is %d, want %d", d.state.Load(), tt.state)
			}
			for range 2 {
				if body, err := io.ReadAll(req.Body); !errors.Is(err, tt.body) || (err == nil && string(body) != "body") {
					t.Errorf("body is %q, %v", body, err)
				}
				req.Body, _ = req.GetBody()
			}
			if tt.body == nil && d.state.Load() != sent {
				t.Error("the body has been read, so it is sent")
			}
		})
	}
}
