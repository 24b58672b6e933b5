package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// NewTransport returns the HTTP transport that all vendors use: proxies from the environment, TLS 1.2 or newer. Roots are
// the authorities to trust, the system's where nil.
func NewTransport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		OnProxyConnectResponse: checkProxy,
		DialContext:            (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		// Terraform's -parallelism may be raised, and each connection is to be used again; but not when the server may be
		// about to close it, since nothing shows what becomes of a POST then.
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
	}
}

// ParseCA returns the system's roots with the certificates of a PEM bundle.
func ParseCA(pem string) (*x509.CertPool, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM([]byte(pem)) {
		return nil, errors.New("no PEM certificate found")
	}
	return roots, nil
}

// proxyError is a proxy's refusal to connect to the vendor.
type proxyError struct{ status int }

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy answered %d %s", e.status, http.StatusText(e.status))
}

func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return &proxyError{res.StatusCode}
	}
	return nil
}

// ParseBaseURL checks the address of a vendor's API. It is https, or http to a loopback address; it has no user info,
// query or fragment. Its path comes back without a trailing slash. The error doesn't repeat the address, which may
// hold a password. Two spellings of one address come back alike: the host is in lower case, without the scheme's own port.
func ParseBaseURL(raw string) (*url.URL, error) {
	if strings.ContainsFunc(raw, unicode.IsSpace) {
		return nil, errors.New("holds whitespace; copy it again without what surrounds it")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("is not a URL")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("must start with https://")
	case u.Hostname() == "" || u.Opaque != "":
		return nil, errors.New("names no host")
	case u.User != nil:
		return nil, errors.New("must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("must not hold a query (?…)")
	case u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return nil, errors.New("must not hold a fragment (#…)")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, errors.New("must start with https://; http:// is accepted only for localhost and loopback addresses")
	}
	u.Host = strings.ToLower(u.Host)
	if port := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]; u.Port() == port[1:] {
		u.Host = strings.TrimSuffix(u.Host, port)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// CheckToken refuses a token that can't stand in a header: empty, or with whitespace, control characters or anything else
// that no token has. Passwords need no such check, since HTTP Basic encodes them. The error never repeats the token.
func CheckToken(token string) error {
	if token == "" {
		return errors.New("is empty")
	}
	for _, r := range token {
		if unicode.IsSpace(r) {
			return errors.New("holds whitespace, such as a line break; copy it again without what surrounds it")
		}
		if unicode.IsControl(r) || r > unicode.MaxASCII {
			return errors.New("holds a character that no token has; copy it again")
		}
	}
	return nil
}
