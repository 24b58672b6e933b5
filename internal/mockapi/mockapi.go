// Package mockapi serves the vendors' mocks behind one address. Their paths don't meet: Gcore's begin with /iam/,
// SoftwareOne's with /public/, Fortanix's with /v1/.
package mockapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Vendors is every vendor's mock, each behind a server of its own that records and disturbs what passes through.
type Vendors struct {
	Gcore       *gcore.Mock
	SoftwareOne *softwareone.Mock
	Fortanix    *fortanix.Mock

	GcoreServer, SoftwareOneServer, FortanixServer *mockserver.Server

	// URL is where [Serve] serves them, such as http://127.0.0.1:41234.
	URL string

	http *http.Server
}

// New returns the vendors as one http.Handler. The options are those of [mockserver.New].
func New(opts ...mockserver.Option) (*Vendors, error) {
	v := &Vendors{
		Gcore: gcore.New(gcore.Options{}), SoftwareOne: softwareone.New(softwareone.Options{}), Fortanix: fortanix.New(fortanix.Options{}),
	}
	for _, s := range []struct {
		server **mockserver.Server
		api    mockserver.API
	}{{&v.GcoreServer, v.Gcore}, {&v.SoftwareOneServer, v.SoftwareOne}, {&v.FortanixServer, v.Fortanix}} {
		server, err := mockserver.New(s.api, opts...)
		if err != nil {
			return nil, err
		}
		*s.server = server
	}
	return v, nil
}

// ServeHTTP passes a request on to the vendor whose path it has.
func (v *Vendors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/iam/"):
		v.GcoreServer.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/public/"):
		v.SoftwareOneServer.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/v1/"):
		v.FortanixServer.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// Servers returns the vendors' servers.
func (v *Vendors) Servers() []*mockserver.Server {
	return []*mockserver.Server{v.GcoreServer, v.SoftwareOneServer, v.FortanixServer}
}

// SetLatency makes every reply of every vendor take at least d.
func (v *Vendors) SetLatency(d time.Duration) {
	for _, s := range v.Servers() {
		s.SetLatency(d)
	}
}

// DrawIDs makes the ids that the vendors give from now on depend on seed; Fortanix draws random ones in any case. Without
// it they are the same in every process, and the state of an earlier one would meet accounts that it doesn't know.
func (v *Vendors) DrawIDs(seed uint64) {
	v.Gcore.DrawIDs(seed)
	v.SoftwareOne.DrawIDs(seed)
}

// Environment returns what to export, as NAME=value, for a provider to use the mocks.
func (v *Vendors) Environment() []string {
	return []string{
		"GCORE_API_KEY=" + gcore.DemoAPIKey,
		"GCORE_BASE_URL=" + v.URL,
		"MPT_API_TOKEN=" + softwareone.DemoToken,
		"MPT_API_BASE_URL=" + v.URL,
		"FORTANIX_CCM_USERNAME=" + fortanix.DemoUsername,
		"FORTANIX_CCM_PASSWORD=" + fortanix.DemoPassword,
		"FORTANIX_CCM_ENDPOINT=" + v.URL,
	}
}

// Serve serves new vendors at a loopback address such as 127.0.0.1:0, where port 0 stands for any free one, until
// [Vendors.Close]. Any other address is refused: the demo credentials are public.
func Serve(ctx context.Context, address string, opts ...mockserver.Option) (*Vendors, error) {
	if err := loopback(address); err != nil {
		return nil, err
	}
	v, err := New(opts...)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	v.URL = "http://" + listener.Addr().String()
	v.http = &http.Server{Handler: v, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = v.http.Serve(listener) }() // it returns when Close is called
	return v, nil
}

// Close stops what [Serve] started; requests that are under way end with it.
func (v *Vendors) Close() error {
	for _, s := range v.Servers() {
		s.Close()
	}
	return v.http.Close()
}

func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%s: %w", address, errNotLoopback)
	}
	return nil
}

var errNotLoopback = errors.New("the mock serves only numeric loopback addresses, such as 127.0.0.1:8080 or [::1]:0")
