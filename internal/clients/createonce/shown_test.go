package createonce_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// What has just been created may take some seconds to appear, and no longer.
func TestUntilShown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int           // of the replies that fail
		fails  int           // how many of them come first
		left   time.Duration // until the run is over, 0 for ever
		reads  int
		waits  time.Duration
		shown  bool
	}{
		"at once":            {reads: 1, shown: true},
		"after three misses": {status: http.StatusNotFound, fails: 3, reads: 4, waits: 6 * time.Second, shown: true},
		"never":              {status: http.StatusNotFound, fails: 99, reads: 5, waits: 10 * time.Second},
		"another failure":    {status: http.StatusForbidden, fails: 1, reads: 1},
		"no time left":       {status: http.StatusNotFound, fails: 99, left: 2 * time.Second, reads: 2, waits: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.left > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.left)
					defer cancel()
				}
				began, reads := time.Now(), 0
				_, err := createonce.UntilShown(ctx, transport.SystemClock{}, func() (string, error) {
					if reads++; reads <= tt.fails {
						return "", &transport.Error{Status: tt.status}
					}
					return "it", nil
				})
				if waits := time.Since(began); reads != tt.reads || waits != tt.waits || (err == nil) != tt.shown {
					t.Errorf("%d reads in %s, %v; want %d in %s, shown: %t", reads, waits, err, tt.reads, tt.waits, tt.shown)
				}
			})
		})
	}
}
