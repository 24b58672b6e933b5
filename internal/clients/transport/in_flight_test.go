package transport_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// slow answers after a while, in synctest's time.
type slow struct{ delay time.Duration }

func (s slow) RoundTrip(req *http.Request) (*http.Response, error) {
	time.Sleep(s.delay)
	return &http.Response{StatusCode: 204, Body: http.NoBody, Request: req}, nil
}

func TestInFlightWait(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		delays []time.Duration // of requests, one after the other
		want   time.Duration
	}{
		"nothing":            {nil, time.Second},
		"one":                {[]time.Duration{5050 * time.Millisecond}, 6 * time.Second},
		"one after another":  {[]time.Duration{5050 * time.Millisecond, 3 * time.Second}, 9 * time.Second},
		"longer than it may": {[]time.Duration{time.Hour}, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := &transport.InFlight{}
				began := time.Now()
				done := make(chan struct{})
				go func() {
					defer close(done)
					for _, delay := range test.delays {
						c := transport.New(transport.Options{
							Vendor: "Vendor", BaseURL: &url.URL{Scheme: "http", Host: "localhost"}, RoundTripper: slow{delay}, InFlight: requests,
							RequestTimeout: 2 * time.Hour,
						})
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
						_, _ = c.Do(ctx, transport.Request{Method: "GET", Path: "/"})
						cancel()
					}
				}()
				synctest.Wait()
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				requests.Wait(ctx, time.Second)
				if took := time.Since(began); took < test.want || took > test.want+200*time.Millisecond {
					t.Errorf("it took %s, want %s", took, test.want)
				}
				<-done
			})
		})
	}
}
